BEGIN;
SELECT plan(13);

-- 30² + 30² + 20² + 20²: the example of the Department of Justice.
SELECT is(hhi('{30,30,20,20}'), 2600::float8, 'published');
SELECT is(round(hhi('{1,1,1}')::numeric, 4), 3333.3333, 'three alike are at least 10 000 / 3, also counted in lines');
SELECT is(round(hhi('{33.3,33.3,33.3}')::numeric, 4), 3333.3333, 'and where shares are rounded');
SELECT is(hhi('{5}'), 10000::float8, 'one alone');
SELECT is(hhi('{}'), NULL, 'none');
SELECT is(hhi('{0,0}'), NULL, 'no lines at all');
SELECT is((SELECT bool_and(hhi(p) >= 10000.0 / cardinality(p) - 1e-9)
           FROM (VALUES ('{1,2}'::float8[]), ('{47.6,36.3,16.1}'), ('{1,1,1,1,96}')) AS t (p)), true, 'never below 10 000 / n');
SELECT results_eq($$SELECT shares_whole(s) FROM (VALUES ('{47.6,36.3,16.1}'::numeric[]), ('{33,33,33}'), ('{33.3,33.3,33.3}'), ('{33.3,33.3,33}'),
                    ('{33.30,33.30,33.30}'), ('{60,30}'), ('{100}'), ('{60,50}'), ('{49.90,49.20,0}')) AS t (s)$$,
                  $$VALUES (true), (true), (true), (true), (false), (false), (true), (false), (false)$$, 'half of the last digit of each');

INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (1, 'market', false, 'f', repeat('0', 64), 1, 1, 'Bio');
INSERT INTO market_part (country, technology, operator, period, share, subscriptions, source, retrieved, run) VALUES
    ('XA', 'mobile', 'Grand', '2025-Q1', 90, NULL, 'ARCEP', '2025-05-01', 1), ('XA', 'mobile', 'Petit', '2025-Q1', 10, NULL, 'ARCEP', '2025-05-01', 1),
    ('XA', 'mobile', 'Grand', '2025-Q2', NULL, 600, 'ARCEP', '2025-08-01', 1), ('XA', 'mobile', 'Petit', '2025-Q2', NULL, 400, 'ARCEP', '2025-08-01', 1),
    ('XA', 'mobile', 'Grand', '2025-Q2', 61, NULL, 'UIT', '2025-09-01', 1), ('XA', 'mobile', 'Petit', '2025-Q2', 39, NULL, 'UIT', '2025-09-01', 1),
    ('XA', 'fibre', 'Grand', '2025', 100, NULL, 'ARCEP', '2025-05-01', 1);
SELECT results_eq($$SELECT * FROM market('XA', 2025) ORDER BY technology, operator$$,
                  $$VALUES ('fibre', 'Grand', 100::float8, '2025', 'ARCEP', '2025-05-01'::date), ('mobile', 'Grand', 61, '2025-Q2', 'UIT', '2025-09-01'),
                           ('mobile', 'Petit', 39, '2025-Q2', 'UIT', '2025-09-01')$$, 'the latest period, of the source that was asked last');
SELECT is_empty($$SELECT * FROM market('XA', 2024)$$, 'nothing of a year that nobody brought');
SELECT is_empty($$SELECT * FROM market('XA', 2026)$$, 'nor is a share carried on');
SELECT is((SELECT array_agg(value ORDER BY value) FROM calculated_input('AFF2', 'XA', 2025) WHERE what = 'market'), '{39,61}',
          'who is largest on a basket''s market is told by that market alone');
SELECT results_eq('SELECT year, why FROM indicator_dirty ORDER BY 1', $$VALUES (2025, 'imported')$$, 'the year is to be made again');
SELECT * FROM finish();
ROLLBACK;
