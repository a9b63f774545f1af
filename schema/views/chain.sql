-- Holes that no gap record explains.
CREATE OR REPLACE VIEW hole AS
SELECT h.probe_no, h.chain, lower(r) AS first, upper(r) - 1 AS last
FROM chain_hole h
CROSS JOIN LATERAL (
    SELECT int8multirange(int8range(h.first, h.last, '[]'))
           - coalesce(range_agg(int8range(g.first, g.last, '[]')), '{}') AS open
    FROM chain_gap g
    WHERE g.probe_no = h.probe_no AND g.chain = h.chain AND g.first <= h.last AND g.last >= h.first) e
CROSS JOIN LATERAL unnest(e.open) AS r;

-- The batches that contradict each other: cloned or restored state directories.
CREATE OR REPLACE VIEW fork AS
SELECT k.probe_no, k.chain, k.seq, count(*) AS batches, min(k.received_at) AS first_received, max(k.received_at) AS last_received
FROM batch_key k
JOIN chain c USING (probe_no, chain)
WHERE c.forked_at IS NOT NULL
GROUP BY k.probe_no, k.chain, k.seq
HAVING count(*) > 1;

SELECT allow('SELECT ON hole, fork', 'analyst');
SELECT allow('SELECT ON hole', 'ingest');
