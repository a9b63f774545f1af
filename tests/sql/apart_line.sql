-- What series of a day tell otherwise than its chart would.
BEGIN;
SELECT plan(8);

CREATE FUNCTION pg_temp.no(number int) RETURNS int LANGUAGE sql AS $$
    SELECT probe_no FROM probe WHERE probe = translate(lpad(number::text, 20, 'a'), '0189', 'bcde')
$$;
CREATE FUNCTION pg_temp.nos(first int, last int) RETURNS int[] LANGUAGE sql AS $$ SELECT array_agg(pg_temp.no(n)) FROM generate_series(first, last) n $$;
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by)
SELECT translate(lpad(n::text, 20, 'a'), '0189', 'bcde'), '2023-01-01', '2023-01-01', 'A' FROM generate_series(1, 7) n;
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ'), ('agent', false, 'TG');
CREATE FUNCTION pg_temp.cell(iso text) RETURNS int LANGUAGE sql AS $$ SELECT cell_no FROM rollup_cell WHERE country = iso $$;

-- Six lines of Benin were told of, each its own number of milliseconds; they say so still.
CREATE FUNCTION pg_temp.say(iso text, numbers int[], more int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_cell_day
    SELECT '2024-03-01', pg_temp.cell(iso), 1, 1, 'all', NULL, NULL, array_agg(pg_temp.no(n)), array_agg(2), array_agg((n + more)::real)
    FROM unnest(numbers) n
$$;
INSERT INTO series_block (day, check_no, position, country, source, simulated, alike, probes, samples, medians)
SELECT '2024-03-01', 1, 1, 'BJ', 'agent', false, 0, pg_temp.nos(1, 6), 12, '{1,2,3,4,5,6}';
SELECT pg_temp.say('BJ', '{1,2,3,4,5,6}', 0) \g /dev/null
CREATE TEMP TABLE line_year AS
SELECT '2024-01-01'::date AS first, '2024-12-31'::date AS last, probe_no, probe_no::text AS network, true AS counts FROM probe;
CREATE FUNCTION pg_temp.apart() RETURNS TABLE (number int, late boolean, barred boolean) LANGUAGE sql AS $$
    SELECT n, a.late, a.barred
    FROM series_apart('PER8', (SELECT name FROM check_kind WHERE check_no = 1), '2024-01-01', '2025-01-01') a, generate_series(1, 7) n
    WHERE a.probe_no = pg_temp.no(n) ORDER BY n
$$;
SELECT is_empty('SELECT * FROM pg_temp.apart()', 'what is as it was told is not apart');

SAVEPOINT told;
INSERT INTO line_year SELECT '2023-07-01', '2024-06-30', probe_no, NULL, false FROM probe;
SELECT is_empty('SELECT * FROM pg_temp.apart()', 'nor is it where lines do not count in another period that has the day');
ROLLBACK TO told;
UPDATE line_year SET counts = probe_no <> pg_temp.no(6);
INSERT INTO line_year SELECT '2023-07-01', '2024-06-30', probe_no, NULL, true FROM probe;
SELECT is((SELECT count(*) FROM pg_temp.apart() WHERE barred), 6::bigint, 'a line that ceased to count bars the day, though it does in another');
ROLLBACK TO told;

INSERT INTO rollup_cell_dirty SELECT '2024-03-02', pg_temp.cell('BJ'), 1;
SELECT is_empty('SELECT * FROM pg_temp.apart()', 'cells of another day that wait are nothing to this one');
INSERT INTO rollup_cell_dirty SELECT '2024-03-01', pg_temp.cell('BJ'), 1;
SELECT results_eq('SELECT * FROM pg_temp.apart()', 'SELECT n, false, true FROM generate_series(1, 6) n', 'its own bar it: what they say now is not known');
ROLLBACK TO told;

-- A line whose country is corrected by hand, where that of five others is told as well.
UPDATE rollup_cell_day SET probes = pg_temp.nos(1, 5), samples = '{2,2,2,2,2}', medians = '{1,2,3,4,5}';
SELECT pg_temp.say('TG', '{6,7}', 0) \g /dev/null
INSERT INTO series_block (day, check_no, position, country, source, simulated, alike, probes, samples, medians)
SELECT '2024-03-01', 1, 1, 'TG', 'agent', false, 0, pg_temp.nos(7, 7), 2, '{7}';
SELECT results_eq('SELECT * FROM pg_temp.apart()', 'SELECT n, n = 6, n <> 6 FROM generate_series(1, 6) n',
                  'has one row, of where it stands now: late there, and the day it left is barred');
ROLLBACK TO told;

-- A target of a member's own counts neither in what was told nor in the chart.
INSERT INTO target (name, ours) VALUES ('everybodys.example', true), ('nas.family.home', false);
UPDATE rollup_cell_day SET medians = '{1,2,3,4,5,50}';
INSERT INTO rollup_cell_day
SELECT '2024-03-01', pg_temp.cell('BJ'), 1, 1, 'target', NULL, target_no, pg_temp.nos(6, 6), '{1}', '{99}' FROM target WHERE name = 'nas.family.home';
INSERT INTO rollup_day_sketch (day, probe_no, check_no, target_no, af, position, ok, buckets, counts)
SELECT '2024-03-01', pg_temp.no(6), 1, target_no, 4, 1, true, ARRAY[sketch_bucket(CASE WHEN ours THEN 6 ELSE 99 END)], '{1}'
FROM target WHERE name IN ('everybodys.example', 'nas.family.home');
UPDATE series_block SET medians[6] = sketch_value(sketch_bucket(6));
SELECT is_empty('SELECT * FROM pg_temp.apart()', 'a line says what it said, whatever it measures of its own');
DELETE FROM rollup_day_sketch WHERE target_no = (SELECT target_no FROM target WHERE name = 'everybodys.example');
SELECT is((SELECT count(*) FROM pg_temp.apart() WHERE barred), 6::bigint, 'and is gone where that is all');
SELECT * FROM finish();
ROLLBACK;
