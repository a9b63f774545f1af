-- How long a line was watched on a (UTC) day while its box had power, and how long of that it was cut (collector/figure/watch.h).
-- Made of `result` with the other days; a day on which nothing was watched has no row.
CREATE TABLE rollup_watch (
    probe_no   int NOT NULL,
    day        date NOT NULL,
    tests      int NOT NULL,              -- that say something of the line
    watched_us bigint NOT NULL,
    down_us    bigint NOT NULL,           -- in cuts of more than five minutes
    cuts       int NOT NULL,
    opens      boolean NOT NULL,          -- the first test lies in a cut, which may have begun the day before
    closes     boolean NOT NULL,          -- the last test does
    PRIMARY KEY (probe_no, day)
);
INSERT INTO rollup_dirty (day, probe_no, again)
SELECT DISTINCT d.day, d.probe_no, true
FROM rollup_day d
WHERE NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date)
  AND EXISTS (SELECT FROM result r WHERE r.probe_no = d.probe_no AND r.at >= d.day::timestamp AT TIME ZONE 'UTC'
              AND r.at < (d.day + 1)::timestamp AT TIME ZONE 'UTC');
