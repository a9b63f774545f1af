-- A cut that goes on over midnight is put together of two days, each of which keeps when its first and last test that say something of
-- the line were, whether the box had power and hung on its own line from and to midnight, and the runs of tests without an answer at its
-- two ends (tests 0: it answered; target 0: towards several). NULL: of days made before, or of a probe that was forgotten, whose days
-- are joined to none (views/watch.sql).
DROP VIEW IF EXISTS day_watch;
ALTER TABLE rollup_watch
    DROP opens, DROP closes,
    ADD first_at timestamptz, ADD last_at timestamptz, ADD from_midnight boolean, ADD to_midnight boolean,
    ADD opens_us bigint, ADD opens_tests int, ADD opens_target int,
    ADD closes_us bigint, ADD closes_tests int, ADD closes_target int;
INSERT INTO rollup_dirty (day, probe_no, again)
SELECT w.day, w.probe_no, true
FROM rollup_watch w
WHERE NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', w.day)::date)
  AND EXISTS (SELECT FROM result r WHERE r.probe_no = w.probe_no AND r.at >= w.day::timestamp AT TIME ZONE 'UTC'
              AND r.at < (w.day + 1)::timestamp AT TIME ZONE 'UTC');
