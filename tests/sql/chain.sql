-- What ledger_note keeps of chains is what the keys themselves say, in whatever order and grouping batches come.
BEGIN;
SELECT plan(6);
SELECT setseed(0.42);

INSERT INTO probe (probe) SELECT rpad(chr(97 + n), 20, 'a') FROM generate_series(0, 9) AS n;

-- Ten probes, two chains each, 30 batches a chain: each names the hash of the one before. Every fourth chain forks at 12;
-- of every other fourth one branch was lost from 12 on and the other up to there, so that 13 alone tells of it. Half of the
-- chains come about in their order.
CREATE TEMP TABLE made AS
SELECT p.probe_no, md5(p.probe || c) AS chain, seq, branch,
       sha256(convert_to(concat_ws('/', p.probe, c, seq, CASE WHEN seq >= 12 THEN branch END), 'UTF8')) AS hash,
       CASE WHEN seq > 1 THEN
           sha256(convert_to(concat_ws('/', p.probe, c, seq - 1, CASE WHEN seq > 12 THEN branch END), 'UTF8')) END AS prev,
       'boot-' || seq / 10 AS boot,
       CASE WHEN (p.probe_no + c) % 4 IN (1, 2) THEN (seq + random() / 2) / 31 ELSE random() END AS place,
       random() < 0.3 AND (p.probe_no + c) % 4 <> 2 AS lost
FROM probe p, generate_series(1, 2) AS c, generate_series(1, 30) AS seq, generate_series(0, 1) AS branch
WHERE CASE (p.probe_no + c) % 4 WHEN 0 THEN branch = 0 OR seq BETWEEN 12 AND 20 WHEN 2 THEN branch = (seq > 12)::int
      ELSE branch = 0 END;

-- Comes in as the collector stores it: keys first, then the note, a few batches at a time.
CREATE FUNCTION pg_temp.come(wanted boolean, most int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told json;
BEGIN
    LOOP
        WITH few AS (
            DELETE FROM made WHERE ctid IN (SELECT ctid FROM made WHERE lost = wanted ORDER BY place
                                            LIMIT 1 + floor(random() * most)) RETURNING *
        ), stored AS (
            INSERT INTO batch_key (probe_no, hash, chain, seq, prev, received_at, sealed_at, mono_us, boot, sync, agent, results)
            SELECT probe_no, hash, chain, seq, prev, now(), now(), seq * 1000, boot, true, 'test', 0 FROM few RETURNING *
        )
        SELECT json_agg(json_build_object('probe_no', probe_no, 'chain', chain, 'seq', seq, 'hash', encode(hash, 'hex'), 'prev',
                   encode(prev, 'hex'), 'batch_no', batch_no, 'boot', boot, 'clock', false, 'offset_us', 7)) INTO told FROM stored;
        EXIT WHEN told IS NULL;
        PERFORM ledger_note(told);
    END LOOP;
END $$;

CREATE VIEW pg_temp.kept AS
SELECT c.probe_no, c.chain, c.top, c.forked_at IS NOT NULL AS forked,
       (SELECT array_agg(s ORDER BY s) FROM chain_hole h, generate_series(h.first, h.last) AS s
        WHERE (h.probe_no, h.chain) = (c.probe_no, c.chain)) AS missing
FROM chain c;
CREATE VIEW pg_temp.truth AS
SELECT k.probe_no, k.chain, max(k.seq) AS top,
       bool_or(EXISTS (SELECT FROM batch_key x WHERE (x.probe_no, x.chain) = (k.probe_no, k.chain)
                       AND (x.seq = k.seq AND x.hash <> k.hash OR x.seq = k.seq - 1 AND x.hash <> k.prev))) AS forked,
       (SELECT array_agg(s ORDER BY s) FROM generate_series(1, max(k.seq)) AS s
        WHERE s NOT IN (SELECT x.seq FROM batch_key x WHERE (x.probe_no, x.chain) = (k.probe_no, k.chain))) AS missing
FROM batch_key k
GROUP BY k.probe_no, k.chain;

SELECT pg_temp.come(false, 40);
SELECT set_eq('SELECT * FROM pg_temp.kept', 'SELECT * FROM pg_temp.truth', 'with holes');
SELECT isnt_empty('SELECT FROM chain_hole', 'there were holes');
SELECT pg_temp.come(true, 3);
SELECT set_eq('SELECT * FROM pg_temp.kept', 'SELECT * FROM pg_temp.truth', 'filled');
SELECT is((SELECT count(*) FILTER (WHERE forked)::int FROM pg_temp.kept), 10, 'the chains that forked');
SELECT is_empty('SELECT FROM chain_hole', 'nothing is missing');

-- The ordinary way: each probe sends its next batch, all in one group.
INSERT INTO made SELECT probe_no, chain, top + s, 0, sha256(convert_to(chain || (top + s), 'UTF8')),
    CASE WHEN s = 1 THEN top_hash ELSE sha256(convert_to(chain || (top + s - 1), 'UTF8')) END, 'boot-1', s, false
FROM chain, generate_series(1, 3) AS s WHERE forked_at IS NULL;
SELECT pg_temp.come(false, 14);
SELECT set_eq('SELECT * FROM pg_temp.kept', 'SELECT * FROM pg_temp.truth', 'continued');
SELECT * FROM finish();
ROLLBACK;
