-- The registry of probes, the ledger of signed batches, and its typed projection.

-- Places, operators and local teams; seeded from the country packs.
CREATE TABLE department (
    iso     text PRIMARY KEY,             -- ISO 3166-2, "BJ-BO"
    country text NOT NULL,                -- ISO 3166-1 alpha-2
    name    text NOT NULL
);
CREATE TABLE operator (
    operator_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country     text NOT NULL,
    name        text NOT NULL,
    asns        bigint[] NOT NULL DEFAULT '{}',
    UNIQUE (country, name)
);
CREATE TABLE focal_point (
    focal_point_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL UNIQUE
);

-- Who may come in: enrolment tokens and API keys, kept as SHA-256 only.
CREATE TABLE token (
    token_no       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash           bytea NOT NULL UNIQUE,
    focal_point_no int REFERENCES focal_point,
    note           text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz,
    uses_max       int,                   -- NULL: no limit
    uses           int NOT NULL DEFAULT 0,
    revoked_at     timestamptz
);
CREATE TABLE api_key (
    key_no     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash       bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    level      text NOT NULL DEFAULT 'analyst' CHECK (level IN ('analyst')),
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

-- A probe, its keys in time, and its surroundings in time.
CREATE TABLE probe (
    probe_no       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    probe          text NOT NULL UNIQUE CHECK (probe ~ '^[a-z2-7]{20}$'),
    source         text NOT NULL DEFAULT 'agent',  -- 'agent', or where imported results come from
    simulated      boolean NOT NULL DEFAULT false,
    enrolled_at    timestamptz NOT NULL DEFAULT now(),
    token_no       int REFERENCES token,
    revoked_at     timestamptz,
    revoked_reason text
);
CREATE TABLE probe_key (
    probe_no   int NOT NULL REFERENCES probe,
    public     bytea NOT NULL UNIQUE CHECK (length(public) = 32),
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (probe_no, valid_from)
);
CREATE TABLE probe_contact (
    probe_no int PRIMARY KEY REFERENCES probe,
    contact  text NOT NULL
);
CREATE TABLE probe_context (
    probe_no        int NOT NULL REFERENCES probe,
    valid_from      timestamptz NOT NULL DEFAULT now(),
    valid_to        timestamptz NOT NULL DEFAULT 'infinity',
    country         text NOT NULL,
    department      text REFERENCES department,
    commune         text,
    zone            text CHECK (zone IN ('urban', 'rural')),
    operator_no     int REFERENCES operator,
    technology      text,                 -- fibre, adsl, 4g, 5g, 3g, wifi-hotspot, community, satellite, radio, other
    focal_point_no  int REFERENCES focal_point,
    tariff          text,
    metered         boolean NOT NULL DEFAULT false,
    consent_version text NOT NULL,
    PRIMARY KEY (probe_no, valid_from),
    CHECK (valid_from < valid_to)
);

-- The compiled registry, copied here at every migrate for SQL's use.
CREATE TABLE check_kind (
    check_no smallint PRIMARY KEY,
    name     text NOT NULL UNIQUE
);
CREATE TABLE metric (
    metric_no smallint PRIMARY KEY,
    check_no  smallint NOT NULL REFERENCES check_kind,
    position  smallint NOT NULL,          -- 1-based index into result.metrics
    name      text NOT NULL,
    unit      text NOT NULL,
    better    text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('value', 'count', 'category')),
    UNIQUE (check_no, position),
    UNIQUE (check_no, name)
);
CREATE TABLE outcome (
    outcome_no smallint PRIMARY KEY,      -- the order of common/outcome.h
    word       text NOT NULL UNIQUE
);

-- Dictionaries of names that results carry.
CREATE TABLE target (
    target_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE,
    kind      text CHECK (kind IN ('resolver', 'root', 'cctld', 'ixp', 'operator', 'domestic', 'abroad', 'service', 'beacon')),
    country   text
);
CREATE TABLE task (
    task_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL UNIQUE
);

-- The ledger. The keys are small and never dropped; the bodies are the bytes as they came.
CREATE TABLE batch_key (
    probe_no    int NOT NULL REFERENCES probe,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    batch_no    bigint GENERATED ALWAYS AS IDENTITY,
    chain       text NOT NULL,
    seq         bigint NOT NULL,
    prev        bytea,
    received_at timestamptz NOT NULL,
    sealed_at   timestamptz NOT NULL,
    mono_us     bigint NOT NULL,
    boot        text NOT NULL,
    sync        boolean NOT NULL,
    agent       text NOT NULL,
    results     int NOT NULL,
    gap         jsonb,
    PRIMARY KEY (probe_no, hash)
);
CREATE INDEX batch_key_chain ON batch_key (probe_no, chain, seq);
CREATE TABLE batch_body (
    received_at timestamptz NOT NULL,
    batch_no    bigint NOT NULL,
    probe_no    int NOT NULL,
    body        bytea NOT NULL            -- zstd
) PARTITION BY RANGE (received_at);
ALTER TABLE batch_body ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX batch_body_no ON batch_body (probe_no, batch_no);

-- The projection: narrow rows, no unique index; one batch is projected in the transaction that stores it.
CREATE TABLE result (
    at        timestamptz NOT NULL,
    batch_no  bigint NOT NULL,
    probe_no  int NOT NULL,
    target_no int,
    task_no   int NOT NULL,
    bytes     int NOT NULL,
    check_no  smallint NOT NULL,
    ordinal   smallint NOT NULL,          -- line within the batch, from 0
    af        smallint,                   -- 4, 6, NULL
    outcome   smallint NOT NULL,
    addr      inet,
    metrics   real[] NOT NULL             -- by metric.position; absent is NULL
) PARTITION BY RANGE (at);
-- Rows come in about the order of time: a few pages of summary find a time range, at no cost to COPY.
CREATE INDEX result_at ON result USING brin (at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX result_probe_at ON result (probe_no, at);

-- Results in good batches that could not be projected, with the reason.
CREATE TABLE result_problem (
    batch_no bigint NOT NULL,
    probe_no int NOT NULL,
    ordinal  smallint NOT NULL,
    reason   text NOT NULL,               -- malformed, unknown_check, unknown_metric, clock, out_of_range
    detail   text NOT NULL,
    PRIMARY KEY (probe_no, batch_no, ordinal)
);

-- Days that rollups have to make again; appended by the writers, emptied by the rollup.
CREATE TABLE rollup_dirty (
    day      date NOT NULL,
    probe_no int NOT NULL
);
