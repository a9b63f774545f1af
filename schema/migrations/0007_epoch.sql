-- When a probe was on, and on which line: what its batches' headers say (epochs), a row a boot and network. The intervals
-- are a set, so that batches may come in any order, late or again: their union is the same.
CREATE TABLE epoch (
    probe_no int NOT NULL REFERENCES probe,
    boot     text NOT NULL,
    link     text CHECK (link IN ('ethernet', 'wifi', 'mobile', 'ppp', 'other')), -- NULL: the probe could not tell
    net      cidr,                        -- the public prefixes as the collector saw them, NULL: not known
    net6     cidr,
    mono     int8multirange NOT NULL,     -- on the boot's monotonic clock, µs
    UNIQUE NULLS NOT DISTINCT (probe_no, boot, link, net, net6)
) WITH (fillfactor = 70);
