-- What a day says, one row for each way of measuring: everything that is published comes from here, and all of it can
-- be made again from `result`. A day is a UTC day.
CREATE TABLE rollup_day (
    day            date NOT NULL,
    probe_no       int NOT NULL,
    check_no       smallint NOT NULL,
    target_no      int,
    af             smallint,              -- 4, 6, NULL when there was no address
    source         text NOT NULL,         -- of the probe: 'agent', or where imported results come from
    simulated      boolean NOT NULL,
    -- Results by outcome. A failure is a row like any other: it stays in the denominators.
    ok             int NOT NULL,
    partial        int NOT NULL,
    timeout        int NOT NULL,
    refused        int NOT NULL,
    unreachable    int NOT NULL,
    reset          int NOT NULL,
    dns_error      int NOT NULL,
    tls_error      int NOT NULL,
    protocol_error int NOT NULL,
    blocked        int NOT NULL,
    denied         int NOT NULL,
    skipped        int NOT NULL,
    error          int NOT NULL,
    -- What says something of the network; the last three say something of the probe only.
    measured       int NOT NULL GENERATED ALWAYS AS (ok + partial + timeout + refused + unreachable + reset + dns_error
                                                     + tls_error + protocol_error + blocked) STORED,
    bytes          bigint NOT NULL,
    -- By metric.position: how many results carried the metric, and their sum and range. Categories have n only.
    n              int[] NOT NULL,
    sum            double precision[] NOT NULL,
    min            real[] NOT NULL,
    max            real[] NOT NULL
);
CREATE UNIQUE INDEX rollup_day_key ON rollup_day (probe_no, day, check_no, target_no, af) NULLS NOT DISTINCT;
CREATE INDEX rollup_day_check ON rollup_day (check_no, day);

-- The distribution of a metric within that day: for values the logarithmic buckets of sketch_bucket(), for categories
-- the codes themselves. Sorted by bucket. `ok` parts the results whose outcome was ok from the others, because some
-- indicators ask for the first alone; the two add up to the whole.
CREATE TABLE rollup_day_sketch (
    day       date NOT NULL,
    probe_no  int NOT NULL,
    check_no  smallint NOT NULL,
    target_no int,
    af        smallint,
    position  smallint NOT NULL,
    ok        boolean NOT NULL,
    buckets   smallint[] NOT NULL,
    counts    int[] NOT NULL
);
CREATE UNIQUE INDEX rollup_day_sketch_key ON rollup_day_sketch (probe_no, day, check_no, target_no, af, position, ok)
    NULLS NOT DISTINCT;
CREATE INDEX rollup_day_sketch_metric ON rollup_day_sketch (check_no, position, day);
