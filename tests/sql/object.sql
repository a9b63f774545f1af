BEGIN;
SELECT plan(8);

-- a: of most voices; b: of half of them; c: of too few networks; d: nobody got an answer; e: of most tests of a line, and of few days.
CREATE TEMP TABLE voice (country text, source text, simulated boolean, lifted boolean, object text, line int, network text, days datemultirange,
                         tests bigint, good bigint);
INSERT INTO voice
SELECT 'BJ', 'measured', false, false, o.object, n, CASE WHEN o.object = 'c' THEN 'one' ELSE n::text END,
       datemultirange(daterange('2025-01-01', '2025-01-01'::date + o.days)), o.tests, CASE WHEN n <= o.good THEN o.passed ELSE o.tests - o.passed END
FROM (VALUES ('a', 6, 10, 10, 4, 10), ('b', 6, 10, 10, 3, 10), ('c', 6, 10, 10, 6, 10), ('e', 6, 4, 9, 6, 5)) AS o (object, lines, days, tests, good, passed)
CROSS JOIN LATERAL generate_series(1, o.lines) AS n;
INSERT INTO voice SELECT 'BJ', 'measured', false, false, 'd', n, n::text, NULL, 0, 0 FROM generate_series(1, 7) n;
INSERT INTO voice SELECT 'TG', 'measured', false, false, 'a', n, n::text, '{[2025-01-01,2025-03-01)}', 60, 60 FROM generate_series(1, 4) n;

SELECT results_eq($$SELECT object, lines, good_lines, networks, days, counts, good FROM object_word(5, 5, 30) WHERE country = 'BJ' ORDER BY 1$$,
                  $$VALUES ('a', 6, 4, 6, 60, true, true), ('b', 6, 3, 6, 60, true, false), ('c', 6, 6, 1, 60, false, true),
                           ('d', 0, 0, 0, 0, false, false), ('e', 6, 6, 6, 24, false, true)$$, 'most of the voices, each of most of its tests');
SELECT results_eq($$SELECT value, n_samples, n_days, n_probes, n_networks, floor, note, as_of FROM object_figure(5, 5, 30) WHERE country = 'BJ'$$,
                  $$VALUES (50::float8, 120::bigint, 60, 6, 6, 'met', 'counted: 2 of 5', '2025-01-10'::date)$$, 'objects are counted, and not lines');
SELECT results_eq($$SELECT value, n_samples, n_days, n_probes, n_networks, floor, note, as_of FROM object_figure(5, 5, 30) WHERE country = 'TG'$$,
                  $$VALUES (NULL::float8, NULL::bigint, NULL::int, NULL::int, NULL::int, 'n<5', NULL, NULL::date)$$, 'none of four lines');
SELECT results_eq($$SELECT value, n_days, note FROM object_figure(5, 5, 24) WHERE country = 'BJ'$$, $$VALUES (200 / 3.0::float8, 60, 'counted: 3 of 5')$$,
                  'days of a line are counted once, however many objects it asked');
UPDATE voice SET good = 5 WHERE object = 'a' AND good = 10;
SELECT is((SELECT value FROM object_figure(5, 5, 30) WHERE country = 'BJ'), 0::float8, 'half of a line''s tests are not most of them');
UPDATE voice SET lifted = true;
SELECT results_eq('SELECT country, value, floor, note FROM object_figure(5, 5, 30) ORDER BY 1',
                  $$VALUES ('BJ', 50::float8, 'off', 'counted: 4 of 5'), ('TG', 100::float8, 'off', 'counted: 1 of 1')$$, 'without a floor all that was asked counts');
DELETE FROM voice;
SELECT is_empty('SELECT * FROM object_figure(5, 5, 30)', 'nothing of nothing');
SELECT ok(NOT has_function_privilege('internetmetre_analyst', 'object_figure(int, int, int)', 'EXECUTE'), 'for the collector');
SELECT * FROM finish();
ROLLBACK;
