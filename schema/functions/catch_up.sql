-- What a newer program makes of what is there already; every migrate calls it last.
CREATE OR REPLACE FUNCTION catch_up() RETURNS void
LANGUAGE sql AS $$
    -- What a newer registry understands goes onto the list of batches to project again.
    INSERT INTO project_again
    SELECT DISTINCT p.probe_no, p.batch_no
    FROM result_problem p
    WHERE p.reason = 'unknown_check' AND p.detail IN (SELECT name FROM check_kind)
       OR p.reason = 'unknown_metric' AND p.detail IN (SELECT name FROM metric)
    ON CONFLICT DO NOTHING;
    SELECT range_again();
    -- Batches that came before gap records had a table of their own.
    INSERT INTO chain_gap (probe_no, chain, first, last, results, reason, batch_no)
    SELECT k.probe_no, g.chain, g.first, g.last, g.results, g.reason, k.batch_no
    FROM batch_key k, LATERAL gap_ranges(k.gap) g
    WHERE k.gap IS NOT NULL AND NOT EXISTS (SELECT FROM chain_gap LIMIT 1);
$$;
REVOKE EXECUTE ON FUNCTION catch_up FROM PUBLIC;
