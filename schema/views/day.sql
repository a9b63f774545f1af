-- Does a validity reach into the (UTC) day?
CREATE OR REPLACE FUNCTION valid_on(valid_from timestamptz, valid_to timestamptz, day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT valid_from < (day + 1)::timestamp AT TIME ZONE 'UTC' AND valid_to > day::timestamp AT TIME ZONE 'UTC'
$$;

-- Where a probe stood on a day: the surroundings that were valid then, the latest when they changed within the day.
--
-- `network` tells lines apart for the publication floor. The prefix of a line is not known to the collector, so that
-- lines of one operator and technology in one commune count as one network: the floor then errs on the side of privacy.
CREATE OR REPLACE FUNCTION place_on(of_probe int, on_day date)
RETURNS TABLE (country text, department text, zone text, operator text, technology text, network text)
LANGUAGE sql STABLE AS $$
    SELECT c.country, c.department, c.zone, o.name, c.technology,
           concat_ws('/', c.country, c.department, c.commune, o.name, c.technology)
    FROM probe_context c
    LEFT JOIN operator o USING (operator_no)
    WHERE c.probe_no = of_probe AND valid_on(c.valid_from, c.valid_to, on_day)
    ORDER BY c.valid_from DESC
    LIMIT 1
$$;

-- The sketches, one row a bucket, by the names of the registry.
CREATE OR REPLACE VIEW day_bucket AS
SELECT s.day, s.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, s.target_no, s.af, s.ok, u.bucket, u.n
FROM rollup_day_sketch s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
CROSS JOIN LATERAL unnest(s.buckets, s.counts) AS u (bucket, n);

-- Sums and ranges, one row a metric, by the names of the registry.
CREATE OR REPLACE VIEW day_metric AS
SELECT d.day, d.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, d.target_no, d.af, u.n, u.sum, u.min,
       u.max
FROM rollup_day d
JOIN check_kind c USING (check_no)
CROSS JOIN LATERAL unnest(d.n, d.sum, d.min, d.max) WITH ORDINALITY AS u (n, sum, min, max, position)
JOIN metric m ON m.check_no = d.check_no AND m.position = u.position
WHERE u.n > 0;
