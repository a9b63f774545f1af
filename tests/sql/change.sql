BEGIN;
SELECT plan(20);

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('CHG1', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'measured', 1, 'd', 'd');
CREATE FUNCTION pg_temp.figure(of_country text, of_period text, of_geo text, of_operator text, of_value float8, half float8, probes int,
                               method int DEFAULT 1) RETURNS void LANGUAGE sql AS $$
    INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, source, computed, value, unit, low, high, n_probes,
                                 n_networks, floor, method_version, retrieved)
    VALUES ('CHG1', of_period, 'p50', of_country, of_geo, of_operator, 'measured', true, of_value, 'ms', of_value - half, of_value + half, probes,
            probes, CASE WHEN of_value IS NULL THEN 'n<5' ELSE 'met' END, method, '2026-01-31')
$$;
CREATE FUNCTION pg_temp.told(of_country text, lines text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(jsonb_build_object('country', of_country, 'source', 'measured', 'value_from', 10, 'value_to', 12, 'low', 1,
                                                'high', 3, 'lines', string_to_array(lines, NULL), 'marks_from', array(SELECT generate_series(1, length(lines))),
                                                'marks_to', array(SELECT generate_series(11, 10 + length(lines)))))
$$;

-- ---- when two years are comparable ----

SELECT pg_temp.figure('XA', '2020', NULL, NULL, 10, 1, 40), pg_temp.figure('XA', '2021', NULL, NULL, 20, 1, 90),
       pg_temp.figure('XA', '2022', NULL, NULL, 20, 1, 90, 2) \g /dev/null
INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, method_version, retrieved)
SELECT 'CHG1', extract(year FROM now() AT TIME ZONE 'UTC') - n, 'p50', 'XB', 'measured', true, 1, 'ms', 1, '2026-01-31' FROM generate_series(0, 1) n;
SELECT change_store('CHG1', 'p50', y, '[]')
FROM unnest(ARRAY[2020, 2021, 2022, 2023, extract(year FROM now() AT TIME ZONE 'UTC')::int]) AS y \g /dev/null
SELECT results_eq($$SELECT country, from_period, why, comparable, whole_from, whole_to FROM public_change WHERE indicator = 'CHG1' AND country = 'XA' ORDER BY to_period$$,
                  $$VALUES ('XA', '2019', 'missing', false, NULL::float8, 10::float8), ('XA', '2020', 'few', false, 10, 20),
                           ('XA', '2021', 'method', false, 20, 20)$$,
                  'why not, with the whole panel beside it; a year without figures has no change');
SELECT results_eq($$SELECT why FROM public_change WHERE indicator = 'CHG1' AND country = 'XB'$$, $$VALUES ('unfinished')$$,
                  'nor is a year that is not over compared with a whole one');
SELECT results_eq($$SELECT y, c.country FROM generate_series(2020, 2023) y, change_pending('CHG1', 'p50', y) c$$,
                  $$VALUES (2021, 'XA')$$, 'lines are asked where it could be');

-- Once the year is over, and January with it, it is on the list.
DELETE FROM indicator_dirty;
SELECT change_ripen() \g /dev/null
SELECT is((SELECT count(*) FROM indicator_dirty), 0::bigint, 'a year that is not over waits');
UPDATE indicator_change SET (to_period, from_period) = ('2019', '2018') WHERE country = 'XB';
SELECT change_ripen() \g /dev/null
SELECT results_eq($$SELECT year, why, (SELECT count(*) FROM indicator_change WHERE country = 'XB') FROM indicator_dirty$$,
                  $$VALUES (2019, 'compared', 0::bigint)$$, 'and is made again when it is');

-- ---- over lines ----

SELECT change_store('CHG1', 'p50', 2021, pg_temp.told('XA', 'abcdefg')) \g /dev/null
SELECT results_eq($$SELECT kind, value_from, value_to, change, low, high, significant, percent, n_lines, n_cells, why FROM public_change WHERE to_period = '2021' AND indicator = 'CHG1'$$,
                  $$VALUES ('lines', 10::float8, 12::float8, 2::float8, 1::float8, 3::float8, true, 20::float8, 5::bigint, NULL::int, NULL)$$,
                  'what lines tell, counted in steps');
SELECT results_eq($$SELECT told_from, told_to FROM change_pending('CHG1', 'p50', 2021)$$,
                  $$VALUES ('[{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}]'::jsonb,
                            '[{"a": 11, "b": 12, "c": 13, "d": 14, "e": 15, "f": 16, "g": 17}]'::jsonb)$$,
                  'which they were is remembered, and what each said in either year');
