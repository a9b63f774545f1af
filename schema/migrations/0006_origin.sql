-- Which AS originates a prefix: the operators of the country packs (seeded by migrate), and BGP's view as analysts
-- import it. Several rows of one prefix are several origins.
CREATE TABLE prefix_origin (
    prefix    cidr NOT NULL,
    asn       bigint NOT NULL CHECK (asn BETWEEN 0 AND 4294967295),
    source    text NOT NULL,              -- 'country-pack', or the kind of file: 'pfx2as'
    as_set    boolean NOT NULL DEFAULT false, -- one of an AS set: an aggregate, whose single origin BGP does not tell
    retrieved date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date
);
CREATE INDEX prefix_origin_prefix ON prefix_origin USING gist (prefix inet_ops);

-- The addresses that `delegation` found for the servers of a zone; projected from the results' detail.
-- A few rows a day: retention leaves them.
CREATE TABLE delegation_server (
    at        timestamptz NOT NULL,
    batch_no  bigint NOT NULL,
    probe_no  int NOT NULL,
    target_no int NOT NULL,
    ordinal   smallint NOT NULL,          -- the result's line within the batch
    name      text NOT NULL,
    addr      inet NOT NULL
);
CREATE INDEX delegation_server_batch ON delegation_server (probe_no, batch_no);

-- What is there already.
INSERT INTO project_again (probe_no, batch_no)
SELECT DISTINCT probe_no, batch_no FROM result
WHERE check_no = (SELECT check_no FROM check_kind WHERE name = 'delegation')
ON CONFLICT DO NOTHING;
