-- What a line was up and cut, in numbers worked by hand.
BEGIN;
SELECT plan(19);
SET TIME ZONE 'UTC';

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = repeat(who, 20) $$;
-- From minute `first` to minute `last` of a day; opens, closes: minutes, tests and target of the runs at its ends.
CREATE FUNCTION pg_temp.watched(who text, day date, first int, last int, watched int, down int, cuts int, opens int[] DEFAULT '{0,0,0}',
                                closes int[] DEFAULT '{0,0,0}', home boolean DEFAULT true) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO rollup_watch (probe_no, day, tests, watched_us, down_us, cuts, first_at, last_at, from_midnight, to_midnight, opens_us,
                              opens_tests, opens_target, closes_us, closes_tests, closes_target)
    VALUES (pg_temp.no(who), day, 96, watched * 60000000::bigint, down * 60000000::bigint, cuts, day + make_interval(mins => first),
            day + make_interval(mins => last), home, home, opens[1] * 60000000::bigint, opens[2], opens[3], closes[1] * 60000000::bigint,
            closes[2], closes[3])
$$;
CREATE VIEW pg_temp.days AS
SELECT left(p.probe, 1) AS who, d.day, d.watched_us / 60000000 AS watched, d.down_us / 60000000 AS down, d.cuts
FROM day_watch d JOIN probe p USING (probe_no) ORDER BY 1, 2;

-- What goes on over midnight: a cut, which is one; two runs that are none by themselves; a run that the next day ends at once.
SELECT pg_temp.watched('a', '2031-06-01', 10, 1430, 1420, 60, 1, closes => '{60,20,0}'),
       pg_temp.watched('a', '2031-06-02', 10, 1436, 1426, 30, 1, '{30,10,0}', '{4,2,7}'),
       pg_temp.watched('a', '2031-06-03', 2, 1439, 1437, 0, 0, '{4,2,8}', '{4,3,0}'),
       pg_temp.watched('a', '2031-06-04', 1, 1435, 1434, 0, 0, closes => '{9,9,7}'),
       pg_temp.watched('a', '2031-06-05', 1, 1435, 1434, 0, 0, '{9,9,7}') \g /dev/null
SELECT results_eq($$SELECT day, watched, down, cuts FROM pg_temp.days WHERE who = 'a'$$,
                  $$VALUES ('2031-06-01'::date, 1420::bigint, 60::bigint, 1), ('2031-06-02', 1446, 50, 0), ('2031-06-03', 1443, 14, 1),
                           ('2031-06-04', 1436, 6, 1), ('2031-06-05', 1440, 0, 0)$$,
                  'an end of one day and the next are one run: with what lies between');
-- Hours apart, without power in between, or in two years, they are two.
SELECT pg_temp.watched('b', '2031-06-01', 10, 1400, 1390, 60, 1, closes => '{60,20,0}'),
       pg_temp.watched('b', '2031-06-02', 21, 1436, 1415, 30, 1, '{30,10,0}', '{60,20,0}', false),
       pg_temp.watched('b', '2031-06-03', 5, 1436, 1431, 30, 1, '{30,10,0}'),
       pg_temp.watched('b', '2031-12-31', 5, 1436, 1431, 30, 1, closes => '{30,10,0}'),
       pg_temp.watched('b', '2032-01-01', 5, 1436, 1431, 30, 1, '{30,10,0}') \g /dev/null
SELECT results_eq($$SELECT watched, down, cuts FROM pg_temp.days WHERE who = 'b'$$,
                  $$VALUES (1390::bigint, 60::bigint, 1), (1415, 30, 1), (1431, 30, 1), (1431, 30, 1), (1431, 30, 1)$$,
                  'what is not watched joins nothing, nor does a year''s end');
SELECT results_eq($$SELECT watched, down, cuts FROM pg_temp.days WHERE who = 'a' AND day = '2031-06-02'$$,
                  $$VALUES (1446::bigint, 50::bigint, 0)$$, 'and no other line''s');
-- No more is down than was watched.
DELETE FROM rollup_watch;
SELECT pg_temp.watched('a', '2031-06-01', 1437, 1439, 4, 0, 0, closes => '{4,3,0}'),
       pg_temp.watched('a', '2031-06-02', 1, 3, 2, 0, 0, '{2,2,0}', '{2,2,0}') \g /dev/null
SELECT results_eq($$SELECT watched, down, cuts FROM pg_temp.days WHERE day = '2031-06-02'$$, $$VALUES (4::bigint, 4::bigint, 1)$$,
                  'what one day has of a cut that the other makes one is down there as far as it was watched');

