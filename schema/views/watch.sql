-- How long lines were watched and cut.

-- Is a run of tests without an answer a cut (collector/figure/watch.h)? target_no 0: towards several.
CREATE OR REPLACE FUNCTION watch_cut(lasted_us bigint, tests int, target_no int) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(tests >= 3 AND target_no = 0 AND lasted_us > 300000000, false) $$;

-- By day, and over midnight: what lies between the last test of a day and the first of the next, an hour apart at most, is watched on the
-- later one. So is what a run comes to that only makes a cut together; a cut that goes on is counted on the day before. A year stands by
-- itself: its figures are made again without the results of the one before.
CREATE OR REPLACE VIEW day_watch AS
SELECT w.day, w.probe_no, w.tests, w.watched_us + coalesce(n.gap_us, 0) AS watched_us,
       least(w.down_us + CASE WHEN r.cut THEN r.lasted_us - n.closes::int * b.closes_us - n.opens::int * w.opens_us ELSE 0 END,
             w.watched_us + coalesce(n.gap_us, 0)) AS down_us,
       w.cuts + CASE WHEN r.cut THEN 1 - n.closes::int - n.opens::int ELSE 0 END AS cuts
FROM rollup_watch w
LEFT JOIN rollup_watch b ON (b.probe_no, b.day) = (w.probe_no, w.day - 1) AND b.to_midnight AND w.from_midnight
                            AND w.first_at - b.last_at <= interval '1 hour' AND extract(year FROM w.day) = extract(year FROM b.day)
CROSS JOIN LATERAL (SELECT (extract(epoch FROM w.first_at - b.last_at) * 1000000)::bigint AS gap_us,
                           watch_cut(b.closes_us, b.closes_tests, b.closes_target) AS closes,
                           watch_cut(w.opens_us, w.opens_tests, w.opens_target) AS opens) n
CROSS JOIN LATERAL (SELECT b.closes_us + n.gap_us + w.opens_us AS lasted_us,
                           b.closes_tests > 0 AND watch_cut(b.closes_us + n.gap_us + w.opens_us, b.closes_tests + w.opens_tests,
                               CASE WHEN w.opens_tests = 0 OR w.opens_target = b.closes_target THEN b.closes_target ELSE 0 END) AS cut) r;

SELECT allow('SELECT ON day_watch', 'analyst');
