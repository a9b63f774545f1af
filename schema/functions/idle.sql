-- Days on which nothing could come of a probe's line: its box had no power, or hung on another line. They are held against nobody.

-- Without power is what lies between boots: each lasts from its beginning to the last that was told of it, also where nothing came of
-- what lay between. Before the first and after the last nothing is known, and all is expected. A day counts when it is whole, in UTC.
-- On another line a box was when it measured there alone (functions/line.sql).
CREATE OR REPLACE FUNCTION probe_idle(first date, last date) RETURNS TABLE (probe_no int, days datemultirange)
LANGUAGE sql STABLE AS $$
    -- Few boots have a day before the next: of those alone it is asked how long they lasted. One that told no epochs says nothing.
    WITH boots AS MATERIALIZED (
        SELECT b.probe_no, b.boot, b.offset_us AS began, lead(b.offset_us) OVER (PARTITION BY b.probe_no ORDER BY b.offset_us) AS next
        FROM boot b
        WHERE EXISTS (SELECT FROM epoch e WHERE e.probe_no = b.probe_no AND e.boot = b.boot)
    ), gap AS MATERIALIZED (
        SELECT s.probe_no, 'epoch'::timestamptz + (s.began + max(upper(e.mono))) * interval '1 microsecond' AS since,
               'epoch'::timestamptz + s.next * interval '1 microsecond' AS until
        FROM boots s
        JOIN epoch e USING (probe_no, boot)
        WHERE s.next - s.began >= 86400000000
        GROUP BY s.probe_no, s.boot, s.began, s.next
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
