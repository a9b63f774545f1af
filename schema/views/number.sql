-- What figures of numbers (a time, a throughput) are made of: sketches that are to be joined (functions/sketch.sql), as they are kept,
-- `ok` apart from others. `failed` is to be summed: results that say something of the network (rollup_day.measured), did not end ok and
-- gave no number. What ended ok without this number is neither: a download alone has no upload.
CREATE OR REPLACE VIEW day_number AS
SELECT d.day, d.probe_no, c.name AS check_name, m.name AS metric, d.target_no, d.af, NULL::boolean AS ok, NULL::smallint[] AS buckets,
       NULL::int[] AS counts, d.measured - d.ok AS failed
FROM rollup_day d
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no)
WHERE m.kind = 'value'
UNION ALL
SELECT s.day, s.probe_no, c.name, m.name, s.target_no, s.af, s.ok, s.buckets, s.counts,
       CASE WHEN s.ok THEN 0 ELSE -(SELECT sum(n)::int FROM unnest(s.counts) n) END
FROM rollup_day_sketch s
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no, position)
WHERE m.kind = 'value';

SELECT allow('SELECT ON day_number', 'analyst');