-- SAIDI and SAIFI. A whole day with 2 cuts that come to 36 minutes of 24 hours; 10 hours with one of an hour, 1 hour with one of half of
-- it, 3 hours without: 90 minutes and 2 cuts of 14 hours; 11 hours are too few, until the year's last day brings one more.
DELETE FROM rollup_watch;
SELECT pg_temp.watched('a', '2031-05-01', 0, 1439, 1440, 36, 2), pg_temp.watched('a', '2031-05-02', 200, 800, 600, 60, 1),
       pg_temp.watched('a', '2031-05-03', 200, 260, 60, 30, 1), pg_temp.watched('a', '2031-05-04', 200, 380, 180, 0, 0),
       pg_temp.watched('a', '2031-05-05', 200, 860, 660, 0, 0), pg_temp.watched('a', '2031-12-31', 200, 260, 60, 12, 1),
       pg_temp.watched('a', '2032-01-01', 200, 860, 660, 0, 0), pg_temp.watched('b', '2031-05-03', 200, 919, 719, 719, 1) \g /dev/null
CREATE VIEW pg_temp.rates AS
SELECT left(p.probe, 1) AS who, r.day, r.tests, round(r.down_hours::numeric, 6) AS down, round(r.cuts::numeric, 6) AS cuts
FROM watch_rate('2031-01-01', '2032-01-01') r JOIN probe p USING (probe_no) ORDER BY 1, 2;
SELECT results_eq($$SELECT * FROM pg_temp.rates$$,
                  $$VALUES ('a', '2031-05-01'::date, 96::bigint, 219.0, 730.0), ('a', '2031-05-04', 288, 938.571429, 1251.428571),
                           ('a', '2031-12-31', 192, 146, 730)$$,
                  'SAIDI is 8760 times what is down of an hour, SAIFI the cuts of 8760 hours; days are added up to twelve hours and more');
-- It moved after the first hour: what it was elsewhere is not added.
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ'), ('agent', false, 'TG');
INSERT INTO rollup_line (day, probe_no, cell_no)
SELECT w.day, w.probe_no, c.cell_no FROM rollup_watch w JOIN rollup_cell c ON c.country = CASE WHEN w.day = '2031-05-03' THEN 'TG' ELSE 'BJ' END;
SELECT results_eq($$SELECT day, down, cuts FROM pg_temp.rates WHERE who = 'a'$$,
                  $$VALUES ('2031-05-01'::date, 219.0, 730.0), ('2031-05-04', 673.846154, 673.846154), ('2031-12-31', 146, 730)$$,
                  'days at one place alone are added up');
-- What refresh asks for is reckoned once in its transaction, a period.
CREATE TEMP TABLE rated AS SELECT * FROM watch_year('2031-01-01', '2032-01-01');
SELECT results_eq('SELECT * FROM rated', $$SELECT * FROM watch_rate('2031-01-01', '2032-01-01')$$, 'of a year as a whole the same');
SELECT is((SELECT count(*) FROM watch_year('2031-05-01', '2031-05-02')), 1::bigint, 'of another period its own');
DELETE FROM rollup_watch;
SELECT results_eq($$SELECT * FROM watch_year('2031-01-01', '2032-01-01')$$, 'SELECT * FROM rated', 'and not a second time');

-- A boot whose clock began on the first of May at midnight: powered from 0 to 9, 10 to 12 and 23 to 25 hours, on a phone from 10 to 12.
INSERT INTO probe_context (probe_no, country, operator_no, technology, valid_from, consent_version)
SELECT pg_temp.no('a'), 'BJ', operator_no, 'fibre', '2031-01-01', 'tests' FROM operator WHERE name = 'MTN Bénin (Spacetel)';
INSERT INTO boot (probe_no, boot, offset_us, batch_no)
SELECT pg_temp.no('a'), 'known', extract(epoch FROM '2031-05-01Z'::timestamptz) * 1000000, 1;
INSERT INTO epoch (probe_no, boot, link, net, mono)
SELECT pg_temp.no('a'), boot, link, net::cidr, range_agg(int8range(since * 3600000000, until * 3600000000))
FROM (VALUES ('known', 'ethernet', '197.234.216.0/24', 0, 5), ('known', 'wifi', '197.234.216.0/24', 5, 9),
             ('known', 'mobile', NULL, 10, 12), ('known', 'ethernet', '197.234.216.0/24', 23, 25),
             ('unknown', 'ethernet', '197.234.216.0/24', 0, 1000)) AS v (boot, link, net, since, until)
GROUP BY boot, link, net;
CREATE FUNCTION pg_temp.home(who text, day date) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT to_char(lower(r), 'DD HH24:MI') || to_char(upper(r), ' - DD HH24:MI') FROM unnest(line_home(pg_temp.no(who), day)) r
$$;
SELECT results_eq($$SELECT * FROM pg_temp.home('a', '2031-05-01')$$, $$VALUES ('01 00:00 - 01 09:00'), ('01 23:00 - 02 00:00')$$,
                  'with power and on its own line, in one spell where the link alone is another; not on a phone');
