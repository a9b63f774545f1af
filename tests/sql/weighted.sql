BEGIN;
SELECT plan(13);

INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (1, 'market', false, 'f', repeat('0', 64), 1, 1, 'Bio');
INSERT INTO market_part (country, technology, operator, period, share, subscriptions, source, retrieved, run) VALUES
    ('XA', 'mobile', 'Grand', '2025-Q1', 100, NULL, 'ARCEP', '2025-05-01', 1), -- not the latest
    ('XA', 'mobile', 'Grand', '2025', 60, NULL, 'ARCEP', '2026-02-01', 1), ('XA', 'mobile', 'Petit', '2025', 30, NULL, 'ARCEP', '2026-02-01', 1),
    ('XA', 'mobile', 'Tiers', '2025', 10, NULL, 'ARCEP', '2026-02-01', 1),
    ('XA', 'fixed', 'Petit', '2024', NULL, 400, 'ARCEP', '2025-02-01', 1), ('XA', 'fixed', 'Grand', '2024', NULL, 600, 'ARCEP', '2025-02-01', 1),
    ('XA', 'fibre', 'Grand', '2024', NULL, 300, 'ARCEP', '2025-02-01', 1), ('XA', 'fibre', 'Petit', '2024', NULL, 100, 'ARCEP', '2025-02-01', 1);
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en, decimals)
VALUES ('WEI1', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'measured', 1, 'd', 'd', 1);
INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, source, computed, value, unit, floor, method_version,
                             retrieved)
SELECT 'WEI1', v.period, v.statistic, 'XA', v.geo, v.operator, v.technology, 'measured', true, v.value, 'ms',
       CASE WHEN v.value IS NULL THEN 'n<5' ELSE 'met' END, 1, '2026-01-31'
FROM (VALUES ('2025', 'p50', NULL, 'Grand', '4g', 20.0), ('2025', 'p50', NULL, 'Petit', '4g', 50.0), ('2025', 'p50', NULL, 'Tiers', '4g', NULL),
             ('2025', 'p50', NULL, 'Nouveau', '4g', 5.0), ('2025', 'p50', NULL, 'Grand', 'fibre', 7.0), ('2025', 'p50', NULL, 'Rare', 'fibre', NULL),
             ('2025', 'p50', NULL, 'Rare', '3g', NULL), ('2025', 'p95', NULL, 'Grand', '4g', 90.0), ('2025', 'p50', NULL, 'Grand', NULL, 15.0),
             ('2025', 'p50', 'XA-1', 'Grand', NULL, 16.0), ('2024', 'p50', NULL, 'Grand', 'fibre', 8.0), ('2024', 'p50', NULL, 'Petit', 'fibre', 12.0),
             ('2024', 'p50', NULL, 'Grand', 'adsl', 10.0), ('2024', 'p50', NULL, 'Petit', 'adsl', 20.0))
     AS v (period, statistic, geo, operator, technology, value);

-- (60·20 + 30·50) / 90 = 30; the mean of 20 and 50; 90² / (60² + 30²) = 1.8.
SELECT results_eq($$SELECT value, unweighted, n_operators, n_eff, covered, without_share, without_figure, share_technology, share_period, share_source
                    FROM public_weighted WHERE (indicator, period, technology) = ('WEI1', '2025', '4g')$$,
                  $$VALUES (30::float8, 35::float8, 2, 1.80, 90.0, 'Nouveau', 'Tiers', 'mobile', '2025', 'ARCEP')$$,
                  'by what is known of both, and who lacks which');
SELECT results_eq($$SELECT value, unweighted, n_operators, n_eff, covered, without_share, without_figure, share_technology
                    FROM public_weighted WHERE (indicator, period, technology) = ('WEI1', '2025', 'fibre')$$,
                  $$VALUES (NULL::float8, NULL::float8, 0, NULL::numeric, 0.0, 'Grand', NULL, NULL)$$,
                  'mobile shares say nothing of fibre, nor do those of another year');
