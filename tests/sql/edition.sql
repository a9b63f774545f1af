BEGIN;
SELECT plan(14);

SELECT country_seed('{"note": "of all", "XA": {"departments": [{"iso": "XA-1", "name": "Un"}, {"iso": "XA-2", "name": "Deux"}],
    "operators": [{"name": "Grand", "asns": [64500]}, {"name": "Petit", "asns": [64501]}],
    "market_lines_2023_12": {"Grand": 1, "Petit": 1}, "market_lines_2024_06": {"Grand": 790, "Petit": 210},
    "edition": {"departments": 2, "rural_lines": 5, "rural_part": 0.25, "market_part": 0.8, "operators": 2}},
    "XB": {"operators": [{"name": "Seul"}, {"name": "Deux"}],
    "edition": {"departments": 0, "rural_lines": 0, "rural_part": 0, "market_part": 0.8, "operators": 2}},
    "XC": {}}') \g /dev/null
SELECT results_eq($$SELECT operator, lines FROM market_share WHERE country = 'XA' ORDER BY operator$$,
                  $$VALUES ('Grand', 790::bigint), ('Petit', 210)$$, 'the latest shares of the market');

-- A country of 20 lines, 4 of them rural, and its figures.
INSERT INTO operator (country, name, state) VALUES ('XA', 'Tiers', 'accepted');
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by)
SELECT rpad(translate(n::text, '0123456789', 'abcdefghij'), 20, 'k'), '2019-01-01', '2019-01-01', 'tests' FROM generate_series(1, 20) n;
CREATE TEMP TABLE line AS SELECT probe_no, row_number() OVER (ORDER BY probe_no) AS n FROM probe;
INSERT INTO probe_context (probe_no, valid_from, country, zone, consent_version)
SELECT probe_no, '2019-01-01', 'XA', CASE WHEN n <= 4 THEN 'rural' ELSE 'urban' END, '1' FROM line;
INSERT INTO probe_network (day, probe_no, prefix, pushes)
SELECT '2020-03-01', probe_no, format('198.51.%s.0/24', n)::cidr, 10 FROM line;
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT '2020-03-01', probe_no, 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}' FROM line;
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
SELECT id, 'f', 'f', 'ms', better, 'adopted', 'quantitative', 'measured', 1, 'd', 'd'
FROM (VALUES ('EDI1', 'low'), ('EDI2', 'low'), ('EDI3', '-')) AS i (id, better);
CREATE FUNCTION pg_temp.figure(id text, of_country text, department text, of_operator text, is_floor text DEFAULT 'met') RETURNS void
LANGUAGE sql AS $$
    INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, source, computed, value, unit, floor, retrieved)
    VALUES (id, '2020', 'p50', of_country, department, of_operator, 'measured', true, CASE WHEN is_floor IN ('met', 'off') THEN 1 END, 'ms',
            is_floor, '2021-01-31')
$$;
SELECT pg_temp.figure(i.id, 'XA', c.department, c.operator)
FROM (VALUES ('EDI1'), ('EDI2')) AS i (id), (VALUES (NULL, NULL), ('XA-1', NULL), (NULL, 'Grand')) AS c (department, operator) \g /dev/null
SELECT pg_temp.figure('EDI1', 'XA', 'XA-2', NULL), pg_temp.figure('EDI2', 'XA', 'XA-2', NULL, 'n<5'),
       pg_temp.figure('EDI1', 'XA', NULL, 'Petit', 'hidden'), pg_temp.figure('EDI3', 'XA', NULL, NULL),
       pg_temp.figure('EDI1', 'XB', NULL, NULL), pg_temp.figure('EDI1', 'XB', NULL, 'Seul'), pg_temp.figure('EDI1', 'XC', NULL, NULL) \g /dev/null
SELECT edition_note(2020) \g /dev/null

SELECT results_eq($$SELECT departments, operators, lines, rural_lines FROM edition_reach WHERE country = 'XA'$$,
                  $$VALUES ('{XA-1}'::text[], '{Grand}'::text[], 20, 4)$$, 'what every figure reaches, and its lines');
