-- A metric's value of a probe and day: the median of its results. NULL for a filter means all.
CREATE OR REPLACE FUNCTION series_value(first date, last date, of_check text, of_metric text, of_target text, of_probe text)
RETURNS TABLE (day date, probe_no int, check_name text, metric text, unit text, samples bigint, value double precision)
LANGUAGE sql STABLE AS $$
    SELECT b.day, b.probe_no, b.check_name, b.metric, b.unit, sum(b.n),
           sketch_quantile(array_agg(b.bucket), array_agg(b.n), 0.5)
    FROM day_bucket b
    LEFT JOIN target t USING (target_no)
    WHERE b.kind = 'value' AND b.day >= first AND b.day <= last
      AND (of_check IS NULL OR b.check_name = of_check) AND (of_metric IS NULL OR b.metric = of_metric)
      AND (of_target IS NULL OR t.name = of_target)
      AND (of_probe IS NULL OR b.probe_no = (SELECT p.probe_no FROM probe p WHERE p.probe = of_probe))
    GROUP BY b.day, b.probe_no, b.check_name, b.metric, b.unit
$$;

-- The networks of the years from `first` to `last`, and whether a probe counts in them.
CREATE OR REPLACE FUNCTION series_line(first date, last date)
RETURNS TABLE (year int, probe_no int, network text, counts boolean)
LANGUAGE sql STABLE AS $$
    SELECT y, s.probe_no, s.network, s.counts
    FROM (SELECT DISTINCT extract(year FROM d.day)::int AS y FROM rollup_day d WHERE d.day BETWEEN first AND last) AS years
    CROSS JOIN LATERAL probe_standing(make_date(y, 1, 1), make_date(y, 12, 31)) s
$$;

-- A metric day by day: one value a probe and day, then percentiles over the probes. It counts networks for analysts, who
-- may not see them.
CREATE OR REPLACE FUNCTION series(first date, last date, of_check text, of_metric text, of_target text, of_probe text,
                                  of_operator text, of_department text, of_technology text)
