BEGIN;
SELECT plan(7);

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('FIG1', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'imported', 1, 'd', 'd');
INSERT INTO department (iso, country, name) VALUES ('XA-1', 'XA', 'Ouest');
INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, sex, plan, source, computed, value, unit, retrieved)
SELECT 'FIG1', v.period, 'p50', 'XA', v.geo, v.operator, v.technology, v.sex, v.plan, v.source, false, v.value, 'ms', '2026-01-31'
FROM (VALUES ('2025', NULL, NULL, NULL, NULL, NULL, 'a', 10.0), ('2026', NULL, NULL, NULL, NULL, NULL, 'a', 11.0),
             ('2027', NULL, NULL, NULL, NULL, NULL, 'a', NULL), ('2024', NULL, NULL, NULL, NULL, NULL, 'b', 12.0),
             ('2026', 'XA-1', NULL, NULL, NULL, NULL, 'a', 20.0), ('2026', 'XA-1', NULL, NULL, 'female', NULL, 'a', 21.0),
             ('2026', NULL, 'Un', NULL, NULL, NULL, 'a', 30.0), ('2026', NULL, 'Un', NULL, NULL, '10 GB', 'a', 31.0),
             ('2026', 'XA-1', 'Un', NULL, NULL, NULL, 'a', 32.0), ('2026', NULL, NULL, '4g', NULL, NULL, 'a', 40.0))
     AS v (period, geo, operator, technology, sex, plan, source, value);

SELECT results_eq($$SELECT source, period, value FROM public_national WHERE country = 'XA' ORDER BY source, period$$,
                  $$VALUES ('a', '2025', 10::float8), ('a', '2026', 11), ('a', '2027', NULL), ('b', '2024', 12)$$,
                  'a whole country''s, of every source and period');
SELECT results_eq($$SELECT source, period, value FROM public_national_latest WHERE country = 'XA' ORDER BY source$$,
                  $$VALUES ('a', '2026', 11::float8), ('b', '2024', 12)$$, 'the latest that has a value');
SELECT results_eq($$SELECT operator, value FROM public_operator WHERE country = 'XA'$$, $$VALUES ('Un', 30::float8)$$,
                  'an operator''s, not those of its plans or in a department');
SELECT results_eq($$SELECT iso, name, value FROM public_department WHERE country = 'XA'$$,
                  $$VALUES ('XA-1', 'Ouest', 20::float8)$$, 'a department''s, not those of a sex or an operator');
INSERT INTO indicator_value (indicator, period, statistic, country, operator, source, computed, value, unit, rank_low, rank_high, retrieved)
SELECT 'FIG1', v.period, 'p50', 'XB', v.operator, 'a', false, 1, 'ms', v.low, v.high, '2026-01-31'
FROM (VALUES ('2025', 'A', 1, 1), ('2025', 'B', 2, 2), ('2025', 'C', 3, 4), ('2025', 'D', 3, 4), ('2025', 'Z', NULL, NULL),
             ('2026', 'A', 1, 2), ('2026', 'B', 1, 3), ('2026', 'C', 2, 3), ('2026', 'D', 4, 4)) AS v (period, operator, low, high);
SELECT results_eq($$SELECT period, operator, tie FROM public_operator WHERE country = 'XB' ORDER BY period, operator$$,
                  $$VALUES ('2025', 'A', 1::bigint), ('2025', 'B', 2), ('2025', 'C', 3), ('2025', 'D', 3), ('2025', 'Z', NULL),
                           ('2026', 'A', 1), ('2026', 'B', 1), ('2026', 'C', 1), ('2026', 'D', 2)$$,
                  'those that their lines put in no order are together');
SELECT ok(has_table_privilege('internetmetre_reader', 'public_national_latest', 'SELECT')
          AND NOT has_table_privilege('internetmetre_ingest', 'public_national_latest', 'SELECT'), 'for everybody');

-- What is hidden of an operator in a department, or by a technology, is so in one word.
INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, source, computed, value, unit, floor, lines, note, retrieved)
SELECT 'FIG1', '2026', 'p50', 'XC', v.geo, v.operator, v.technology, 'measured', true, v.value, 'ms', v.floor, v.lines, v.note, '2026-01-31'
FROM (VALUES (NULL, 'A', NULL, NULL, 'n<5', NULL, 'below the publication floor; counted in the figure of all lines'),
             (NULL, 'A', '4g', NULL, 'n<5', NULL, 'below the publication floor; counted in the operator'),
             (NULL, 'B', '4g', NULL, 'hidden', NULL, 'one line would be more than a fifth of it; counted in the operator'),
             (NULL, 'C', '4g', NULL, 'n<5', 3, 'not enough lines yet: 3 or 4 of 5'),
             (NULL, 'D', '4g', NULL, 'hidden', NULL, 'too few lines for this percentile'),
             (NULL, 'E', '4g', 1.0, 'met', NULL, NULL),
             ('XA-1', 'A', NULL, NULL, 'hidden', 5, 'would tell of too few lines by subtraction')) AS v (geo, operator, technology, value, floor, lines, note);
SELECT results_eq($$SELECT operator, technology, floor, lines, note FROM public_indicator WHERE country = 'XC' ORDER BY operator, technology, geo$$,
                  $$VALUES ('A', '4g', 'hidden', NULL::int, 'too few lines, or it would tell of too few; counted in the operator'),
                           ('A', NULL, 'hidden', NULL, 'too few lines, or it would tell of too few'),
                           ('A', NULL, 'n<5', NULL, 'below the publication floor; counted in the figure of all lines'),
                           ('B', '4g', 'hidden', NULL, 'too few lines, or it would tell of too few; counted in the operator'),
                           ('C', '4g', 'hidden', NULL, 'too few lines, or it would tell of too few'),
                           ('D', '4g', 'hidden', NULL, 'too few lines for this percentile'), ('E', '4g', 'met', NULL, NULL)$$,
                  'one word hides whatever is hidden of an operator in a department or by a technology');
SELECT * FROM finish();
ROLLBACK;
