-- What a newer registry understands goes onto the list of batches to project again; runs at each migration.
INSERT INTO project_again
SELECT DISTINCT p.probe_no, p.batch_no
FROM result_problem p
WHERE p.reason = 'unknown_check' AND p.detail IN (SELECT name FROM check_kind)
   OR p.reason = 'unknown_metric' AND p.detail IN (SELECT name FROM metric)
ON CONFLICT DO NOTHING;
