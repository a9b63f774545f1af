BEGIN;
SELECT plan(7);

SELECT is(tariff_plain(' Pass MOIS, 1 Go '), 'passmois1go', 'letters and digits alone');
INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO operator (country, name, state) VALUES ('XA', 'Grand', 'accepted'), ('XA', 'Petit', 'accepted');
INSERT INTO probe (probe) SELECT rpad(chr(97 + n), 20, 'b') FROM generate_series(0, 4) AS n;
INSERT INTO probe_context (probe_no, country, operator_no, technology, tariff, valid_to, consent_version)
SELECT p.probe_no, 'XA', o.operator_no, '4g', t.tariff, t.until, '1'
FROM (VALUES ('a', 'Grand', 'Pass mois 1 Go', 'infinity'::timestamptz), ('b', 'Grand', 'pass-mois 1go', 'infinity'), ('c', 'Petit', 'Pass mois 1 Go', 'infinity'),
      ('d', 'Grand', NULL, 'infinity'), ('e', 'Grand', 'month', now() + interval '1 hour')) AS t (who, operator, tariff, until)
JOIN probe p ON p.probe = rpad(t.who, 20, 'b')
JOIN operator o ON (o.country, o.name) = ('XA', t.operator);
SELECT results_eq($$SELECT operator, tariff, n_probes, price FROM declared_tariff ORDER BY operator, tariff COLLATE "C"$$,
                  $$VALUES ('Grand', 'Pass mois 1 Go', 1::bigint, NULL::float8), ('Grand', 'pass-mois 1go', 1, NULL), ('Petit', 'Pass mois 1 Go', 1, NULL)$$,
                  'as they say it now, no plan known');
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (1, 'plans', false, 'f', repeat('0', 64), 1, 1, 'Bio');
INSERT INTO plan_price (country, operator, plan, technology, name, segment, price, currency, volume_gb, validity_days, promotion, valid_from, valid_to, source,
                        retrieved, run)
VALUES ('XA', 'Grand', 'month', '4g', 'Pass Mois 1 Go', 'prepaid', 1000, 'XOF', 1, 30, false, '2024-01-01', NULL, 'Grand', '2025-01-31', 1),
       ('XA', 'Grand', 'month', '4g', 'Pass Mois 1 Go', 'prepaid', 1100, 'XOF', 1, 30, false, '2025-01-01', NULL, 'Grand', '2025-01-31', 1),
       ('XA', 'Grand', 'month', '4g', 'Pass Mois 1 Go', 'prepaid', 500, 'XOF', 1, 30, true, '2025-06-01', '2025-06-30', 'Grand', '2025-01-31', 1),
       ('XA', 'Petit', 'p', '4g', 'Pass Mois 1 Go', 'prepaid', 9, 'XOF', 1, 30, false, '2024-01-01', '2024-12-31', 'Petit', '2025-01-31', 1);
SELECT results_eq($$SELECT operator, tariff, plan, price FROM declared_tariff ORDER BY operator, tariff COLLATE "C"$$,
                  $$VALUES ('Grand', 'Pass mois 1 Go', 'month', 1100::float8), ('Grand', 'pass-mois 1go', 'month', 1100), ('Petit', 'Pass mois 1 Go', NULL, NULL)$$,
                  'the last price of that operator''s plan; none that is over');
SELECT ok(has_table_privilege('internetmetre_analyst', 'declared_tariff', 'SELECT') AND NOT has_table_privilege('internetmetre_reader', 'declared_tariff', 'SELECT')
          AND NOT has_table_privilege('internetmetre_analyst', 'plan_price', 'UPDATE'), 'for analysts, to read');

CREATE FUNCTION pg_temp.sold() RETURNS TABLE (operator text, plan text, price float8, lines text[]) LANGUAGE sql AS $$
    SELECT operator, plan, price, lines FROM public_plan WHERE country = 'XA' ORDER BY operator, plan
$$;
SELECT results_eq('SELECT * FROM pg_temp.sold()', $$VALUES ('Grand', 'month', 1100::float8, '{3g,4g,5g}'::text[])$$,
                  'on sale today at its own price: what is over is not, nor is a promotion the price');
INSERT INTO operator (country, name, state) VALUES ('XA', 'Secret', 'waits');
INSERT INTO operator (country, name, state, merged_into)
SELECT 'XA', 'Le Grand', 'merged', operator_no FROM operator WHERE (country, name) = ('XA', 'Grand');
INSERT INTO plan_price (country, operator, plan, technology, segment, price, currency, volume_gb, validity_days, promotion, valid_from, valid_to, source,
                        retrieved, run)
VALUES ('XA', 'Grand', 'box', 'fixed', 'postpaid', 20000, 'XOF', NULL, 30, false, '2024-01-01', current_date, 'Grand', '2025-01-31', 1),
       ('XA', 'Grand', 'later', 'fibre', 'postpaid', 1, 'XOF', NULL, 30, false, current_date + 1, NULL, 'Grand', '2025-01-31', 1),
       ('XA', 'Le Grand', 'month', '4g', 'prepaid', 900, 'XOF', 1, 30, false, '2023-01-01', NULL, 'Grand', '2025-01-31', 1),
       ('XA', 'Secret', 'x', 'fibre', 'postpaid', 1, 'XOF', NULL, 30, false, '2024-01-01', NULL, 'Secret', '2025-01-31', 1);
SELECT results_eq('SELECT * FROM pg_temp.sold()',
                  $$VALUES ('Grand', 'box', 20000::float8, '{fibre,adsl,radio,satellite}'::text[]), ('Grand', 'month', 1100, '{3g,4g,5g}')$$,
                  'until its last day, under the operator''s name of today; of operators that wait none');
UPDATE probe_context SET tariff = 'box' WHERE probe_no = (SELECT probe_no FROM probe WHERE probe = rpad('a', 20, 'b'));
INSERT INTO plan_price (country, operator, plan, name, technology, segment, price, currency, validity_days, promotion, valid_from, source, retrieved, run)
VALUES ('XA', 'Grand', 'other', 'Box', 'fibre', 'postpaid', 3, 'XOF', 30, false, '2025-01-01', 'Grand', '2025-01-31', 1);
SELECT is((SELECT plan FROM declared_tariff WHERE tariff = 'box'), 'box', 'a plan that was picked is met by its key before the name of another');
SELECT * FROM finish();
ROLLBACK;
