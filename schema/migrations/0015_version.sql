-- How often what the pages show has changed: a page that was made at this version is still right (functions/version.sql).
CREATE TABLE data_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);
INSERT INTO data_version (version) VALUES (1);

-- Transactions under way that will raise it; empty whenever nothing is.
CREATE TABLE data_change (
    xid xid8 PRIMARY KEY
);
