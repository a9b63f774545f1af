-- Days by cell: what lines measured, by where they stood. All of it can be made again of rollup_day_sketch, and is, wherever a day
-- or the surroundings of a probe change (functions/cell.sql). A day is a UTC day.

-- A cell: the lines of a source that stand alike. NULL: not known. An operator is a known one (known_operator.known_no).
CREATE TABLE rollup_cell (
    cell_no     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text NOT NULL,
    simulated   boolean NOT NULL,
    country     text,
    department  text,
    zone        text,
    operator_no int,
    technology  text,
    UNIQUE NULLS NOT DISTINCT (source, simulated, country, department, zone, operator_no, technology)
);

-- In which cell a probe's day lies: one row for each probe and day with results.
CREATE TABLE rollup_line (
    day      date NOT NULL,
    probe_no int NOT NULL,
    cell_no  int NOT NULL REFERENCES rollup_cell,
    PRIMARY KEY (probe_no, day)
);
CREATE INDEX rollup_line_cell ON rollup_line (day, cell_no);

-- What the lines of a cell measured on a day: a value a line, the median of its results that day. The three arrays belong
-- together, an element a probe, sorted by probe: who asks for several cells joins them, and takes percentiles of the whole.
CREATE TABLE rollup_cell_day (
    day       date NOT NULL,
    cell_no   int NOT NULL,
    check_no  smallint NOT NULL,
    position  smallint NOT NULL,          -- metric.position; of metrics of the kind 'value' only
    scope     text NOT NULL CHECK (scope IN ('all', 'kind', 'target')), -- over which targets the median is taken
    kind      text,                       -- scope 'kind': target.kind, NULL for those of none
    target_no int,                        -- scope 'target': the target, NULL where the results name none
    probes    int[] NOT NULL,
    samples   int[] NOT NULL,             -- results that carried the metric
    medians   real[] NOT NULL
);
CREATE INDEX rollup_cell_day_key ON rollup_cell_day (day, cell_no);
CREATE INDEX rollup_cell_day_metric ON rollup_cell_day (check_no, position, scope, day);

-- Cells' days that have to be made again.
CREATE TABLE rollup_cell_dirty (
    day     date NOT NULL,
    cell_no int NOT NULL
);
