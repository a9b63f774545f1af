-- Validated ROA payloads, as a relying party gives them (`import vrp`): who may originate a prefix, and how far it may be parted.
CREATE TABLE vrp (
    prefix     cidr NOT NULL,
    max_length smallint NOT NULL,
    asn        bigint NOT NULL CHECK (asn BETWEEN 0 AND 4294967295), -- 0: nobody may
    run        int REFERENCES import_run,
    CHECK (max_length BETWEEN masklen(prefix) AND CASE family(prefix) WHEN 4 THEN 32 ELSE 128 END),
    PRIMARY KEY (prefix, max_length, asn)
);
CREATE INDEX vrp_prefix ON vrp USING gist (prefix inet_ops);
