-- Probes that were forgotten at their owner's wish, or replaced, and what retention took away.
ALTER TABLE probe ADD forgotten_at timestamptz;
ALTER TABLE probe ADD replaced_by int REFERENCES probe;

-- Names that may never come in again. A copy of each is a file outside the database and its backups.
CREATE TABLE tombstone (
    probe text PRIMARY KEY,
    at    timestamptz NOT NULL DEFAULT now()
);

-- Months of result (by `at`) and batch_body (by `received_at`) that were archived and dropped.
CREATE TABLE retained (
    parent     text NOT NULL CHECK (parent IN ('result', 'batch_body')),
    month      date NOT NULL,
    folder     text NOT NULL,             -- where the archive is
    rows       bigint NOT NULL,
    dropped_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX retained_month ON retained (month);
CREATE INDEX batch_body_received ON batch_body USING brin (received_at);
