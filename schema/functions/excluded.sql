-- What was measured by a check in a year (UTC), or came in it, and is in no figure for one of these reasons: not what the floor hides,
-- what is too young to be told, or of no place. `why`: waits, young, refused (as
-- standing_of has it, of probes that measure for real), other_line (the box hung on another line than the declared one), late
-- (retention had taken the month; of any check), and of single results, of any check: clock, out_of_range, malformed, unknown_check, unknown_metric.
-- n_days counts probe-days, n_results results; NULL where the other is counted.
CREATE OR REPLACE FUNCTION excluded(of_year int, of_check text)
RETURNS TABLE (why text, n_probes bigint, n_days bigint, n_results bigint)
LANGUAGE sql STABLE AS $$
    WITH year AS (
        SELECT make_date(of_year, 1, 1) AS first, make_date(of_year, 12, 31) AS last
    ), kind AS (
        SELECT check_no FROM check_kind WHERE name = of_check
    ), measured AS (
        SELECT r.probe_no, count(DISTINCT r.day) AS days
        FROM rollup_day r, year y, kind k
        WHERE r.day BETWEEN y.first AND y.last AND r.check_no = k.check_no AND NOT r.simulated
        GROUP BY r.probe_no
    )
    SELECT s.standing, count(*), sum(m.days)::bigint, NULL::bigint
    FROM measured m
    JOIN probe p USING (probe_no)
    CROSS JOIN year y
    CROSS JOIN LATERAL (SELECT standing_of(p, least((y.last + 1)::timestamp AT TIME ZONE 'UTC', now())) AS standing) s
    WHERE s.standing <> 'counts'
    GROUP BY s.standing
    UNION ALL
    SELECT 'other_line', count(DISTINCT r.probe_no), count(DISTINCT (r.probe_no, r.day)), NULL
    FROM rollup_other r, year y, kind k
    WHERE r.day BETWEEN y.first AND y.last AND r.check_no = k.check_no
    HAVING count(*) > 0
    UNION ALL
    SELECT 'late', count(DISTINCT l.probe_no), count(*), NULL
    FROM rollup_late l
    JOIN probe p USING (probe_no), year y
    WHERE NOT p.simulated AND l.day BETWEEN y.first AND y.last
    HAVING count(*) > 0
    UNION ALL
    SELECT x.reason, count(DISTINCT x.probe_no), NULL, count(*)
    FROM result_problem x
    JOIN batch_key b USING (probe_no, batch_no)
    JOIN probe p USING (probe_no), year y
    WHERE NOT p.simulated AND b.received_at >= y.first::timestamp AT TIME ZONE 'UTC' AND b.received_at < (y.last + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY x.reason
    ORDER BY 1
$$;
REVOKE EXECUTE ON FUNCTION excluded FROM PUBLIC;
