-- What the ledger knows of each chain without reading all of its keys, the clocks of boots, and the list of batches to
-- project again. Kept by ledger_note() in the transaction that stores the batches.
CREATE TABLE chain (
    probe_no  int NOT NULL REFERENCES probe,
    chain     text NOT NULL,
    top       bigint NOT NULL,            -- the highest seq held
    top_hash  bytea NOT NULL,
    forked_at timestamptz,                -- two batches of one seq, or a batch whose prev is not the one held
    PRIMARY KEY (probe_no, chain)
) WITH (fillfactor = 70);

-- Seqs below the top that are not held: ranges that do not touch.
CREATE TABLE chain_hole (
    probe_no int NOT NULL,
    chain    text NOT NULL,
    first    bigint NOT NULL,
    last     bigint NOT NULL,
    PRIMARY KEY (probe_no, chain, first),
    CHECK (first <= last)
);

-- What a probe said that it dropped itself, in a later batch that it signed.
CREATE TABLE chain_gap (
    probe_no int NOT NULL,
    chain    text NOT NULL,
    first    bigint NOT NULL,
    last     bigint NOT NULL,
    results  bigint,
    reason   text,
    batch_no bigint NOT NULL              -- the batch that says so
);
CREATE INDEX chain_gap_chain ON chain_gap (probe_no, chain, first);

-- Wall clock minus monotonic clock of a boot, from the first batch that knew both. Never changed, so that a result's
-- time is the same each time it is projected.
CREATE TABLE boot (
    probe_no  int NOT NULL,
    boot      text NOT NULL,
    offset_us bigint NOT NULL,
    batch_no  bigint NOT NULL,
    PRIMARY KEY (probe_no, boot)
);
CREATE INDEX batch_key_boot ON batch_key (probe_no, boot) WHERE NOT sync;

-- Batches whose projection has become better knowledge: worked off by the collector's upkeep.
CREATE TABLE project_again (
    probe_no int NOT NULL,
    batch_no bigint NOT NULL,
    PRIMARY KEY (probe_no, batch_no)
);

-- A key that was lost to somebody: what it signs is refused from then on.
ALTER TABLE probe_key ADD revoked_at timestamptz;

-- What is there already.
INSERT INTO chain (probe_no, chain, top, top_hash, forked_at)
SELECT DISTINCT ON (probe_no, chain) k.probe_no, k.chain, k.seq, k.hash, f.at
FROM batch_key k
LEFT JOIN LATERAL (
    SELECT max(d.at) AS at FROM (SELECT max(x.received_at) AS at FROM batch_key x
        WHERE (x.probe_no, x.chain) = (k.probe_no, k.chain) GROUP BY x.seq HAVING count(*) > 1) d) f ON true
ORDER BY k.probe_no, k.chain, k.seq DESC;
INSERT INTO chain_hole (probe_no, chain, first, last)
SELECT probe_no, chain, before + 1, seq - 1
FROM (SELECT DISTINCT probe_no, chain, seq FROM batch_key) k,
     LATERAL (SELECT coalesce((SELECT max(x.seq) FROM batch_key x
                               WHERE (x.probe_no, x.chain) = (k.probe_no, k.chain) AND x.seq < k.seq), 0) AS before) b
WHERE before + 1 < seq;
INSERT INTO boot (probe_no, boot, offset_us, batch_no)
SELECT DISTINCT ON (probe_no, boot) probe_no, boot, (extract(epoch FROM sealed_at) * 1000000)::bigint - mono_us, batch_no
FROM batch_key WHERE sync
ORDER BY probe_no, boot, batch_no;
