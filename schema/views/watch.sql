-- What lines were up, and how long and how often they were cut, by day (rollup_watch): as a share of what was watched, and for a year of
-- 8,760 hours as watched as the day was (SAIDI and SAIFI of IEEE 1366, of one line). Days on which less than an hour was watched are left
-- out: a box that had power for minutes would speak for a day. A cut that goes on over midnight is counted on the day before.
CREATE OR REPLACE VIEW day_watch AS
SELECT w.day, w.probe_no, w.tests, w.watched_us, w.down_us, 100 * (1 - w.down_us::double precision / w.watched_us) AS up_percent,
       8760 * w.down_us::double precision / w.watched_us AS down_hours,
       8760 * (w.cuts - (w.opens AND coalesce(b.closes, false))::int) * 3600000000::double precision / w.watched_us AS cuts
FROM rollup_watch w
LEFT JOIN rollup_watch b ON (b.probe_no, b.day) = (w.probe_no, w.day - 1)
WHERE w.watched_us >= 3600000000;

SELECT allow('SELECT ON day_watch', 'analyst');
