-- Who vouches for a probe: somebody of its team, or of the collector's, who knows that there is a household behind it.
ALTER TABLE probe
    ADD confirmed_at timestamptz,
    ADD confirmed_by text,
    ADD CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL));

-- Prefixes in which many households share an address, so that a prefix tells nothing of how many there are.
CREATE TABLE carrier_nat (
    prefix cidr NOT NULL,
    source text NOT NULL,                 -- 'country-pack', or 'import'
    PRIMARY KEY (prefix, source)
);

-- What was set or taken back by hand, by whom and why; what a probe says itself is in probe_context.
CREATE TABLE probe_change (
    change_no  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    probe_no   int NOT NULL REFERENCES probe,
    at         timestamptz NOT NULL DEFAULT now(),
    who        text NOT NULL,
    key        text NOT NULL,             -- 'confirmed', or one of probe set
    value      text,                      -- NULL: taken back, not known
    valid_from timestamptz,               -- from when on it holds; NULL: always
    why        text
);
CREATE INDEX probe_change_probe ON probe_change (probe_no);
