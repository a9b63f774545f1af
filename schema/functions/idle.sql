-- Days on which nothing could come of a probe's line: its box had no power, or hung on another line. They are held against nobody.

-- Without power is what lies between boots: each lasts from its beginning to the last that was told of it, also where nothing came of
-- what lay between. Before the first and after the last nothing is known, and all is expected. A day counts when it is whole, in UTC.
-- On another line a box was when it measured there alone (functions/line.sql).
CREATE OR REPLACE FUNCTION probe_idle(first date, last date) RETURNS TABLE (probe_no int, days datemultirange)
LANGUAGE sql STABLE AS $$
    WITH boots AS MATERIALIZED (
        SELECT e.probe_no, 'epoch'::timestamptz + b.offset_us * interval '1 microsecond' AS began,
               'epoch'::timestamptz + (b.offset_us + max(upper(e.mono))) * interval '1 microsecond' AS ended
        FROM epoch e
        JOIN boot b USING (probe_no, boot)
        WHERE NOT isempty(e.mono)
        GROUP BY e.probe_no, e.boot, b.offset_us
    ), gap AS MATERIALIZED (
        SELECT b.probe_no, max(b.ended) OVER before AS since, b.began AS until
        FROM boots b
        WINDOW before AS (PARTITION BY b.probe_no ORDER BY b.began, b.ended ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), off AS (
        SELECT g.probe_no, d::date AS day
        FROM gap g
        CROSS JOIN LATERAL generate_series(greatest(first, (g.since AT TIME ZONE 'UTC' + interval '1 day' - interval '1 microsecond')::date),
                                           least(last, (g.until AT TIME ZONE 'UTC')::date - 1), interval '1 day') d
        WHERE g.until - g.since >= interval '1 day'
    ), idle AS (
        SELECT o.probe_no, o.day FROM off o
        UNION
        SELECT o.probe_no, o.day FROM rollup_other o WHERE o.day BETWEEN first AND last
    )
    SELECT i.probe_no, range_agg(daterange(i.day, i.day + 1))
    FROM idle i
    WHERE NOT EXISTS (SELECT FROM rollup_day r WHERE r.probe_no = i.probe_no AND r.day = i.day)
    GROUP BY i.probe_no
$$;

-- How many of these days lie before a day; NULL, in no time, for none at all.
CREATE OR REPLACE FUNCTION days_before(days datemultirange, day date) RETURNS int
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(sum(least(upper(r), day) - lower(r)), 0)::int FROM unnest(days) r WHERE lower(r) < day
$$;
REVOKE EXECUTE ON FUNCTION probe_idle, days_before FROM PUBLIC;
