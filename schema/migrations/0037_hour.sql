-- What an hour says, kept for 90 days: the sketches and counts of a probe-day, each with the hour of its UTC day (0 to 23) in which
-- the results began. A row a way of measuring and metric, whose arrays belong together and are sorted by hour and bucket: 24 rows
-- would be as many as the results. views/hour.sql unfolds them.
CREATE TABLE rollup_hour (
    day       date NOT NULL,
    probe_no  int NOT NULL,
    check_no  smallint NOT NULL,
    target_no int,
    af        smallint,
    position  smallint NOT NULL,          -- metric.position; 0: the results themselves
    ok        boolean NOT NULL,           -- as in rollup_day_sketch; of the results themselves always true
    hours     smallint[] NOT NULL,
    buckets   smallint[],                 -- as in rollup_day_sketch; of results their outcomes; NULL for metrics of the kind 'count'
    counts    int[] NOT NULL,
    sums      double precision[]          -- of metrics of the kind 'count' alone
);
CREATE INDEX rollup_hour_day ON rollup_hour (day, probe_no);
CREATE INDEX rollup_hour_metric ON rollup_hour (check_no, position, day);
INSERT INTO rollup_dirty (day, probe_no, again)
SELECT DISTINCT day, probe_no, true FROM rollup_day WHERE day > (now() AT TIME ZONE 'UTC')::date - 90;
