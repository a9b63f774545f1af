-- A block keeps what it was told with.
BEGIN;
SELECT plan(19);

CREATE FUNCTION pg_temp.no(number int) RETURNS int LANGUAGE sql AS $$
    SELECT probe_no FROM probe WHERE probe = translate(lpad(number::text, 20, 'a'), '0189', 'bcde')
$$;
CREATE FUNCTION pg_temp.nos(first int, last int) RETURNS int[] LANGUAGE sql AS $$ SELECT array_agg(pg_temp.no(n)) FROM generate_series(first, last) n $$;
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by)
SELECT translate(lpad(n::text, 20, 'a'), '0189', 'bcde'), '2023-01-01', '2023-01-01', 'A' FROM generate_series(1, 20) n;
INSERT INTO series_line (year, probe_no, network, counts) SELECT 2024, probe_no, probe_no, true FROM probe;
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ');
INSERT INTO rollup_line SELECT '2024-03-01', probe_no, cell_no FROM probe, rollup_cell;
INSERT INTO target (name, kind, ours) VALUES ('ours.example', 'resolver', true), ('nas.family.home', NULL, false);

-- What lines measured of ping's first metric, each its own number of milliseconds, and more.
CREATE FUNCTION pg_temp.say(of_scope text, of_kind text, of_target text, numbers int[], more int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM rollup_cell_day WHERE scope = of_scope AND target_no IS NOT DISTINCT FROM (SELECT target_no FROM target WHERE name = of_target);
    INSERT INTO rollup_cell_day
    SELECT '2024-03-01', cell_no, 1, 1, of_scope, of_kind, (SELECT target_no FROM target WHERE name = of_target),
           array_agg(pg_temp.no(n)), array_agg(2), array_agg((n + more)::real)
    FROM rollup_cell, unnest(numbers) n GROUP BY cell_no
$$;
SELECT pg_temp.say('all', NULL, NULL, '{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}', 0),
       pg_temp.say('kind', 'resolver', NULL, '{6,1,2,4,5}', 100), pg_temp.say('target', NULL, 'ours.example', '{1,2,3,4}', 200) \g /dev/null
CREATE VIEW pg_temp.point AS SELECT scope, kind, samples::int, probes, networks, p50::int FROM series_point ORDER BY scope;
CREATE FUNCTION pg_temp.tell(VARIADIC members int[]) RETURNS void LANGUAGE sql AS $$
    SELECT series_store('2024-03-01', jsonb_build_array(jsonb_build_object('check_no', 1, 'position', 1, 'alike', 0, 'probes', members)))
$$;

SELECT pg_temp.tell(VARIADIC pg_temp.nos(1, 10)) \g /dev/null
SELECT results_eq('SELECT samples::int, medians FROM series_block', $$VALUES (20, '{1,2,3,4,5,6,7,8,9,10}'::real[])$$, 'of all targets');
SELECT results_eq('SELECT scope, kind, target_no, samples::int, medians FROM series_block_scope',
                  $$VALUES ('kind', 'resolver', NULL::int, 10, '{101,102,NULL,104,105,106,NULL,NULL,NULL,NULL}'::real[])$$,
                  'of a kind that half of them measured; of a target that four did, nothing');
SELECT results_eq('SELECT * FROM pg_temp.point', $$VALUES ('all', NULL, 20, 10, 10, 6), ('kind', 'resolver', 10, 5, 5, 104)$$, 'and told');

SELECT pg_temp.say('all', NULL, NULL, '{1,2,3,4,11,12,13,14,15}', 50) \g /dev/null
SELECT pg_temp.tell(VARIADIC pg_temp.nos(11, 15)) \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.point', $$VALUES ('all', NULL, 30, 15, 15, 8), ('kind', 'resolver', 10, 5, 5, 104)$$,
                  'five more are told with what the ten said then');
SELECT pg_temp.tell(VARIADIC pg_temp.nos(15, 20)) \g /dev/null
SELECT is((SELECT count(*) FROM series_block), 2::bigint, 'a block one of whose lines says nothing any more is none');

SELECT pg_temp.say('all', NULL, NULL, '{1,2,16,17,18,19,20}', 50) \g /dev/null
UPDATE series_line SET voucher = 7 WHERE probe_no = pg_temp.no(16);
SELECT results_eq($$SELECT probe_no, voucher FROM series_fresh('2024-03-01') ORDER BY probe_no LIMIT 2$$,
                  $$VALUES (pg_temp.no(16), 7::bigint), (pg_temp.no(17), 0)$$, 'who vouches for a line is known where it is weighed');
SELECT series_store('2024-03-01', jsonb_build_array(jsonb_build_object('check_no', 1, 'position', 1, 'alike', 0, 'probes', pg_temp.nos(16, 20),
                                                                       'weights', '{0.5,0.5,0.5,0.5,0.5}'::real[]))) \g /dev/null
SELECT results_eq($$SELECT * FROM pg_temp.point WHERE scope = 'all'$$, $$VALUES ('all', NULL::text, 40, 20, 20, 9)$$,
                  'five that weigh half do not move the median as five others would');