RETURNS TABLE (day date, check_name text, metric text, unit text, source text, simulated boolean, n_samples bigint,
               n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH line AS MATERIALIZED (SELECT * FROM series_line(first, last))
    SELECT d.day, d.check_name, d.metric, d.unit, p.source, p.simulated, sum(d.samples)::bigint, count(*),
           count(DISTINCT l.network), percentile_cont(0.1) WITHIN GROUP (ORDER BY d.value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY d.value), percentile_cont(0.9) WITHIN GROUP (ORDER BY d.value)
    FROM series_value(first, last, of_check, of_metric, of_target, of_probe) d
    JOIN probe p USING (probe_no)
    LEFT JOIN line l ON l.probe_no = d.probe_no AND l.year = extract(year FROM d.day)
    LEFT JOIN LATERAL place_on(d.probe_no, d.day) x ON true
    WHERE (of_operator IS NULL OR x.operator = of_operator) AND (of_department IS NULL OR x.department = of_department)
      AND (of_technology IS NULL OR x.technology = of_technology)
    GROUP BY d.day, d.check_name, d.metric, d.unit, p.source, p.simulated
    ORDER BY d.day, d.check_name, d.metric, p.source, p.simulated;
END
$$;

-- Puts those probes on the list of a day that counted on it and are not on it yet: five of five networks at once, or none. What
-- comes of one household alone later would be read from the difference between the day before and after. The last two days
-- wait: their probes are still coming in.
CREATE OR REPLACE FUNCTION series_fix(of_year int) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO series_wave (day, source, wave, probes)
    SELECT d.day, p.source, coalesce((SELECT max(w.wave) FROM series_wave w WHERE (w.day, w.source) = (d.day, p.source)), 0) + 1,
           array_agg(d.probe_no)
    FROM (SELECT r.day, r.probe_no FROM rollup_day r
          WHERE r.day BETWEEN make_date(of_year, 1, 1) AND least(make_date(of_year, 12, 31), (now() AT TIME ZONE 'UTC')::date - 2)
          EXCEPT SELECT w.day, unnest(w.probes) FROM series_wave w
          WHERE w.day BETWEEN make_date(of_year, 1, 1) AND make_date(of_year, 12, 31)) d
    JOIN probe p USING (probe_no)
    JOIN probe_standing(make_date(of_year, 1, 1), make_date(of_year, 12, 31)) s USING (probe_no)
    WHERE s.counts AND NOT p.simulated
    GROUP BY d.day, p.source
    HAVING count(*) >= 5 AND count(DISTINCT s.network) >= 5
$$;

-- The probes on the lists of the days from `first` to `last`, with the wave that each came in. Who was on a list stays, whatever
-- became of it since; of simulated days there are no lists.
CREATE OR REPLACE FUNCTION series_member(first date, last date)
RETURNS TABLE (day date, probe_no int, source text, simulated boolean, network text, wave int)
LANGUAGE sql STABLE AS $$
    WITH line AS MATERIALIZED (SELECT * FROM series_line(first, last))
    SELECT w.day, w.probe_no, w.source, false, l.network, w.wave
    FROM (SELECT s.day, s.source, s.wave, unnest(s.probes) AS probe_no FROM series_wave s WHERE s.day BETWEEN first AND last) w
    LEFT JOIN line l ON l.probe_no = w.probe_no AND l.year = extract(year FROM w.day)
    UNION ALL
    SELECT r.day, r.probe_no, p.source, true, l.network, 0
    FROM (SELECT DISTINCT d.day, d.probe_no FROM rollup_day d WHERE d.simulated AND d.day BETWEEN first AND last) r
    JOIN probe p USING (probe_no)
    JOIN line l ON l.probe_no = r.probe_no AND l.year = extract(year FROM r.day) AND l.counts
$$;

-- The same for everybody, over all lines that count: never over those of a place, which would come out by subtraction.
-- A day has its numbers where five probes and five networks measured, thirty days of them in the year, and where those
-- that measured, but not this target, are none or five as well: of each wave in which probes came to the day, so that what it
-- said before and says now tells of no fewer. A tenth of the lines is told from twenty on. What no wave covers is a result that
-- comes late for a day of which its probe was there already: it may move that day's number.
CREATE OR REPLACE FUNCTION public_series(first date, last date, of_check text, of_metric text, of_target text)
RETURNS TABLE (day date, check_name text, metric text, unit text, source text, simulated boolean, n_samples bigint,
               n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF of_target IS NOT NULL AND NOT EXISTS (SELECT FROM target t WHERE t.name = of_target AND t.ours) THEN
        RETURN; -- a member's own answers as one that is not there
    END IF;
    RETURN QUERY
    WITH line AS MATERIALIZED (SELECT * FROM series_line(first, last) WHERE counts),
    member AS MATERIALIZED (SELECT * FROM series_member(first, last)),
    given AS (
        SELECT d.*, m.source, m.simulated, m.network, m.wave
        FROM series_value(first, last, of_check, of_metric, of_target, NULL) d
        JOIN member m USING (day, probe_no)
    ), whole AS (
        SELECT w.day, w.check_name, w.metric, m.source, m.simulated, m.wave, count(*) AS probes
        FROM series_value(first, last, of_check, of_metric, NULL, NULL) w
        JOIN member m USING (day, probe_no)
        WHERE of_target IS NOT NULL
        GROUP BY w.day, w.check_name, w.metric, m.source, m.simulated, m.wave
    ), bears AS (
        SELECT g.day, g.check_name, g.metric, g.source, g.simulated, g.wave
        FROM given g
        LEFT JOIN whole w ON (w.day, w.check_name, w.metric, w.source, w.simulated, w.wave)
                             = (g.day, g.check_name, g.metric, g.source, g.simulated, g.wave)
        GROUP BY g.day, g.check_name, g.metric, g.source, g.simulated, g.wave, w.probes
        HAVING count(*) >= 5 AND count(DISTINCT g.network) >= 5
               AND (of_target IS NULL OR w.probes = count(*) OR w.probes - count(*) >= 5)
    ), counted AS (
        SELECT g.*, b.day IS NOT NULL AS tells
        FROM given g
        LEFT JOIN bears b ON (b.day, b.check_name, b.metric, b.source, b.simulated, b.wave)
                             = (g.day, g.check_name, g.metric, g.source, g.simulated, g.wave)
    ), long AS (
        -- Not the whole year's days are counted, but thirty.
        SELECT y.year, y.check_name, y.source, y.simulated,
               (SELECT count(*) FROM (
                    SELECT DISTINCT r.day, r.probe_no FROM rollup_day r JOIN check_kind k USING (check_no) JOIN line l USING (probe_no)
                    WHERE k.name = y.check_name AND r.source = y.source AND r.simulated = y.simulated AND l.year = y.year
                      AND r.day BETWEEN make_date(y.year, 1, 1) AND make_date(y.year, 12, 31)
                    LIMIT 30) AS first) >= 30 AS enough
        FROM (SELECT DISTINCT extract(year FROM c.day)::int AS year, c.check_name, c.source, c.simulated FROM counted c) AS y
    ), told AS (
        SELECT c.day, c.check_name, c.metric, c.unit, c.source, c.simulated, sum(c.samples) FILTER (WHERE c.tells) AS samples,
               count(*) FILTER (WHERE c.tells) AS probes, count(DISTINCT c.network) FILTER (WHERE c.tells) AS networks,
               array_agg(c.value) FILTER (WHERE c.tells) AS values
        FROM counted c
        GROUP BY c.day, c.check_name, c.metric, c.unit, c.source, c.simulated
    )
    SELECT t.day, t.check_name, t.metric, t.unit, t.source, t.simulated,
           CASE WHEN s.shown THEN two_digits(t.samples::bigint) END, CASE WHEN s.shown THEN count_step(t.probes) END,
           CASE WHEN s.shown THEN count_step(t.networks) END,
           CASE WHEN s.shown AND t.probes >= 20 THEN (SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY v) FROM unnest(t.values) v) END,
           CASE WHEN s.shown THEN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) FROM unnest(t.values) v) END,
           CASE WHEN s.shown AND t.probes >= 20 THEN (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY v) FROM unnest(t.values) v) END
    FROM told t
    JOIN long g ON g.year = extract(year FROM t.day) AND (g.check_name, g.source, g.simulated) = (t.check_name, t.source, t.simulated)
    CROSS JOIN LATERAL (SELECT t.probes > 0 AND g.enough AS shown) s
    ORDER BY t.day, t.check_name, t.metric, t.source, t.simulated;
END
$$;
REVOKE EXECUTE ON FUNCTION series_value, series_line, series_fix, series_member, series, public_series FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION series', 'analyst');
SELECT allow('EXECUTE ON FUNCTION public_series', 'reader');
