BEGIN;
SELECT plan(27);

SELECT is((SELECT count(DISTINCT country) FROM goal WHERE indicator = 'ACC1'), (SELECT count(*) FROM country), 'a goal of * is every country''s');

SELECT results_eq($$SELECT period_end(p) FROM (VALUES ('2023'), ('2024-02'), ('2024-Q3'), ('2024-S1'), ('2024-12')) AS t (p)$$,
                  $$VALUES ('2023-12-31'::date), ('2024-02-29'), ('2024-09-30'), ('2024-06-30'), ('2024-12-31')$$, 'the last day of each kind of period');

INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
SELECT id, 'f', 'f', '%', '-', 'adopted', 'quantitative', 'imported', 1, 'd', 'd' FROM (VALUES ('GOA1'), ('GOA2'), ('GOA3')) AS i (id);
SELECT goal_seed(E'indicator\tcountry\tstatistic\ttechnology\tcompared\twanted\tby_year\tsince\tsource_fr\tsource_en\tsource_url\n'
    'GOA1\tXA\tvalue\t\tat least\t100\t2030\t2020\tBut\tGoal\thttps://example.org/1\n'
    'GOA2\tXA\tvalue\t\tat most\t2\t2025\t2018\tBut\tGoal\thttps://example.org/2\n'
    'GOA3\tXA\tvalue\tfibre\tat least\t10\t2030\t2020\tBut\tGoal\thttps://example.org/3\n') \g /dev/null
SELECT results_eq($$SELECT country, indicator, technology, compared, wanted, by_year FROM goal ORDER BY indicator$$,
                  $$VALUES ('XA', 'GOA1', NULL, 'at least', 100::float8, 2030), ('XA', 'GOA2', NULL, 'at most', 2, 2025),
                           ('XA', 'GOA3', 'fibre', 'at least', 10, 2030)$$, 'columns as the header has them, in the place of those before');

