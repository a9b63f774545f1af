-- How long lines were watched and cut, and what that comes to.

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

-- When of a day a line was first and last tested is kept for as long as its results are, of which the day may be made again and has to be
-- joined anew: once retention took their month, what figures are made of stays. The end of a day goes with its month or, of a month's last
-- day, with that of the day after.
CREATE OR REPLACE FUNCTION watch_retain() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rollup_lock();
    UPDATE rollup_watch w SET watched_us = d.watched_us, down_us = d.down_us, cuts = d.cuts, first_at = NULL, from_midnight = NULL,
        opens_us = NULL, opens_tests = NULL, opens_target = NULL
    FROM day_watch d
    WHERE w.from_midnight IS NOT NULL AND (d.probe_no, d.day) = (w.probe_no, w.day)
      AND date_trunc('month', w.day)::date IN (SELECT t.month FROM retained t WHERE t.parent = 'result');
    UPDATE rollup_watch w SET last_at = NULL, to_midnight = NULL, closes_us = NULL, closes_tests = NULL, closes_target = NULL
    WHERE w.to_midnight IS NOT NULL AND date_trunc('month', w.day)::date IN (SELECT t.month FROM retained t WHERE t.parent = 'result')
      AND date_trunc('month', w.day + 1)::date IN (SELECT t.month FROM retained t WHERE t.parent = 'result');
END
$$;

-- How long and how often lines were cut in a period, for a year of 8,760 hours as watched (SAIDI and SAIFI of IEEE 1366, of one line). A
-- yearly rate of an hour would be one of chance: days of a line at one place are added up until it was watched for twelve hours, and
-- stand on the last of them; what is left at the end stands nowhere.
CREATE OR REPLACE FUNCTION watch_rate(first date, until date)
RETURNS TABLE (day date, probe_no int, tests bigint, down_hours double precision, cuts double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    half_a_day CONSTANT bigint := 43200000000;
    place      int;
    watched_us bigint := 0;
    down_us    bigint;
    counted    bigint;
    w          record;
BEGIN
    FOR w IN SELECT d.*, l.cell_no FROM day_watch d LEFT JOIN rollup_line l ON (l.probe_no, l.day) = (d.probe_no, d.day)
             WHERE d.day >= first AND d.day < until ORDER BY d.probe_no, l.cell_no, d.day LOOP
        IF watched_us >= half_a_day OR (w.probe_no, w.cell_no) IS DISTINCT FROM (probe_no, place) THEN
            watched_us := 0;
            down_us := 0;
            counted := 0;
            tests := 0;
        END IF;
        day := w.day;
        probe_no := w.probe_no;
        place := w.cell_no;
        watched_us := watched_us + w.watched_us;
        down_us := down_us + w.down_us;
        counted := counted + w.cuts;
        tests := tests + w.tests;
        IF watched_us >= half_a_day THEN
            down_hours := 8760 * (down_us::double precision / watched_us);
            cuts := 8760 * counted / (watched_us / 3600000000::double precision);
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;

-- The same, reckoned once in a transaction for all indicators that ask for it.
CREATE OR REPLACE FUNCTION watch_year(first date, until date)
RETURNS TABLE (day date, probe_no int, tests bigint, down_hours double precision, cuts double precision)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    IF to_regclass('pg_temp.watch_year') IS NULL THEN
        CREATE TEMP TABLE watch_year (
            first date, until date, day date, probe_no int, tests bigint, down_hours double precision, cuts double precision
        ) ON COMMIT DROP;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_temp.watch_year y WHERE (y.first, y.until) = (watch_year.first, watch_year.until)) THEN
        INSERT INTO pg_temp.watch_year SELECT watch_year.first, watch_year.until, r.* FROM watch_rate(watch_year.first, watch_year.until) r;
    END IF;
    RETURN QUERY SELECT y.day, y.probe_no, y.tests, y.down_hours, y.cuts FROM pg_temp.watch_year y
                 WHERE (y.first, y.until) = (watch_year.first, watch_year.until);
END
$$;
REVOKE EXECUTE ON FUNCTION watch_rate, watch_retain, watch_year FROM PUBLIC;

SELECT allow('SELECT ON day_watch', 'analyst');
SELECT allow('EXECUTE ON FUNCTION watch_rate', 'analyst');
