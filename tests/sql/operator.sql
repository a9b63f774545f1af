BEGIN;
SELECT plan(24);

INSERT INTO operator (country, name, state) VALUES ('XA', 'Grand Réseau', 'pack'), ('XA', 'Voisin', 'accepted');
INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe LIKE who || '%' $$;
CREATE FUNCTION pg_temp.op(of_name text) RETURNS int LANGUAGE sql AS $$
    SELECT operator_no FROM operator WHERE country = 'XA' AND name = of_name
$$;
CREATE FUNCTION pg_temp.tell(who text, of_name text) RETURNS void LANGUAGE sql AS $$
    SELECT context_tell(pg_temp.no(who), 'XA', NULL, 'Hameau', NULL, of_name, 'fibre', NULL, 'forfait', false, '1', 'town-hall')
$$;
CREATE FUNCTION pg_temp.stood() RETURNS text LANGUAGE sql AS $$ SELECT operator FROM place_on(pg_temp.no('a'), current_date) $$;
CREATE FUNCTION pg_temp.decide(of_name text, state text, known text) RETURNS boolean LANGUAGE sql AS $$
    SELECT operator_decide(pg_temp.op(of_name), state, pg_temp.op(known), 'tests', 'because')
$$;

SELECT is(operator_named('XA', ' grand réseau '), pg_temp.op('Grand Réseau'), 'a known one is met however it is written');
SELECT is(operator_named('XA', NULL), NULL, 'none is none');
SELECT pg_temp.tell('a', 'Le Grand') \g /dev/null
SELECT is((SELECT state FROM operator WHERE name = 'Le Grand'), 'waits', 'another waits');
SELECT is(pg_temp.stood(), NULL, 'and figures know nothing of it');
SELECT is_empty($$SELECT FROM public_operator_name WHERE name = 'Le Grand'$$, 'nor does a list');

DELETE FROM indicator_dirty;
INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
VALUES ('2024-03-01', pg_temp.no('a'), 1, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, '{}', '{}', '{}', '{}');
SELECT ok(pg_temp.decide('Le Grand', 'accepted', NULL), 'a team accepts it');
SELECT is(pg_temp.stood(), 'Le Grand', 'then it is named');
SELECT results_eq('SELECT year FROM indicator_dirty', 'VALUES (2024)', 'and the years in which its lines measured are made again');
SELECT ok(NOT pg_temp.decide('Le Grand', 'accepted', NULL), 'once more it is nothing new');
SELECT ok(pg_temp.decide('Le Grand', 'merged', 'Voisin'), 'or says whom it stands for');
SELECT is(pg_temp.stood(), 'Voisin', 'then that one is named');
SELECT ok(pg_temp.decide('Voisin', 'merged', 'Grand Réseau') AND pg_temp.stood() = 'Grand Réseau', 'who may stand for another himself');
SELECT is(operator_named('XA', 'Le Grand'), pg_temp.op('Le Grand'), 'what was typed stays as it was');
SELECT ok(pg_temp.decide('Le Grand', 'rejected', NULL) AND pg_temp.stood() IS NULL, 'or rejects it');

-- A pack that has another number for an operator's network says nothing of who it is.
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'XA');
INSERT INTO rollup_line SELECT '2024-03-01', pg_temp.no('a'), cell_no FROM rollup_cell WHERE country = 'XA';
DELETE FROM rollup_cell_dirty;
UPDATE operator SET asns = '{64500}', state = state, merged_into = merged_into WHERE country = 'XA';
SELECT is_empty('SELECT FROM rollup_cell_dirty', 'nobody''s days are placed anew where all operators stay who they are');
SAVEPOINT rejected;
UPDATE operator SET state = 'merged', merged_into = pg_temp.op('Grand Réseau') WHERE name = 'Le Grand';
SELECT isnt_empty('SELECT FROM rollup_cell_dirty', 'but they are where one becomes another');
ROLLBACK TO rejected;
SELECT results_eq($$SELECT state, who, why FROM operator_change WHERE operator_no = pg_temp.op('Le Grand') ORDER BY change_no$$,
                  $$VALUES ('accepted', 'tests', 'because'), ('merged', 'tests', 'because'), ('rejected', 'tests', 'because')$$,
                  'who said so, and why, is kept');

