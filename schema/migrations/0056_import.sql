-- What was imported: a file is a run, and what it brought knows it by its number (functions/import.sql).
CREATE TABLE import_run (
    run       int PRIMARY KEY,               -- 1, 2, …: what failed leaves no gap
    kind      text NOT NULL,                 -- 'csv', 'pfx2as', …
    whole     boolean NOT NULL,              -- its file is all there is of its sources: what it lacks is gone
    file      text NOT NULL,                 -- without its folder
    sha256    text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    octets    bigint NOT NULL,
    lines     bigint NOT NULL,
    entries   bigint NOT NULL DEFAULT 0,     -- figures, prefixes… that it brought
    sources   text[] NOT NULL DEFAULT '{}',
    by_whom   text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    undone_by text,
    CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);

-- What stood there before: undo puts it back.
CREATE TABLE import_replaced (
    run     int NOT NULL REFERENCES import_run, -- that took its place
    home    text NOT NULL,                   -- its table
    earlier int REFERENCES import_run,       -- that brought it; NULL: it came before runs were kept
    was     jsonb NOT NULL
);
CREATE INDEX import_replaced_run ON import_replaced (run);
CREATE INDEX import_replaced_earlier ON import_replaced (earlier);

ALTER TABLE indicator_value ADD run int REFERENCES import_run;
ALTER TABLE prefix_origin ADD run int REFERENCES import_run;
ALTER TABLE carrier_nat ADD run int REFERENCES import_run;
CREATE INDEX indicator_value_run ON indicator_value (run) WHERE run IS NOT NULL;
