-- Numbers of results that say nothing of the network (denied, skipped, error) stood in the sums of their days. Those are made
-- again, where their results are still there.
INSERT INTO rollup_dirty (day, probe_no, again)
SELECT DISTINCT d.day, d.probe_no, true
FROM rollup_day d
JOIN probe p USING (probe_no)
WHERE d.denied + d.skipped + d.error > 0 AND d.n <> '{}' AND p.forgotten_at IS NULL
  AND NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date);
