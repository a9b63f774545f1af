-- Days of metrics for everybody, as they are told: made once a day of blocks of lines (collector/figure/block.h), and read as
-- they are. In the place of the waves, whose numbers were made anew for each reader, and moved with every late result.
DROP FUNCTION IF EXISTS public_series(date, date, text, text, text), series_member(date, date), series_fix(int), series_line(date, date),
    series(date, date, text, text, text, text, text, text, text), series_value(date, date, text, text, text, text);
DROP TABLE series_wave;

-- The lines of a day, check and metric that are told of together, and where all of them stand: of a field in which they are
-- not alike nothing is said. For no reader's role.
CREATE TABLE series_block (
    block_no    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day         date NOT NULL,
    check_no    smallint NOT NULL,
    position    smallint NOT NULL,          -- metric.position
    country     text NOT NULL,
    source      text NOT NULL,
    simulated   boolean NOT NULL,
    alike       smallint NOT NULL,          -- 1 department, 2 operator, 4 technology, 8 zone
    department  text,
    operator_no int,                        -- known_operator.known_no
    technology  text,
    zone        text,
    probes      int[] NOT NULL
);
CREATE INDEX series_block_day ON series_block (day);

-- Towards which kinds of targets, and which targets, a block is told of as well.
CREATE TABLE series_block_scope (
    block_no  bigint NOT NULL REFERENCES series_block ON DELETE CASCADE,
    scope     text NOT NULL CHECK (scope IN ('kind', 'target')),
    kind      text,
    target_no int,
    UNIQUE NULLS NOT DISTINCT (block_no, scope, kind, target_no)
);

-- Whose days are told: all lines of a country (alike 0), or those that are alike.
CREATE TABLE series_group (
    group_no    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country     text NOT NULL,
    source      text NOT NULL,
    simulated   boolean NOT NULL,
    alike       smallint NOT NULL,
    department  text,
    operator_no int,
    technology  text,
    zone        text,
    UNIQUE NULLS NOT DISTINCT (country, source, simulated, alike, department, operator_no, technology, zone)
);

-- What is told.
CREATE TABLE series_point (
    day       date NOT NULL,
    group_no  int NOT NULL REFERENCES series_group,
    check_no  smallint NOT NULL,
    position  smallint NOT NULL,
    scope     text NOT NULL CHECK (scope IN ('all', 'kind', 'target')),
    kind      text,
    target_no int,
    samples   bigint NOT NULL,
    probes    int NOT NULL,
    networks  int NOT NULL,
    p10       double precision NOT NULL,
    p50       double precision NOT NULL,
    p90       double precision NOT NULL
);
CREATE INDEX series_point_day ON series_point (day);
CREATE INDEX series_point_metric ON series_point (check_no, position, scope, day);

-- Days of lines that a group has told of in a year: below thirty none of them is shown.
CREATE TABLE series_count (
    group_no int NOT NULL REFERENCES series_group,
    check_no smallint NOT NULL,
    year     int NOT NULL,
    days     int NOT NULL,
    PRIMARY KEY (group_no, check_no, year)
);

-- Days that have to be looked at, from the day `due` on; whoever changes one lists it once more.
CREATE TABLE series_dirty (
    day date NOT NULL,
    due date NOT NULL
);
INSERT INTO series_dirty SELECT DISTINCT day, day + 2 FROM rollup_day;

-- The network of each line in a year, as a number that says nothing (functions/series.sql), and whether the line counts.
CREATE TABLE series_line (
    year     int NOT NULL,
    probe_no int NOT NULL REFERENCES probe ON DELETE CASCADE,
    network  bigint,
    counts   boolean NOT NULL,
    PRIMARY KEY (year, probe_no)
);
INSERT INTO indicator_dirty (year) SELECT DISTINCT extract(year FROM day)::int FROM rollup_day ON CONFLICT DO NOTHING;
