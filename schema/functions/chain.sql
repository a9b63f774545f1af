-- What a batch changes in chains, holes and forks.

-- The ranges of a gap record: {"reason":…,"batches":[{"chain","from","to","results"}]}. A probe wrote it, so that what
-- does not look like one is left out.
CREATE OR REPLACE FUNCTION gap_ranges(gap jsonb)
RETURNS TABLE (chain text, first bigint, last bigint, results bigint, reason text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT r->>'chain', (r->>'from')::bigint, (r->>'to')::bigint,
           CASE WHEN r->>'results' ~ '^[0-9]{1,15}$' THEN (r->>'results')::bigint END, left(gap->>'reason', 40)
    FROM jsonb_array_elements(CASE jsonb_typeof(gap->'batches') WHEN 'array' THEN gap->'batches' ELSE '[]' END) AS r
    WHERE jsonb_typeof(r) = 'object' AND r->>'chain' ~ '^[0-9a-f]{1,32}$'
      AND CASE WHEN r->>'from' ~ '^[0-9]{1,15}$' AND r->>'to' ~ '^[0-9]{1,15}$'
               THEN (r->>'from')::bigint <= (r->>'to')::bigint ELSE false END
    LIMIT 100
$$;

-- A group of batches that this transaction stored, as JSON: [{"probe_no","chain","seq","hash","prev","batch_no","boot",
-- "offset_us" when the batch knew both clocks,"clock" when results wait for one,"gap","rotate","signer","turn" with it,"seen"}]. Rows are
-- locked in the order of (probe_no, chain), the same in every transaction.
--
-- Nearly every batch continues its chain, says nothing new, and its boot's clock is known: those are done in one
-- statement, and the loop sees the others only.
CREATE OR REPLACE FUNCTION ledger_note(batches json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b    record;
    c    chain;
    hole chain_hole;
    fork boolean;
BEGIN
    FOR b IN
        WITH told AS MATERIALIZED (
            SELECT n.probe_no, n.chain, n.seq, decode(n.hash, 'hex') AS hash, decode(n.prev, 'hex') AS prev, n.batch_no,
                   n.boot, n.offset_us, n.clock, n.gap, decode(n.rotate, 'base64') AS rotate,
                   decode(n.signer, 'base64') AS signer, n.turn, p.forgotten_at,
                   count(*) OVER (PARTITION BY n.probe_no, n.chain) AS siblings
            FROM json_to_recordset(batches) AS n (probe_no int, chain text, seq bigint, hash text, prev text,
                 batch_no bigint, boot text, offset_us bigint, clock boolean, gap jsonb, rotate text, signer text, turn bigint)
            JOIN probe p USING (probe_no)
            ORDER BY n.probe_no, n.chain, n.seq, n.batch_no
        ), locked AS MATERIALIZED (
            SELECT x.top FROM told t CROSS JOIN LATERAL (
                SELECT y.top FROM chain y WHERE y.probe_no = t.probe_no AND y.chain = t.chain FOR UPDATE) x
        ), continued AS (
            UPDATE chain x SET top = t.seq, top_hash = t.hash
            FROM told t
            WHERE (SELECT count(top) FROM locked) > 0 -- first, and in their order
              AND x.probe_no = t.probe_no AND x.chain = t.chain AND x.top = t.seq - 1 AND x.top_hash = t.prev
              AND x.forked_at IS NULL AND t.siblings = 1 AND t.forgotten_at IS NULL AND t.gap IS NULL
              AND t.rotate IS NULL AND NOT t.clock
              AND (t.offset_us IS NULL OR EXISTS (SELECT FROM boot o WHERE o.probe_no = t.probe_no AND o.boot = t.boot))
            RETURNING t.batch_no
        )
        SELECT t.* FROM told t LEFT JOIN continued d USING (batch_no) WHERE d.batch_no IS NULL
        ORDER BY t.probe_no, t.chain, t.seq, t.batch_no
    LOOP
        IF b.forgotten_at IS NOT NULL THEN
            RAISE EXCEPTION 'a probe was forgotten meanwhile';
        END IF;
        INSERT INTO chain VALUES (b.probe_no, b.chain, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO c FROM chain x WHERE x.probe_no = b.probe_no AND x.chain = b.chain FOR UPDATE;
        fork := c.forked_at IS NOT NULL;
        IF NOT fork THEN
            fork := EXISTS (SELECT FROM batch_key x WHERE x.probe_no = b.probe_no AND x.chain = b.chain
                            AND (x.seq = b.seq AND x.hash <> b.hash OR x.seq - 1 = b.seq AND x.prev <> b.hash
                                 OR x.seq = b.seq - 1 AND x.hash <> b.prev)
                            AND x.seq BETWEEN b.seq - 1 AND least(b.seq, 9223372036854775806) + 1);
        END IF;
        IF b.seq - 1 > c.top THEN
            INSERT INTO chain_hole VALUES (b.probe_no, b.chain, c.top + 1, b.seq - 1);
        ELSIF b.seq <= c.top THEN
            SELECT * INTO hole FROM chain_hole h WHERE h.probe_no = b.probe_no AND h.chain = b.chain AND h.first <= b.seq
            ORDER BY h.first DESC LIMIT 1;
            IF FOUND AND hole.last >= b.seq THEN
                DELETE FROM chain_hole h WHERE h.probe_no = b.probe_no AND h.chain = b.chain AND h.first = hole.first;
                INSERT INTO chain_hole
                SELECT b.probe_no, b.chain, v.first, v.last
                FROM (VALUES (hole.first, b.seq - 1), (b.seq + 1, hole.last)) AS v (first, last)
                WHERE v.first <= v.last;
            END IF;
        END IF;
        UPDATE chain x SET top = greatest(c.top, b.seq), top_hash = CASE WHEN b.seq > c.top THEN b.hash ELSE c.top_hash END,
            forked_at = CASE WHEN fork THEN coalesce(c.forked_at, now()) END
        WHERE x.probe_no = b.probe_no AND x.chain = b.chain AND (b.seq > c.top OR fork AND c.forked_at IS NULL);
        IF b.gap IS NOT NULL THEN
            INSERT INTO chain_gap
            SELECT b.probe_no, g.chain, g.first, g.last, g.results, g.reason, b.batch_no FROM gap_ranges(b.gap) g;
        END IF;
        IF b.offset_us IS NOT NULL AND NOT EXISTS (SELECT FROM boot o WHERE o.probe_no = b.probe_no AND o.boot = b.boot) THEN
            INSERT INTO boot VALUES (b.probe_no, b.boot, b.offset_us, b.batch_no) ON CONFLICT DO NOTHING;
            INSERT INTO project_again
            SELECT DISTINCT k.probe_no, k.batch_no FROM batch_key k JOIN result_problem p USING (probe_no, batch_no)
            WHERE k.probe_no = b.probe_no AND k.boot = b.boot AND NOT k.sync AND p.reason = 'clock'
            ON CONFLICT DO NOTHING;
        ELSIF b.clock AND EXISTS (SELECT FROM boot o WHERE o.probe_no = b.probe_no AND o.boot = b.boot) THEN
            INSERT INTO project_again VALUES (b.probe_no, b.batch_no) ON CONFLICT DO NOTHING;
        END IF;
        -- Only a key in force names the next one: a thief has the old one, and a hole to put a record of his own in.
        IF b.rotate IS NOT NULL AND NOT EXISTS (SELECT FROM probe_key y WHERE y.public = b.rotate) THEN
            UPDATE probe_key y SET valid_to = clock_timestamp(), until_chain = b.chain, until_seq = b.seq
            WHERE y.probe_no = b.probe_no AND y.public = b.signer AND y.until_seq IS NULL AND y.turn <= b.turn;
            CONTINUE WHEN NOT FOUND;
            INSERT INTO probe_key (probe_no, public, turn, valid_from)
            VALUES (b.probe_no, b.rotate, b.turn, clock_timestamp());
            UPDATE probe p SET turn = greatest(p.turn, b.turn) WHERE p.probe_no = b.probe_no;
        END IF;
    END LOOP;
    PERFORM network_note(batches);
END
$$;
REVOKE EXECUTE ON FUNCTION ledger_note FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION ledger_note', 'ingest');
