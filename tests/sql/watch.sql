-- What a line was up and cut, in numbers worked by hand.
BEGIN;
SELECT plan(7);
SET TIME ZONE 'UTC';

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = repeat(who, 20) $$;
CREATE FUNCTION pg_temp.watched(who text, day date, watched_min int, down_min int, cuts int, opens boolean, closes boolean) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO rollup_watch (probe_no, day, tests, watched_us, down_us, cuts, opens, closes)
    VALUES (pg_temp.no(who), day, 96, watched_min * 60000000::bigint, down_min * 60000000::bigint, cuts, opens, closes)
$$;
-- A whole day with 2 cuts that come to 36 minutes of 24 hours; 10 hours with one of an hour, which goes on for half an hour of the next
-- 10; an hour without one; 59 minutes.
SELECT pg_temp.watched('a', '2031-05-01', 1440, 36, 2, false, false), pg_temp.watched('a', '2031-05-02', 600, 60, 1, false, true),
       pg_temp.watched('a', '2031-05-03', 600, 30, 1, true, false), pg_temp.watched('a', '2031-05-04', 60, 0, 0, false, false),
       pg_temp.watched('a', '2031-05-05', 59, 59, 1, true, true), pg_temp.watched('b', '2031-05-03', 600, 30, 1, true, false) \g /dev/null
CREATE VIEW pg_temp.days AS SELECT d.*, left(p.probe, 1) AS who FROM day_watch d JOIN probe p USING (probe_no);
SELECT results_eq($$SELECT day, round(up_percent::numeric, 6), round(down_hours::numeric, 6), round(cuts::numeric, 6)
                    FROM pg_temp.days WHERE who = 'a' ORDER BY day$$,
                  $$VALUES ('2031-05-01'::date, 97.5, 219.0, 730.0), ('2031-05-02', 90, 876, 876), ('2031-05-03', 95, 438, 0),
                           ('2031-05-04', 100, 0, 0)$$,
                  'SAIDI is 8760 times what is down of an hour, SAIFI the cuts of 8760 hours; a cut over midnight is one');
SELECT results_eq($$SELECT round(cuts::numeric, 6) FROM pg_temp.days WHERE who = 'b'$$, 'VALUES (876.0)', 'whose day before is not known is one of its own');

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
INSERT INTO rollup_dirty (day, probe_no, again) VALUES ('2031-05-03', pg_temp.no('a'), true);
SELECT rollup_take(10) \g /dev/null
SELECT results_eq($$SELECT day FROM rollup_watch WHERE probe_no = pg_temp.no('a') ORDER BY day$$,
                  $$VALUES ('2031-05-01'::date), ('2031-05-02'), ('2031-05-04'), ('2031-05-05')$$, 'a day that is made again is gone');
SELECT * FROM finish();
ROLLBACK;