-- What stands is kept when it was told before blocks kept anything.
CREATE TEMP TABLE before AS SELECT * FROM series_block_scope;
ALTER TABLE series_block DROP samples, DROP medians, DROP weights;
ALTER TABLE series_line DROP voucher;
ALTER TABLE series_block_scope DROP samples, DROP medians;
\ir ../../schema/migrations/0042_kept.sql
SELECT results_eq('SELECT * FROM series_block_scope', 'SELECT * FROM before', 'blocks of before take what their lines say, of a kind');
SELECT results_eq('SELECT samples::int, medians FROM series_block ORDER BY block_no',
                  $$VALUES (4, '{51,52,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'::real[]), (0, '{NULL,NULL,NULL,NULL,NULL}'),
                           (10, '{66,67,68,69,70}')$$, 'and of all targets');

SELECT probe_forget(probe) FROM probe WHERE probe_no = pg_temp.no(6) \g /dev/null
SELECT is((SELECT medians[6] FROM series_block_scope), 106::real, 'what was told of a forgotten probe stays');
SELECT is((SELECT count(*) FROM series_line WHERE probe_no = pg_temp.no(6)), 0::bigint, 'its network goes');
SELECT series_line_make(2024) \g /dev/null
SELECT is((SELECT array_agg(DISTINCT voucher) FROM series_line), '{1}', 'all others have one who vouches for them');

-- The days that a statement lists.
CREATE FUNCTION pg_temp.days(statement text) RETURNS date[] LANGUAGE plpgsql AS $$
DECLARE
    days date[];
BEGIN
    TRUNCATE series_dirty;
    EXECUTE statement;
    SELECT coalesce(array_agg(day ORDER BY day), '{}') INTO days FROM series_dirty;
    RETURN days;
END
$$;
INSERT INTO probe_network VALUES ('2024-05-01', pg_temp.no(1), '192.0.2.0/24', 1), ('2023-05-01', pg_temp.no(2), '203.0.113.0/24', 1);
SELECT is(pg_temp.days($$SELECT carrier_nat_import('{192.0.0.0/16}')$$), '{2024-03-01}', 'days of a year in which more networks count now');
SELECT is(pg_temp.days($$SELECT carrier_nat_import('{192.0.0.0/16,203.0.112.0/23}')$$), '{}', 'not of others');
SELECT is(pg_temp.days($$SELECT carrier_nat_import('{}')$$), '{}', 'nor where they are fewer');
SELECT is(pg_temp.days($$UPDATE probe SET replaced_by = pg_temp.no(2) WHERE probe_no = pg_temp.no(1)$$), '{2024-03-01}',
          'those of a box that turns out to be of another''s household');

-- A line says towards everybody's targets what it says, whatever it measures of its own; of nothing else it says nothing.
CREATE FUNCTION pg_temp.measure(number int, of_target text, value real) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_day_sketch (day, probe_no, check_no, target_no, af, position, ok, buckets, counts)
    SELECT '2024-03-01', pg_temp.no(number), 1, (SELECT target_no FROM target WHERE name = of_target), 4, 1, true, ARRAY[sketch_bucket(value)], '{3}'
$$;
TRUNCATE rollup_cell_day, rollup_day_sketch;
INSERT INTO target (name, kind, ours) VALUES ('typed.example', 'resolver', false);
SELECT pg_temp.say('all', NULL, NULL, '{1,2,3,4,5}', 0), pg_temp.say('kind', 'resolver', NULL, '{1,2,3,4}', 0),
       pg_temp.say('target', NULL, 'nas.family.home', '{3,5}', 500), pg_temp.say('target', NULL, 'typed.example', '{4}', 600),
       pg_temp.measure(3, 'ours.example', 30), pg_temp.measure(3, 'nas.family.home', 503), pg_temp.measure(4, 'typed.example', 604),
       pg_temp.measure(4, NULL, 40), pg_temp.measure(5, 'nas.family.home', 505) \g /dev/null
CREATE VIEW pg_temp.said AS SELECT scope, kind, target_no, u.n, samples::int, value::int FROM series_said('2024-03-01', NULL, '{all,kind,target}') s
JOIN (SELECT n, pg_temp.no(n) AS probe_no FROM generate_series(1, 20) n) u USING (probe_no) ORDER BY n;
SELECT results_eq($$SELECT n, samples, value FROM pg_temp.said WHERE scope = 'all'$$, 'VALUES (1, 2, 1), (2, 2, 2), (3, 3, 30), (4, 3, 40)',
                  'of all targets that are everybody''s');
SELECT results_eq($$SELECT n, value FROM pg_temp.said WHERE kind = 'resolver'$$, 'VALUES (1, 1), (2, 2), (3, 30)', 'and those of a kind');
SELECT is_empty($$SELECT * FROM pg_temp.said WHERE scope = 'target'$$, 'a member''s own is nobody else''s');
SELECT * FROM finish();
ROLLBACK;
