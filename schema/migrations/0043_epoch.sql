-- What a box measured while it hung on another line than its own (functions/line.sql): days as they are, and apart from them, so that
-- no figure of an operator can hold what a phone measured in its place.
CREATE TABLE rollup_other (LIKE rollup_day INCLUDING GENERATED);
CREATE UNIQUE INDEX rollup_other_key ON rollup_other (probe_no, day, check_no, target_no, af) NULLS NOT DISTINCT;
CREATE TABLE rollup_other_sketch (LIKE rollup_day_sketch);
CREATE UNIQUE INDEX rollup_other_sketch_key ON rollup_other_sketch (probe_no, day, check_no, target_no, af, position, ok)
    NULLS NOT DISTINCT;

-- Days of boxes that told of another network or of a modem are made again, where their results are still there.
INSERT INTO rollup_dirty (day, probe_no, again)
SELECT DISTINCT d.day, d.probe_no, true
FROM rollup_day d
WHERE d.probe_no IN (SELECT e.probe_no FROM epoch e WHERE num_nonnulls(e.net, e.net6) > 0 OR e.link = 'mobile')
  AND NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date);
-- And figures, which wait for fewer days of boxes without power.
INSERT INTO indicator_dirty (year) SELECT DISTINCT extract(year FROM day)::int FROM rollup_day ON CONFLICT DO NOTHING;
