-- What the days of probes say of their own lines, by the names of the registry.

-- The sketches, one row a bucket.
CREATE OR REPLACE VIEW day_bucket AS
SELECT s.day, s.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, s.target_no, s.af, s.ok, u.bucket, u.n
FROM rollup_day_sketch s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
CROSS JOIN LATERAL unnest(s.buckets, s.counts) AS u (bucket, n);

-- Sums and ranges, one row a metric.
CREATE OR REPLACE VIEW day_metric AS
SELECT d.day, d.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, d.target_no, d.af, u.n, u.sum, u.min,
       u.max
FROM rollup_day d
JOIN check_kind c USING (check_no)
CROSS JOIN LATERAL unnest(d.n, d.sum, d.min, d.max) WITH ORDINALITY AS u (n, sum, min, max, position)
JOIN metric m ON m.check_no = d.check_no AND m.position = u.position
WHERE u.n > 0;

-- The same of what boxes measured on other lines than their own, of which no figure is made (functions/line.sql); line_epoch says on which.
CREATE OR REPLACE VIEW other_bucket AS
SELECT s.day, s.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, s.target_no, s.af, s.ok, u.bucket, u.n
FROM rollup_other_sketch s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
CROSS JOIN LATERAL unnest(s.buckets, s.counts) AS u (bucket, n);

CREATE OR REPLACE VIEW other_metric AS
SELECT d.day, d.probe_no, c.name AS check_name, m.name AS metric, m.unit, m.kind, d.target_no, d.af, u.n, u.sum, u.min,
       u.max
FROM rollup_other d
JOIN check_kind c USING (check_no)
CROSS JOIN LATERAL unnest(d.n, d.sum, d.min, d.max) WITH ORDINALITY AS u (n, sum, min, max, position)
JOIN metric m ON m.check_no = d.check_no AND m.position = u.position
WHERE u.n > 0;

SELECT allow('SELECT ON day_bucket, day_metric, other_bucket, other_metric', 'analyst');
