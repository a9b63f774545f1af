-- The probes that count today, as standing_of says it, where a view needs them: a function in a view would look with the reader's
-- own eyes, who sees no tokens.
CREATE OR REPLACE VIEW counting_probe AS
SELECT p.probe_no, p.simulated
FROM probe p
LEFT JOIN token t USING (token_no)
CROSS JOIN publication_floor e
WHERE e.lifted OR e.lifted_simulated AND p.simulated
   OR (p.revoked_at IS NULL OR p.revoked_reason IN ('left', 'forgotten'))
      AND (p.confirmed_at IS NOT NULL OR t.uses_max = 1)
      AND p.enrolled_at <= now() - interval '7 days';
