-- Which line a box hangs on, and when on none: what its epochs (migrations/0007_epoch.sql) say beside its declared surroundings.

-- Is a network not that of the declared line? It is announced by an operator that is known, and not by the declared one; or the box
-- reaches it by a modem of its own, where a cable or a dish is declared. What nobody knows says nothing.
CREATE OR REPLACE FUNCTION line_other(declared bigint[], technology text, link text, net cidr, net6 cidr) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(link = 'mobile' AND technology IN ('fibre', 'adsl', 'satellite'), false)
        OR coalesce(declared <> '{}' AND NOT declared && n.asns AND EXISTS (SELECT FROM operator o WHERE o.asns && n.asns), false)
    FROM (SELECT origin_of(net) || origin_of(net6) AS asns) n
$$;

-- When a box hung on another line than its own on a (UTC) day. What it told of its own line goes before it; the minute on both
-- sides is for a clock that was set while the box ran.
CREATE OR REPLACE FUNCTION line_away(of_probe int, on_day date) RETURNS tstzmultirange
LANGUAGE sql STABLE AS $$
    WITH spell AS MATERIALIZED (
        SELECT e.link, e.net, e.net6, 'epoch'::timestamptz + (lower(r) + b.offset_us) * interval '1 microsecond' AS since,
               'epoch'::timestamptz + (upper(r) + b.offset_us) * interval '1 microsecond' AS until
        FROM epoch e
        JOIN boot b USING (probe_no, boot)
        CROSS JOIN LATERAL unnest(e.mono) AS r
        WHERE e.probe_no = of_probe -- and within a boot of that day: a box has hundreds
          AND b.offset_us < extract(epoch FROM on_day + 1)::bigint * 1000000
          AND b.offset_us + upper(e.mono) >= extract(epoch FROM on_day)::bigint * 1000000
    ), placed AS (
        SELECT greatest(s.since, c.valid_from) AS since, least(s.until, c.valid_to) AS until,
               line_other(o.asns, c.technology, s.link, s.net, s.net6) AS other
        FROM spell s
        JOIN probe_context c ON c.probe_no = of_probe AND c.valid_from < s.until AND c.valid_to > s.since
        LEFT JOIN known_operator k USING (operator_no)
        LEFT JOIN operator o ON o.operator_no = k.known_no
        WHERE s.since < (on_day + 1)::timestamp AT TIME ZONE 'UTC' AND s.until >= on_day::timestamp AT TIME ZONE 'UTC'
    )
    SELECT coalesce(range_agg(tstzrange(since - interval '1 minute', until + interval '1 minute')) FILTER (WHERE other), '{}')
           - coalesce(range_agg(tstzrange(since, until)) FILTER (WHERE NOT other), '{}')
    FROM placed
$$;

-- When, on a (UTC) day, a box had power and hung on its own line. Of one that told no epochs at all nobody knows when it was off.
CREATE OR REPLACE FUNCTION line_home(of_probe int, on_day date) RETURNS tstzmultirange
LANGUAGE sql STABLE AS $$
    WITH day AS (SELECT on_day::timestamp AT TIME ZONE 'UTC' AS since, (on_day + 1)::timestamp AT TIME ZONE 'UTC' AS until),
    powered AS MATERIALIZED (
        SELECT range_agg(tstzrange('epoch'::timestamptz + (lower(r) + b.offset_us) * interval '1 microsecond',
                                   'epoch'::timestamptz + (upper(r) + b.offset_us) * interval '1 microsecond')) AS at
        FROM epoch e
        JOIN boot b USING (probe_no, boot)
        CROSS JOIN LATERAL unnest(e.mono) AS r
        WHERE e.probe_no = of_probe
          AND b.offset_us < extract(epoch FROM on_day + 1)::bigint * 1000000
          AND b.offset_us + upper(e.mono) >= extract(epoch FROM on_day)::bigint * 1000000
    )
    SELECT tstzmultirange(tstzrange(day.since, day.until))
           * CASE WHEN EXISTS (SELECT FROM epoch e WHERE e.probe_no = of_probe) THEN coalesce(powered.at, '{}')
                  ELSE tstzmultirange(tstzrange(day.since, day.until)) END
           - line_away(of_probe, on_day)
    FROM day, powered
$$;

-- Days (UTC) that are made again once a probe turns out to stand elsewhere: another operator is another line.
CREATE OR REPLACE FUNCTION line_mark(probes int[], first date, last date) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO rollup_dirty (day, probe_no, again)
    SELECT d.day, d.probe_no, true
    FROM (SELECT r.day, r.probe_no FROM rollup_day r UNION SELECT o.day, o.probe_no FROM rollup_other o) AS d
    WHERE d.probe_no = ANY (probes) AND d.day BETWEEN first AND last
      AND EXISTS (SELECT FROM epoch e WHERE e.probe_no = d.probe_no)
      AND NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date)
$$;
REVOKE EXECUTE ON FUNCTION line_other, line_away, line_home, line_mark FROM PUBLIC;
