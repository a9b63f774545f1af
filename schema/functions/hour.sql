-- Hours (migrations/0037_hour.sql): how long they are kept, and metrics hour by hour.

-- The first (UTC) day whose hours are kept: with today's they are those of 90 days.
CREATE OR REPLACE FUNCTION hour_first() RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date - 89
$$;

CREATE OR REPLACE FUNCTION hour_retain() RETURNS void
LANGUAGE sql AS $$
    DELETE FROM rollup_hour WHERE day < hour_first()
$$;

-- What the clocks of a time zone show at a moment, with how far they are ahead of universal time: 2026-11-22T09:00:00-01:00.
CREATE OR REPLACE FUNCTION local_time(moment timestamptz, timezone text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE timezone, 'YYYY-MM-DD"T"HH24:MI:SS') || CASE WHEN ahead < '0' THEN '-' ELSE '+' END
           || to_char(greatest(ahead, -ahead), 'HH24:MI')
    FROM (SELECT moment AT TIME ZONE timezone - moment AT TIME ZONE 'UTC' AS ahead) AS a
$$;

-- Hours of a (UTC) day, as analysts have days: of each line the median of what it measured in an hour, then percentiles over
-- lines, which stand where they stood on that day. A line's day is read at once, for its rows lie together, and what is sorted for its
-- medians stays small.
CREATE OR REPLACE FUNCTION series_hour_day(on_day date, first timestamptz, last timestamptz, of_check text, of_metric text, of_target text,
                                           of_probe text, of_operator text, of_department text, of_technology text, of_zone text,
                                           of_country text, of_kind text, alike int, quantile double precision)
RETURNS TABLE (hour timestamptz, local text, timezone text, check_name text, metric text, unit text, source text, simulated boolean,
               n_samples bigint, n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision,
               country text, department text, operator text, technology text, zone text, target_kind text, value double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB'
SET plan_cache_mode = force_custom_plan AS $$ -- what is not asked for is not in the plan
#variable_conflict use_column
DECLARE
    since timestamp := date_trunc('hour', first AT TIME ZONE 'UTC');
    until timestamp := last AT TIME ZONE 'UTC';
BEGIN
    RETURN QUERY
    WITH numbered AS MATERIALIZED (
        SELECT n.* FROM series_place(of_operator, of_department, of_technology, of_zone, of_country, alike) AS n
    ), place AS (
        SELECT DISTINCT place_no, source, simulated, country, department, operator, technology, zone FROM numbered
    ), what AS MATERIALIZED (
        SELECT m.check_no, m.position, k.name AS check_name, m.name AS metric, m.unit
        FROM metric m
        JOIN check_kind k USING (check_no)
        WHERE m.kind = 'value' AND (of_check IS NULL OR k.name = of_check) AND (of_metric IS NULL OR m.name = of_metric)
    ), line AS (
        SELECT l.day + s.hour * interval '1 hour' AS hour, l.probe_no, n.place_no, s.check_no, s.position, s.kind, s.samples, s.median
        FROM rollup_line l
        JOIN numbered n USING (cell_no)
        CROSS JOIN LATERAL (
            SELECT u.hour, r.check_no, r.position, CASE WHEN alike & 16 > 0 THEN t.kind END AS kind, count(*) AS samples,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY sketch_value(u.bucket)) AS median
            FROM rollup_hour r
            JOIN what w USING (check_no, position)
            LEFT JOIN target t ON (of_target IS NOT NULL OR of_kind IS NOT NULL OR alike & 16 > 0) AND t.target_no = r.target_no
            CROSS JOIN LATERAL unnest(r.hours, r.buckets, r.counts) AS u (hour, bucket, n)
            CROSS JOIN LATERAL generate_series(1, u.n)
            WHERE r.day = l.day AND r.probe_no = l.probe_no AND (of_target IS NULL OR t.name = of_target) AND (of_kind IS NULL OR t.kind = of_kind)
            GROUP BY u.hour, r.check_no, r.position, CASE WHEN alike & 16 > 0 THEN t.kind END
        ) AS s
        WHERE l.day = on_day AND l.day + s.hour * interval '1 hour' >= since AND l.day + s.hour * interval '1 hour' < until
          AND (of_probe IS NULL OR l.probe_no = (SELECT p.probe_no FROM probe p WHERE p.probe = of_probe))
    ), counted AS (
        SELECT l.hour, l.place_no, l.check_no, l.position, l.kind, sum(l.samples)::bigint AS samples, count(*) AS probes,
               count(DISTINCT y.network) AS networks,
               percentile_cont(ARRAY[0.1, 0.5, 0.9, quantile]) WITHIN GROUP (ORDER BY l.median) AS q
        FROM line l
        LEFT JOIN series_line y ON y.probe_no = l.probe_no AND y.year = extract(year FROM l.hour)::int
        GROUP BY l.hour, l.place_no, l.check_no, l.position, l.kind
    )
    SELECT c.hour AT TIME ZONE 'UTC', local_time(c.hour AT TIME ZONE 'UTC', z.timezone), z.timezone, w.check_name, w.metric, w.unit, p.source,
           p.simulated, c.samples, c.probes, c.networks, c.q[1], c.q[2], c.q[3], p.country, p.department, p.operator, p.technology, p.zone, c.kind,
           c.q[4]
    FROM counted c
    JOIN place p USING (place_no)
    JOIN what w USING (check_no, position)
    LEFT JOIN country z ON z.iso = p.country
    ORDER BY c.hour, w.check_name, w.metric, p.place_no, c.kind;
END
$$;

-- The hours from that of `first` to that before `last`, of those that are kept. A statement and no body, which PostgreSQL puts into
-- that of who asks: a day's rows are sent while the next day is made, whose lines no memory has to hold together with the others'.
-- Results are at most a day ahead of the clock.
CREATE OR REPLACE FUNCTION series_hour(first timestamptz, last timestamptz, of_check text, of_metric text, of_target text, of_probe text,
                                       of_operator text, of_department text, of_technology text, of_zone text, of_country text,
                                       of_kind text, alike int, quantile double precision)
RETURNS TABLE (hour timestamptz, local text, timezone text, check_name text, metric text, unit text, source text, simulated boolean,
               n_samples bigint, n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision,
               country text, department text, operator text, technology text, zone text, target_kind text, value double precision)
LANGUAGE sql STABLE AS $$
    SELECT s.*
    FROM generate_series(greatest((first AT TIME ZONE 'UTC')::date, hour_first())::timestamp,
                         least((last AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + 1)::timestamp, interval '1 day') AS d
    CROSS JOIN LATERAL series_hour_day(d::date, first, last, of_check, of_metric, of_target, of_probe, of_operator, of_department, of_technology,
                                       of_zone, of_country, of_kind, alike, quantile) AS s
$$;
REVOKE EXECUTE ON FUNCTION hour_first, hour_retain, local_time, series_hour_day, series_hour FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION hour_first, series_hour_day, series_hour', 'analyst');
