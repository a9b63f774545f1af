-- What figures of numbers (a time, a throughput) are made of: rows that are to be summed. `n` results gave a number, which lies in
-- `bucket`; `ok` parts those whose outcome was ok from the others. `failed`: results that say something of the network
-- (rollup_day.measured), did not end ok and gave no number. What ended ok without this number is neither: a download alone has
-- no upload.
CREATE OR REPLACE VIEW day_number AS
SELECT d.day, d.probe_no, c.name AS check_name, m.name AS metric, d.target_no, d.af, NULL::boolean AS ok, NULL::smallint AS bucket,
       0 AS n, d.measured - d.ok AS failed
FROM rollup_day d
JOIN check_kind c USING (check_no)
JOIN metric m USING (check_no)
WHERE m.kind = 'value'
UNION ALL
SELECT b.day, b.probe_no, b.check_name, b.metric, b.target_no, b.af, b.ok, b.bucket, b.n, CASE WHEN b.ok THEN 0 ELSE -b.n END
FROM day_bucket b
WHERE b.kind = 'value';

SELECT allow('SELECT ON day_number', 'analyst');