-- Of fibre 3/4 · 8 + 1/4 · 12 = 9, 1 / (9/16 + 1/16) = 1.6; of ADSL, whose shares nobody brought, those of its market: 0.6 · 10 + 0.4 · 20.
SELECT results_eq($$SELECT technology, value, n_eff, share_technology FROM public_weighted WHERE (indicator, period) = ('WEI1', '2024') ORDER BY 1$$,
                  $$VALUES ('adsl', 14::float8, 1.92, 'fixed'), ('fibre', 9, 1.60, 'fibre')$$, 'a technology''s own shares before its market''s');
SELECT is_empty($$SELECT * FROM public_weighted WHERE technology = '3g' OR statistic = 'p95'$$,
                'nothing where nothing is told, nor of a tail, which no mean of tails is');
UPDATE indicator_value SET value = NULL, floor = 'hidden' WHERE indicator = 'WEI1' AND operator = 'Petit' AND technology = '4g';
SELECT results_eq($$SELECT value, n_operators, n_eff, covered, without_figure FROM public_weighted WHERE (indicator, period, technology) = ('WEI1', '2025', '4g')$$,
                  $$VALUES (20::float8, 1, 1.00, 60.0, 'Petit, Tiers')$$, 'what is hidden is in none');
INSERT INTO operator (country, name, state) VALUES ('XA', 'Tiers', 'rejected');
SELECT results_eq($$SELECT covered, without_figure FROM public_weighted WHERE (indicator, period, technology) = ('WEI1', '2025', '4g')$$,
                  $$VALUES (60.0, 'Petit')$$, 'one that the team does not know any more keeps its part, and has no name');
-- An operator that was merged is one with the other, of figures as of shares: 0.9 · 20 + 0.1 · 40.
UPDATE indicator_value SET value = 40, floor = 'met' WHERE indicator = 'WEI1' AND operator = 'Tiers' AND technology = '4g';
INSERT INTO operator (country, name, state) VALUES ('XA', 'Grand', 'pack'), ('XA', 'Tiers SA', 'accepted'), ('XA', 'Petit', 'accepted');
UPDATE operator SET state = 'merged', merged_into = (SELECT operator_no FROM operator WHERE (country, name) = ('XA', 'Tiers SA'))
WHERE (country, name) = ('XA', 'Tiers');
CREATE FUNCTION said(of_technology text) RETURNS TABLE (value float8, covered numeric, without_share text, without_figure text, retrieved date)
LANGUAGE sql AS $$
    SELECT value, covered, without_share, without_figure, share_retrieved FROM public_weighted
    WHERE (indicator, period, technology) = ('WEI1', '2025', of_technology)
$$;
SELECT results_eq($$SELECT * FROM said('4g')$$, $$VALUES (22.9::float8, 70.0, 'Nouveau', 'Petit', '2026-02-01'::date)$$,
                  'figures and shares are of the same operator, whatever its name was');
INSERT INTO indicator_value (indicator, period, statistic, country, operator, technology, source, computed, value, unit, floor, method_version, retrieved)
VALUES ('WEI1', '2025', 'p50', 'XA', 'Tiers SA', '4g', 'measured', true, 90, 'ms', 'met', 1, '2026-01-31');
SELECT is((SELECT value FROM said('4g')), round((60 * 20 + 10 * 90) / 70.0, 1)::float8, 'its own figure goes before that of a name that it has no more');

-- A closed year has the shares that were known when it was closed, and names as they were then.
SELECT is(closed_store(2025, 'Aïcha', '{}', 0), 1, 'the year is closed');
UPDATE market_part SET share = 20, retrieved = '2026-06-01' WHERE (period, operator) = ('2025', 'Grand');
UPDATE operator SET state = 'merged', merged_into = (SELECT operator_no FROM operator WHERE (country, name) = ('XA', 'Grand'))
WHERE (country, name) = ('XA', 'Tiers SA');
SELECT results_eq($$SELECT value, covered, retrieved FROM said('4g')$$, $$VALUES (30::float8, 70.0, '2026-02-01'::date)$$, 'it keeps its shares');
SELECT is(closed_store(2025, NULL, '{imported}', 1), 2, 'until there is another version');
SELECT results_eq($$SELECT retrieved FROM said('4g')$$, $$VALUES ('2026-06-01'::date)$$, 'which has those of now');
SET LOCAL ROLE internetmetre_reader;
SELECT is((SELECT count(*) FROM public_weighted WHERE indicator = 'WEI1'), 4::bigint, 'for everybody');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