SELECT is(lines_marked('{a,b}', NULL), '{"a": 0, "b": 0}', 'of changes made before, it is not known');
SELECT change_store('CHG1', 'p50', 2021, '[]') \g /dev/null
SELECT is((SELECT n_common FROM indicator_change WHERE indicator = 'CHG1' AND to_period = '2021'), 7, 'it stays while others may not tell');
SELECT change_store('CHG1', 'p50', 2021, pg_temp.told('XA', 'abcdefghijklmn')) \g /dev/null
SELECT is((SELECT n_common FROM indicator_change WHERE indicator = 'CHG1' AND to_period = '2021'), 14, 'and goes when they may');
SELECT change_store('CHG1', 'p50', 2021, pg_temp.told('XA', 'abcdefghijklmn')) \g /dev/null
CREATE FUNCTION pg_temp.known(of_method int, of_year int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg((SELECT count(*) FROM jsonb_object_keys(o)) || CASE WHEN o->>'a' <> '0' THEN '' ELSE '?' END, ' ' ORDER BY n)
    FROM jsonb_array_elements(lines_told('CHG1', 'XA', 'measured', of_method, of_year)) WITH ORDINALITY AS t (o, n)
$$;
SELECT is(pg_temp.known(1, 2021), '14 7', 'all that was told is known, once');
UPDATE indicator_value SET method_version = 2 WHERE indicator = 'CHG1' AND period IN ('2020', '2021');
SELECT change_store('CHG1', 'p50', 2021, '[]') \g /dev/null
SELECT is((SELECT why FROM indicator_change WHERE indicator = 'CHG1' AND to_period = '2021'), 'few', 'or when the method is another');
SELECT results_eq($$SELECT y, pg_temp.known(2, y) FROM generate_series(2019, 2022) y$$,
                  $$VALUES (2019, NULL), (2020, '14 14? 7 7?'), (2021, '14 14? 7 7?'), (2022, NULL)$$,
                  'which forgets nothing: of both years, as they were, and as if they said the same');

-- ---- over cells ----

SELECT pg_temp.figure('XA', '2020', NULL, 'A', 10, 0.3, 23), pg_temp.figure('XA', '2021', NULL, 'A', 14, 0.4, 44),
       pg_temp.figure('XA', '2020', NULL, 'B', 30, 1.2, 12), pg_temp.figure('XA', '2021', NULL, 'B', 30, 0.9, 22),
       pg_temp.figure('XA', '2020', NULL, 'C', 90, 1, 12), pg_temp.figure('XA', '2021', NULL, 'D', 90, 1, 12),
       pg_temp.figure('XA', '2020', 'XA-1', 'A', 1, 1, 9), pg_temp.figure('XA', '2021', 'XA-1', 'A', 2, 1, 9) \g /dev/null
SELECT change_store('CHG1', 'p50', 2021, '[]') \g /dev/null
-- 20 and 10 of the first year's probes: (20*10 + 10*30)/30 and (20*14 + 10*30)/30; half of it the root of 400*0.25 + 100*2.25, over 30.
SELECT results_eq($$SELECT kind, round(value_from::numeric, 4), round(value_to::numeric, 4), round(low::numeric, 4), round(high::numeric, 4), n_lines, n_cells
                    FROM public_change WHERE to_period = '2021' AND indicator = 'CHG1'$$,
                  $$VALUES ('cells', 16.6667, 19.3333, 2.0657, 3.2676, NULL::bigint, 2)$$, 'cells of both years with the weights of the first');
UPDATE indicator SET decimals = 1 WHERE indicator = 'CHG1';
SELECT change_store('CHG1', 'p50', 2021, '[]') \g /dev/null
SELECT results_eq($$SELECT value_from, value_to, change, low, high, percent FROM public_change WHERE to_period = '2021' AND indicator = 'CHG1'$$,
                  $$VALUES (16.7::float8, 19.3::float8, 2.6::float8, 1.9::float8, 3.3::float8, 15.6::float8)$$, 'in the decimals of the indicator');
SELECT is((SELECT array_agg(DISTINCT change) FROM public_indicator WHERE indicator = 'CHG1' AND change IS NOT NULL), '{2.6}'::float8[], 'beside the figure as well');
UPDATE indicator_value SET n_probes = 200 WHERE indicator = 'CHG1' AND num_nonnulls(geo, operator) = 0 AND period = '2021';
SELECT change_store('CHG1', 'p50', 2021, '[]') \g /dev/null
SELECT is((SELECT why FROM indicator_change WHERE indicator = 'CHG1' AND to_period = '2021'), 'few', 'which must hold half of the lines');

-- ---- who reads it ----

SELECT ok(has_table_privilege('internetmetre_reader', 'public_change', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'indicator_change', 'SELECT')
          AND NOT has_table_privilege('internetmetre_analyst', 'indicator_change', 'SELECT'), 'everybody, but for the lines');
SELECT floor_lift(true) \g /dev/null
SELECT is((SELECT count(*) FROM indicator_change), 0::bigint, 'with another floor none is there');
SELECT pg_temp.figure('XA', '2020', NULL, NULL, 10, 1, 40), pg_temp.figure('XA', '2021', NULL, NULL, 20, 1, 90) \g /dev/null
SELECT change_store('CHG1', 'p50', 2021, pg_temp.told('XA', 'xyz')) \g /dev/null
SELECT is(pg_temp.known(1, 2021), '14 7', 'what was told is remembered, and nothing without a floor');
SELECT * FROM finish();
ROLLBACK;
