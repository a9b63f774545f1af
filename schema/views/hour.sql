-- What the hours of probes say, by the names of the registry. `hour` is when it begins, in universal time: who tells people of an hour of
-- the day does it in the country's time zone, with AT TIME ZONE.
CREATE OR REPLACE VIEW hour_bucket AS
SELECT (s.day + u.hour * interval '1 hour') AT TIME ZONE 'UTC' AS hour, s.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind,
       s.target_no, s.af, s.ok, u.bucket, u.n
FROM rollup_hour s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
CROSS JOIN LATERAL unnest(s.hours, s.buckets, s.counts) AS u (hour, bucket, n)
WHERE m.kind <> 'count';

-- Metrics that are counts: how many results gave one, and their sum.
CREATE OR REPLACE VIEW hour_count AS
SELECT (s.day + u.hour * interval '1 hour') AT TIME ZONE 'UTC' AS hour, s.probe_no, c.name AS check_name, m.name AS metric, m.unit,
       s.target_no, s.af, s.ok, u.n, u.sum
FROM rollup_hour s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
CROSS JOIN LATERAL unnest(s.hours, s.counts, s.sums) AS u (hour, n, sum)
WHERE m.kind = 'count';

-- Results by outcome, failures among them.
CREATE OR REPLACE VIEW hour_outcome AS
SELECT (s.day + u.hour * interval '1 hour') AT TIME ZONE 'UTC' AS hour, s.probe_no, c.name AS check_name, s.target_no, s.af,
       o.word AS outcome, u.n
FROM rollup_hour s
JOIN check_kind c USING (check_no)
CROSS JOIN LATERAL unnest(s.hours, s.buckets, s.counts) AS u (hour, outcome_no, n)
JOIN outcome o USING (outcome_no)
WHERE s.position = 0;

SELECT allow('SELECT ON hour_bucket, hour_count, hour_outcome', 'analyst');