SELECT results_eq($$SELECT speaks_of, missing_en FROM public_edition WHERE country = 'XA'$$,
                  $$VALUES ('lines', ARRAY['2 departments with figures of their own (1 so far)', '5 rural lines (fewer than 5 so far)',
                    '25% of rural lines among the measured ones', 'operators that together hold 80% of the market (79% so far)'])$$,
                  'all that is missing, in words');
SELECT results_eq($$SELECT missing_fr[1] FROM public_edition WHERE country = 'XA'$$,
                  $$VALUES ('2 départements qui ont leurs propres chiffres (1 à ce jour)')$$, 'in French');
SELECT results_eq($$SELECT missing_en FROM public_edition WHERE country = 'XB'$$,
                  $$VALUES (ARRAY['2 operators with figures of their own (1 so far)'])$$, 'operators are counted where nobody says who holds what');
SELECT results_eq($$SELECT missing_en FROM public_edition WHERE country = 'XC'$$,
                  $$VALUES (ARRAY['a rule that says when a figure speaks of this country'])$$, 'no rule, no country');
SELECT results_eq($$SELECT DISTINCT speaks_of FROM public_indicator WHERE indicator LIKE 'EDI_'$$, $$VALUES ('lines')$$, 'figures speak of lines');

-- One after another what is missing comes.
UPDATE indicator_value SET floor = 'met', value = 1 WHERE indicator = 'EDI2' AND geo = 'XA-2';
UPDATE probe_context SET zone = 'rural' WHERE probe_no IN (SELECT probe_no FROM line WHERE n = 5);
SELECT edition_note(2020) \g /dev/null
SELECT results_eq($$SELECT missing_en FROM public_edition WHERE country = 'XA'$$,
                  $$VALUES (ARRAY['operators that together hold 80% of the market (79% so far)'])$$, 'the market alone is missing');
UPDATE market_share SET lines = 900 WHERE operator = 'Grand';
SELECT results_eq($$SELECT speaks_of, missing_fr, missing_en FROM public_edition WHERE country = 'XA'$$,
                  $$VALUES ('country', '{}'::text[], '{}'::text[])$$, 'the rule holds');
SELECT results_eq($$SELECT speaks_of, geo, operator FROM public_indicator WHERE indicator = 'EDI1' AND country = 'XA' ORDER BY geo, operator$$,
                  $$VALUES ('lines', 'XA-1', NULL), ('lines', 'XA-2', NULL), ('lines', NULL, 'Grand'), ('lines', NULL, 'Petit'),
                           ('country', NULL, NULL)$$,
                  'of the country speaks the figure of all, not one of a part');

-- What does not count.
UPDATE indicator_value SET floor = 'off' WHERE indicator = 'EDI1' AND country = 'XA' AND geo IS NULL AND operator IS NULL;
UPDATE indicator_value SET floor = 'off' WHERE indicator = 'EDI2' AND country = 'XA' AND geo = 'XA-2';
UPDATE probe_network SET prefix = '198.51.1.0/24' WHERE probe_no IN (SELECT probe_no FROM line WHERE n <= 5);
UPDATE probe SET confirmed_at = NULL, confirmed_by = NULL WHERE probe_no IN (SELECT probe_no FROM line WHERE n = 20);
SELECT edition_note(2020) \g /dev/null
SELECT results_eq($$SELECT departments, lines, rural_lines FROM edition_reach WHERE country = 'XA'$$,
                  $$VALUES ('{XA-1}'::text[], 15, 1)$$, 'a figure without a floor, a second line of a network, a line nobody confirmed');
DELETE FROM indicator_value WHERE country = 'XA';
SELECT edition_note(2020) \g /dev/null
SELECT is_empty($$SELECT FROM public_edition WHERE country = 'XA'$$, 'no figures, nothing to speak of');
UPDATE indicator_value SET computed = false WHERE indicator = 'EDI1';
SELECT results_eq($$SELECT DISTINCT speaks_of, kind FROM public_indicator WHERE indicator = 'EDI1'$$, $$VALUES (NULL::text, 'imported')$$,
                  'what is imported says what its source says, also of an indicator that is measured');
SELECT ok(has_table_privilege('internetmetre_reader', 'public_edition', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'edition_reach', 'SELECT'), 'readers have the words, not the counts');
SELECT * FROM finish();
ROLLBACK;