SELECT results_eq($$SELECT * FROM pg_temp.home('a', '2031-05-02')$$, $$VALUES ('02 00:00 - 02 01:00')$$, 'within the day');
SELECT is_empty($$SELECT * FROM pg_temp.home('a', '2031-05-03')$$, 'no power, nothing');
SELECT results_eq($$SELECT * FROM pg_temp.home('b', '2031-05-03')$$, $$VALUES ('03 00:00 - 04 00:00')$$, 'of a box that tells no epochs, the day');

DELETE FROM rollup_dirty;
DELETE FROM rollup_watch;
SELECT pg_temp.watched('a', day, 0, 60, 60, 0, 0) FROM unnest('{2031-07-01,2031-07-02}'::date[]) day \g /dev/null
INSERT INTO rollup_dirty (day, probe_no, again) VALUES ('2031-07-01', pg_temp.no('a'), true);
SELECT rollup_take(10) \g /dev/null
SELECT results_eq('SELECT day FROM rollup_watch', $$VALUES ('2031-07-02'::date)$$, 'a day that is made again is gone');

-- Retention took July's results, then August's: neither end of a day is kept then, but for that which the day after is still joined to, and
-- days say what they said. A cut over each midnight, of which neither day's part is one.
DELETE FROM rollup_watch;
SELECT pg_temp.watched('a', '2031-07-30'::date + n, 2, 1437, 1435, 0, 0, '{4,2,0}', '{4,2,0}') FROM generate_series(0, 3) n \g /dev/null
CREATE TEMP TABLE said AS SELECT * FROM day_watch;
SELECT is((SELECT sum(cuts) FROM said), 3::bigint, 'a cut a midnight');
CREATE FUNCTION pg_temp.kept() RETURNS TABLE (day date, first int, last int, same boolean) LANGUAGE sql AS $$
    SELECT w.day, num_nonnulls(w.first_at, w.from_midnight, w.opens_us, w.opens_tests, w.opens_target),
           num_nonnulls(w.last_at, w.to_midnight, w.closes_us, w.closes_tests, w.closes_target),
           EXISTS (SELECT FROM day_watch d JOIN said s USING (probe_no, day, tests, watched_us, down_us, cuts) WHERE d.day = w.day)
    FROM rollup_watch w ORDER BY 1
$$;
INSERT INTO retained (parent, month, folder, rows) VALUES ('result', '2031-07-01', '', 0), ('batch_body', '2031-08-01', '', 0);
SELECT watch_retain() \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.kept()', $$VALUES ('2031-07-30'::date, 0, 0, true), ('2031-07-31', 0, 5, true),
                  ('2031-08-01', 5, 5, true), ('2031-08-02', 5, 5, true)$$, 'of a month without results neither end, but for the last day''s');
INSERT INTO retained (parent, month, folder, rows) VALUES ('result', '2031-08-01', '', 0);
SELECT watch_retain() \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.kept()', $$VALUES ('2031-07-30'::date, 0, 0, true), ('2031-07-31', 0, 0, true),
                  ('2031-08-01', 0, 0, true), ('2031-08-02', 0, 0, true)$$, 'which goes with the month of the day after');

-- Eight hours with one operator and eight with another are days at two places: until a team says that these are one, and then at once.
DELETE FROM rollup_watch;
INSERT INTO operator (country, name, state) VALUES ('BJ', 'Watch One', 'accepted'), ('BJ', 'Watch Two', 'accepted');
CREATE FUNCTION pg_temp.op(of_name text) RETURNS int LANGUAGE sql AS $$ SELECT operator_no FROM operator WHERE name = of_name $$;
INSERT INTO probe_context (probe_no, country, operator_no, technology, valid_from, valid_to, consent_version)
VALUES (pg_temp.no('b'), 'BJ', pg_temp.op('Watch One'), 'fibre', '2031-09-01', '2031-09-02', 'tests'),
       (pg_temp.no('b'), 'BJ', pg_temp.op('Watch Two'), 'fibre', '2031-09-02', 'infinity', 'tests');
INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT day, pg_temp.no('b'), 1, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM unnest('{2031-09-01,2031-09-02}'::date[]) AS day;
SELECT pg_temp.watched('b', day, 300, 780, 480, 48, 1) FROM unnest('{2031-09-01,2031-09-02}'::date[]) AS day \g /dev/null
SELECT cell_note('{2031-09-01,2031-09-02}', ARRAY[pg_temp.no('b'), pg_temp.no('b')]) \g /dev/null
SELECT is_empty($$SELECT FROM pg_temp.rates$$, 'neither is half a day');
SELECT operator_decide(pg_temp.op('Watch One'), 'merged', pg_temp.op('Watch Two'), 'tests', 'because') \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.rates', $$VALUES ('b', '2031-09-02'::date, 192::bigint, 876.0, 1095.0)$$, 'both are, of one place');
SELECT * FROM finish();
ROLLBACK;