CREATE FUNCTION pg_temp.figure(id text, of_period text, of_source text, of_value float8, of_technology text DEFAULT NULL, of_method int DEFAULT NULL,
                               of_ages text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO indicator_value (indicator, period, statistic, country, technology, source, computed, value, unit, retrieved, method_version,
                                 age_group)
    VALUES (id, of_period, 'value', 'XA', of_technology, of_source, false, of_value, '%', '2026-01-31', of_method, of_ages)
$$;
CREATE FUNCTION pg_temp.stands(id text, of_year int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(source || ' ' || period || ' ', '') || standing || coalesce(' ' || round(needed::numeric, 1), ''), ', ' ORDER BY source)
    FROM goal_standing(of_year) WHERE indicator = id
$$;

SELECT is(pg_temp.stands('GOA1', 2024), 'no data', 'nobody has a value');
SELECT pg_temp.figure('GOA1', '2020', 'A', 30), pg_temp.figure('GOA1', '2018', 'A', 5) \g /dev/null
SELECT is(pg_temp.stands('GOA1', 2024), 'A 2020 no data', 'one value since the goal was set tells of no pace');
SELECT pg_temp.figure('GOA1', '2022', 'A', 44), pg_temp.figure('GOA1', '2020', 'B', 20), pg_temp.figure('GOA1', '2022', 'B', 36) \g /dev/null
-- 30 + 70 × 730 days of 3652; 20 + 80 × 730 of 3652.
SELECT is(pg_temp.stands('GOA1', 2024), 'A 2022 on the way 44.0, B 2022 on the way 36.0', 'on the line is on the way; sources side by side');
SELECT pg_temp.figure('GOA1', '2024-S1', 'A', 53) \g /dev/null
SELECT is(pg_temp.stands('GOA1', 2024), 'A 2024-S1 late 54.5, B 2022 on the way 36.0', 'a half-year is held to its own last day');
SELECT pg_temp.figure('GOA1', '2024', 'C', 60) \g /dev/null
UPDATE indicator_value SET admitted = false WHERE (indicator, source) = ('GOA1', 'C');
SELECT is(pg_temp.stands('GOA1', 2024), 'A 2024-S1 late 54.5, B 2022 on the way 36.0', 'a survey without its visa reaches none');
SELECT is(pg_temp.stands('GOA1', 2022), 'A 2022 on the way 44.0, B 2022 on the way 36.0', 'as it stood then');
SELECT is(pg_temp.stands('GOA1', 2019), NULL, 'not before the goal was set');
SELECT pg_temp.figure('GOA1', '2026', 'A', 100), pg_temp.figure('GOA1', '2026', 'B', 90, NULL, 2) \g /dev/null
SELECT is(pg_temp.stands('GOA1', 2026), 'A 2026 reached 72.0, B 2026 no data', 'reached before its time; another method tells of no pace');

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('GOA4', 'f', 'f', 'ratio', '-', 'adopted', 'quantitative', 'imported', 1, 'd', 'd');
INSERT INTO goal VALUES ('XA', 'GOA4', 'value', NULL, 'parity', 1, 2030, 2020, 'But', 'Goal', 'https://example.org/4');
SELECT pg_temp.figure('GOA4', '2020', 'A', 0.6), pg_temp.figure('GOA4', '2021', 'A', 0.98) \g /dev/null
SELECT is(pg_temp.stands('GOA4', 2021), 'A 2021 reached 0.6', 'parity is a band');
UPDATE indicator_value SET value = 1.021 WHERE (indicator, period) = ('GOA4', '2021');
SELECT is(pg_temp.stands('GOA4', 2021), 'A 2021 on the way 0.6', 'with two ends; nearer to it than the line is on the way');
UPDATE indicator_value SET value = 1.5 WHERE (indicator, period) = ('GOA4', '2021');
SELECT is(pg_temp.stands('GOA4', 2021), 'A 2021 late 0.6', 'farther off, on whichever side, is late');
UPDATE indicator_value SET value = 0.62 WHERE (indicator, period) = ('GOA4', '2021');
SELECT is(pg_temp.stands('GOA4', 2021), 'A 2021 late 0.6', 'behind the line is late');
UPDATE indicator_value SET value = 0.7 WHERE (indicator, period) = ('GOA4', '2021');
SELECT is(pg_temp.stands('GOA4', 2021), 'A 2021 on the way 0.6', 'ahead of it is on the way');

SELECT pg_temp.figure('GOA2', '2019', 'A', 6), pg_temp.figure('GOA2', '2025', 'A', 2.5) \g /dev/null
SELECT is(pg_temp.stands('GOA2', 2030), 'A 2025 late 2.0', 'at most: its year is over');
UPDATE indicator_value SET value = 2 WHERE indicator = 'GOA2' AND period = '2025';
SELECT is(pg_temp.stands('GOA2', 2030), 'A 2025 reached 2.0', 'what is wanted and no more is reached');
INSERT INTO goal SELECT 'XA', 'GOA1', 'value', NULL, 'at least', 60, 2025, 2020, 'But', 'Goal', 'https://example.org/4';
DELETE FROM indicator_value WHERE indicator = 'GOA1' AND period = '2026';
SELECT results_eq($$SELECT by_year, standing FROM goal_standing(2024) WHERE indicator = 'GOA1' AND source = 'B' ORDER BY by_year$$,
                  $$VALUES (2025, 'on the way'), (2030, 'on the way')$$, 'two goals of one indicator');
SELECT results_eq($$SELECT by_year, standing FROM goal_standing(2025) WHERE indicator = 'GOA1' AND source = 'B' ORDER BY by_year$$,
                  $$VALUES (2025, 'no data'), (2030, 'on the way')$$, 'its year is over, and nobody knows');
SELECT pg_temp.figure('GOA3', '2024', 'A', 50), pg_temp.figure('GOA3', '2025', 'A', 9, 'fibre') \g /dev/null
SELECT is(pg_temp.stands('GOA3', 2026), 'A 2025 no data', 'a goal of some lines is held against figures of these');

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('GOA5', 'f', 'f', '%', '-', 'adopted', 'quantitative', 'imported', 1, 'd', 'd');
INSERT INTO goal VALUES ('XA', 'GOA5', 'value', NULL, 'at least', 100, 2030, 2020, 'But', 'Goal', 'https://example.org/5', '15+');
SELECT pg_temp.figure('GOA5', '2024', 'A', 80, of_ages => '15-24') \g /dev/null
SELECT is(pg_temp.stands('GOA5', 2024), 'no data', 'the young are no country');
SELECT pg_temp.figure('GOA5', '2020', 'A', 30), pg_temp.figure('GOA5', '2022', 'A', 100), pg_temp.figure('GOA5', '2022', 'B', 44, of_ages => '5+') \g /dev/null
SELECT is(pg_temp.stands('GOA5', 2024), 'A 2022 other ages, B 2022 other ages', 'of ages that are not named, or of others: shown, and not held against it');
SELECT pg_temp.figure('GOA5', '2021', 'A', 50, of_ages => '15+') \g /dev/null
SELECT is(pg_temp.stands('GOA5', 2024), 'A 2021 no data, B 2022 other ages', 'no pace begins at a figure of other ages');
SELECT pg_temp.figure('GOA5', '2023', 'A', 60, of_ages => '15+'), pg_temp.figure('GOA5', '2024', 'A', 100, of_ages => '16+') \g /dev/null
SELECT is(pg_temp.stands('GOA5', 2024), 'A 2023 late 61.1, B 2022 other ages', 'of the ages of the goal: an older one of these before a newer one');
SELECT results_eq($$SELECT source, age_group, value_age_group FROM goal_standing(2024) WHERE indicator = 'GOA5'$$,
                  $$VALUES ('A', '15+', '15+'), ('B', '15+', '5+')$$, 'and both ages are told');
SELECT pg_temp.figure('GOA1', '2027', 'A', 100, of_ages => '15+') \g /dev/null
SELECT is(pg_temp.stands('GOA1', 2027), pg_temp.stands('GOA1', 2026), 'a goal that names none is held against figures that name none');
SELECT * FROM finish();
ROLLBACK;