-- ---- what was imported of an operator ----

INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (1, 'plans', false, 'f', repeat('0', 64), 1, 1, 'Bio');
INSERT INTO operator (country, name, state) VALUES ('XA', 'Filiale', 'accepted');
INSERT INTO plan_price (country, operator, plan, technology, segment, price, currency, volume_gb, validity_days, promotion, valid_from, valid_to, source,
                        retrieved, run)
VALUES ('XA', 'Filiale', 'm', '4g', 'prepaid', 500, 'XOF', 1, 30, false, '2021-03-01', '2022-12-31', 'S', '2022-01-31', 1),
       ('XA', 'Grand Réseau', 'n', '4g', 'prepaid', 600, 'XOF', 1, 30, false, '2021-03-01', '2022-12-31', 'S', '2022-01-31', 1);
INSERT INTO market_part (country, technology, operator, period, share, source, retrieved, run)
SELECT 'XA', 'mobile', o, '2022-Q4', share, 'S', '2023-01-31', 1 FROM (VALUES ('Filiale', 30), ('Grand Réseau', 50), ('Tiers', 20)) AS t (o, share);
DELETE FROM indicator_dirty;
SELECT pg_temp.decide('Filiale', 'merged', 'Grand Réseau') \g /dev/null
SELECT results_eq('SELECT operator, plan, price FROM tariff(''XA'', 2022) ORDER BY plan',
                  $$VALUES ('Grand Réseau', 'm', 500::float8), ('Grand Réseau', 'n', 600)$$, 'its prices are those of whom it stands for');
-- (30 + 50)² + 20²
SELECT results_eq('SELECT operator, part, hhi(array_agg(part) OVER ()) FROM market(''XA'', 2022) ORDER BY 1',
                  $$VALUES ('Grand Réseau', 80::float8, 6800::float8), ('Tiers', 20, 6800)$$, 'and so is its part of the market');
SELECT results_eq('SELECT whose, value FROM calculated_input(''ECO8'', ''XA'', 2022)',
                  $$VALUES ('mobile, Filiale, 2022-Q4', '30'), ('mobile, Grand Réseau, 2022-Q4', '50'), ('mobile, Tiers, 2022-Q4', '20')$$, 'told as they came');
SELECT results_eq('SELECT year, why FROM indicator_dirty ORDER BY 1', $$VALUES (2021, 'operator'), (2022, 'operator')$$, 'these years are made again');
SELECT pg_temp.decide('Filiale', 'rejected', NULL) \g /dev/null
SELECT results_eq($$SELECT (SELECT array_agg(plan) FROM tariff('XA', 2022)), (SELECT array_agg(operator ORDER BY operator) FROM market('XA', 2022))$$,
                  $$VALUES ('{n}'::text[], '{Filiale,Grand Réseau,Tiers}'::text[])$$, 'of one that is rejected there is no price; the market is as large as it was');

SELECT pg_temp.tell('b', 'Chez Nous') \g /dev/null
SELECT probe_forget('bbbbbbbbbbbbbbbbbbbb') \g /dev/null
SELECT results_eq($$SELECT commune, site, tariff, operator_no, technology FROM probe_context WHERE probe_no = pg_temp.no('b')$$,
                  $$VALUES (NULL::text, NULL::text, NULL::text, NULL::int, 'fibre')$$, 'what was typed goes with who is forgotten');
SELECT is_empty($$SELECT FROM operator WHERE name = 'Chez Nous'$$, 'the name as well');
SELECT * FROM finish();
ROLLBACK;
