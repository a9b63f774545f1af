BEGIN;
SELECT plan(42);

-- ---- formulas ----

-- (2 × 0.5 × 1)^(1/3) = 1; (1.1 × 1.21)^(1/2) = 1.1^1.5.
SELECT is(round(jevons('{2,0.5,1}')::numeric, 12), 1::numeric, 'doubled and halved is unchanged');
SELECT is(round(jevons('{1.1,1.21}')::numeric, 10), round(1.1 ^ 1.5, 10), 'by hand');
SELECT is(jevons('{}'), NULL, 'of nothing, nothing');
SELECT is(round(real_index(1.1, 1.02)::numeric, 6), 1.078431, 'less inflation');
SELECT results_eq($$SELECT tariff_market(t) FROM (VALUES ('mobile'), ('4g'), ('fibre'), ('fixed'), ('community')) AS v (t)$$,
                  $$VALUES ('mobile'), ('mobile'), ('fixed'), ('fixed'), (NULL)$$, 'two markets');
SELECT is(sources_told('{B,A,A,NULL}', '{2025-01-01,2025-01-02,2025-03-01,2025-01-01}'), 'A 2025-03-01, B 2025-01-01', 'each source once');

-- ---- what is on sale ----

INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (1, 'plans', false, 'f', repeat('0', 64), 1, 1, 'Bio');
CREATE FUNCTION pg_temp.sells(who text, what text, asked float8, gb float8, days int, since date, until date DEFAULT NULL, seen date DEFAULT '2025-06-01',
                              through text DEFAULT '4g', special boolean DEFAULT false, mbps float8 DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO plan_price (country, operator, plan, technology, segment, price, currency, volume_gb, validity_days, down_mbps, promotion,
                            valid_from, valid_to, source, retrieved, run)
    VALUES ('XA', who, what, through, 'prepaid', asked, 'XOF', gb, days, mbps, special, since, until, who || '.example', seen, 1)
$$;
SELECT pg_temp.sells('Grand', 'month', 1000, 1, 30, '2023-01-01', seen => '2024-02-01'), pg_temp.sells('Grand', 'month', 1100, 1, 30, '2025-03-01'),
       pg_temp.sells('Grand', 'gone', 500, 3, 30, '2024-01-01', '2025-09-30'), pg_temp.sells('Grand', 'day', 50, 0.1, 1, '2024-06-01', '2025-12-31'),
       pg_temp.sells('Petit', 'unseen', 10, 9, 30, '2023-01-01', seen => '2024-12-31') \g /dev/null
CREATE FUNCTION pg_temp.on_sale(of_year int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(plan || ' ' || price, ', ' ORDER BY plan) FROM tariff('XA', of_year)
$$;
SELECT is(pg_temp.on_sale(2022), NULL, 'nothing yet');
SELECT is(pg_temp.on_sale(2023), 'month 1000, unseen 10', 'what was seen later, since then');
SELECT is(pg_temp.on_sale(2024), 'day 50, gone 500, month 1000, unseen 10', 'what is on sale at the end of the year');
SELECT is(pg_temp.on_sale(2025), 'day 50, month 1100', 'not what was taken away, nor what nobody saw again; at the last price');
SELECT is(pg_temp.on_sale(2026), NULL, 'nor is a price carried on');
SELECT results_eq('SELECT year FROM indicator_dirty ORDER BY 1', 'VALUES (2023), (2024), (2025)', 'years to be made again');

SAVEPOINT cheaper;
SELECT pg_temp.sells('Grand', 'month', 600, 1, 30, '2025-10-01', '2025-11-30') \g /dev/null
SELECT is(pg_temp.on_sale(2025), 'day 50, month 1100', 'after two cheaper months a plan is back at its own price');
SELECT pg_temp.sells('Grand', 'month', 400, 1, 30, '2025-12-15', special => true) \g /dev/null
SELECT is(pg_temp.on_sale(2025), 'day 50, month 1100', 'a promotion of the same plan does not hide it');
ROLLBACK TO cheaper;

-- ---- the Jevons index of a year ----

-- Of 2024's month, day and gone: month 1100 / 1000, day as before, gone left; unseen left.
SELECT results_eq($$SELECT operator, round(index::numeric, 6), matched, entered, gone FROM tariff_change('XA', 2025) ORDER BY operator NULLS FIRST$$,
                  $$VALUES (NULL, 1.048809, 2::bigint, 0::bigint, 2::bigint), ('Grand', 1.048809, 2, 0, 1), ('Petit', NULL, 0, 0, 1)$$, 'by hand: √1.1');
SELECT pg_temp.sells('Grand', 'more', 700, 2, 30, '2024-01-01', '2024-12-31'), pg_temp.sells('Grand', 'more', 700, 4, 30, '2025-01-01'),
       pg_temp.sells('Petit', 'deal', 100, 2, 30, '2024-01-01', special => true), pg_temp.sells('Petit', 'all', 900, NULL, 30, '2024-01-01', '2024-12-31'),
       pg_temp.sells('Petit', 'all', 450, NULL, 30, '2025-01-01') \g /dev/null
-- month, day and all: (1.1 × 1 × 0.5)^(1/3).
SELECT results_eq($$SELECT operator, round(index::numeric, 6), matched, entered, gone FROM tariff_change('XA', 2025) ORDER BY operator NULLS FIRST$$,
                  $$VALUES (NULL, 0.819321, 3::bigint, 1::bigint, 3::bigint), ('Grand', 1.048809, 2, 1, 2), ('Petit', 0.5, 1, 0, 1)$$,
                  'another volume is another plan; promotions are out; without a limit is like itself');

-- Grand's month also by another source, without taxes, which was asked later in 2025 alone; its day from then on over 5G.
SAVEPOINT sources;
INSERT INTO plan_price SELECT (jsonb_populate_record(p, '{"source": "other", "price": 900, "retrieved": "2025-07-01"}')).* FROM plan_price p
WHERE plan = 'month' AND valid_from = '2025-03-01';
CREATE FUNCTION pg_temp.changed() RETURNS TABLE (operator text, index numeric, matched bigint, entered bigint, gone bigint, sources text) LANGUAGE sql AS $$
    SELECT operator, round(index::numeric, 6), matched, entered, gone, sources FROM tariff_change('XA', 2025) WHERE operator = 'Grand'
$$;
SELECT results_eq('SELECT * FROM pg_temp.changed()', $$VALUES ('Grand', 1.048809, 2::bigint, 1::bigint, 2::bigint, 'Grand.example 2025-06-01')$$,
                  'both prices of one source, which alone is named');
UPDATE plan_price SET valid_to = '2024-12-31' WHERE plan = 'day';
SELECT pg_temp.sells('Grand', 'day', 25, 0.1, 1, '2025-01-01', through => '5g') \g /dev/null
-- √(1.1 × 0.5)
SELECT results_eq('SELECT * FROM pg_temp.changed()', $$VALUES ('Grand', 0.741620, 2::bigint, 1::bigint, 2::bigint, 'Grand.example 2025-06-01')$$,
                  'over 5G for 4G it is the same plan');
DELETE FROM plan_price WHERE plan = 'month' AND valid_from = '2025-03-01' AND source = 'Grand.example';
SELECT results_eq('SELECT * FROM pg_temp.changed()', $$VALUES ('Grand', 0.5, 1::bigint, 1::bigint, 2::bigint, 'Grand.example 2025-06-01')$$,
                  'what two sources have, a year each, neither came nor left');
ROLLBACK TO sources;

-- ---- the economy ----

CREATE FUNCTION pg_temp.knows(what text, of_period text, is_value float8, by text DEFAULT 'WB', seen date DEFAULT '2026-01-31') RETURNS void LANGUAGE sql AS $$
    INSERT INTO economy (country, series, period, value, currency, source, retrieved, run)
    VALUES ('XA', what, of_period, is_value, CASE WHEN what <> 'cpi' THEN 'XOF' END, by, seen, 1)
$$;
SELECT is_empty($$SELECT * FROM affordability(2025, 'mobile', 1, false)$$, 'no income, no figure');
SELECT pg_temp.knows('gni_per_capita', '2024', 1), pg_temp.knows('gni_per_capita', '2025-Q4', 210000, 'IMF', '2026-02-01'), pg_temp.knows('gni_per_capita', '2026', 1) \g /dev/null
SELECT is_empty($$SELECT * FROM affordability(2025, 'mobile', 1, false)$$, 'nor with that of another year, or of a quarter');
SELECT pg_temp.knows('gni_per_capita', '2025', 840000, 'IMF', '2025-10-01'), pg_temp.knows('gni_per_capita', '2025', 480000, 'WB') \g /dev/null
SELECT results_eq($$SELECT value, source FROM economy_in('XA', 'gni_per_capita', 2025)$$, $$VALUES (480000::float8, 'WB')$$, 'of the source that was asked last');
SELECT pg_temp.knows('cpi', '2024', 110, 'WB'), pg_temp.knows('cpi', '2025', 112.2, 'WB'), pg_temp.knows('cpi', '2025', 300, 'IMF', '2026-02-01'),
       pg_temp.knows('cpi', '2025-06', 113, 'WB'), pg_temp.knows('cpi', '2024-06', 1, 'WB'), pg_temp.knows('cpi', '2025-12', 2, 'IMF', '2026-02-01') \g /dev/null
CREATE FUNCTION pg_temp.dearer() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', round(ratio::numeric, 6), source, period) FROM cpi_change('XA', 2025) $$;
SELECT is(pg_temp.dearer(), '1.020000 WB 2025', 'one source, of like periods: the mean of the year rather than of June');
SELECT pg_temp.knows('cpi', '2024-Q4', 200, 'WB'), pg_temp.knows('cpi', '2025-Q4', 202, 'WB') \g /dev/null
SELECT is(pg_temp.dearer(), '1.010000 WB 2025-Q4', 'the end of the year rather than its mean');
SELECT pg_temp.knows('cpi', '2024-12', 100, 'WB'), pg_temp.knows('cpi', '2025-12', 104, 'WB') \g /dev/null
SELECT is(pg_temp.dearer(), '1.040000 WB 2025-12', 'and December, when prices are looked at');
SELECT is_empty($$SELECT * FROM cpi_change('XA', 2026) WHERE ratio IS NOT NULL$$, 'a year is missing');

-- ---- baskets ----

-- 1 GB of 1 or 2 GB in 30, 28, 31 or 29 days once; of a week four times, of ten days three times, of a day 30 times, of 3 weeks twice;
-- 5 GB of 2 GB three times, not of a contract; without a limit once.
SELECT results_eq($$SELECT basket_times(days, has, prepaid, gb) FROM (VALUES (30, 1.0::float8, true, 1.0::float8), (28, 1, true, 1), (31, 1, true, 1), (29, 2, false, 1),
                    (7, 0.25, false, 1), (10, 0.5, true, 1), (1, 0.1, true, 1), (21, 0.5, true, 1), (30, 2, true, 5), (30, 2, false, 5), (30, NULL, false, 5),
                    (7, 1, true, 5), (7, 1, false, 5)) AS v (days, has, prepaid, gb)$$,
                  'VALUES (1::float8), (1), (1), (1), (4), (3), (30), (2), (3), (NULL), (1), (5), (NULL)', 'how often a month');
-- 1 GB over a month: the month, 1100, or 30 days of 0.1 GB for 1500. 480 000 a year are 40 000 a month.
SELECT results_eq($$SELECT operator, plan, price, n_plans FROM basket('XA', 2025, 'mobile', 1)$$,
                  $$VALUES ('Grand', 'more', 700::float8, 3::bigint), ('Petit', 'all', 450, 1)$$, 'the cheapest that suffices');
SELECT results_eq($$SELECT operator, round(value::numeric, 6), n_plans FROM affordability(2025, 'mobile', 1, false) ORDER BY 1 NULLS FIRST$$,
                  $$VALUES (NULL, 1.125, 4::bigint), ('Grand', 1.75, 3), ('Petit', 1.125, 1)$$, 'of a month''s income; the country has the cheapest');
SELECT is((SELECT note FROM affordability(2025, 'mobile', 1, false) WHERE operator IS NULL),
          'price: 450 XOF; plan: Petit, all; sources: Petit.example 2025-06-01, WB 2026-01-31', 'what it is made of');
SELECT pg_temp.knows('minimum_wage_hour', '2025', 300) \g /dev/null
SELECT is((SELECT note FROM affordability(2025, 'mobile', 1, false) WHERE operator = 'Grand'),
          'price: 700 XOF, 2.3 hours of minimum wage; plan: Grand, more; sources: Grand.example 2025-06-01, WB 2026-01-31', 'and hours of work');
UPDATE plan_price SET valid_to = '2025-01-31' WHERE plan IN ('more', 'all') AND volume_gb IS DISTINCT FROM 2 AND valid_from = '2025-01-01';
-- The day 30 times: 3 GB for 1500; the month of 1 GB twice: 2200.
SELECT results_eq($$SELECT operator, plan, price FROM basket('XA', 2025, 'mobile', 2)$$, $$VALUES ('Grand', 'day × 30', 1500::float8)$$,
                  'as many of a shorter one as make a month; no promotion');
UPDATE plan_price SET down_mbps = 0.1 WHERE plan = 'day';
SELECT results_eq($$SELECT plan, price FROM basket('XA', 2025, 'mobile', 2)$$, $$VALUES ('month × 2', 2200::float8)$$, 'too slow is no broadband');
SELECT is((SELECT array_agg(price) FROM basket('XA', 2025, 'mobile', 2.5)), '{3300}', 'one that is too small is bought again');
SELECT pg_temp.sells('Grand', 'fibre', 15000, NULL, 30, '2024-01-01', through => 'fibre'), pg_temp.sells('Petit', 'box', 9000, 5, 28, '2024-01-01', through => 'fixed'),
       pg_temp.sells('Petit', 'small', 1000, 4.9, 30, '2024-01-01', through => 'fixed') \g /dev/null
UPDATE plan_price SET segment = 'postpaid' WHERE plan = 'small';
-- 28 days are a month; a contract of 4.9 GB is not taken out twice.
SELECT results_eq($$SELECT operator, plan, price FROM basket('XA', 2025, 'fixed', 5)$$, $$VALUES ('Grand', 'fibre', 15000::float8), ('Petit', 'box', 9000)$$,
                  'the other market');
SELECT results_eq($$SELECT operator, value FROM affordability(2025, 'fixed', 5, true) ORDER BY 1$$, $$VALUES ('Grand', 37.5::float8), ('Petit', 22.5)$$,
                  'none of the country where nobody knows who is largest');
INSERT INTO market_part (country, technology, operator, period, share, source, retrieved, run)
VALUES ('XA', 'fixed', 'Petit', '2025', 80, 'ARCEP', '2026-02-01', 1), ('XA', 'fixed', 'Grand', '2025', 20, 'ARCEP', '2026-02-01', 1);
SELECT results_eq($$SELECT value, n_plans, retrieved, note FROM affordability(2025, 'fixed', 5, true) WHERE operator IS NULL$$,
                  $$VALUES (22.5::float8, 2::bigint, '2026-02-01'::date, 'price: 9000 XOF, 30.0 hours of minimum wage; plan: Petit, box; sources: '
                    'ARCEP 2026-02-01, Petit.example 2025-06-01, WB 2026-01-31')$$, 'that of the largest operator');
UPDATE market_part SET operator = 'Other' WHERE operator = 'Petit';
SELECT is_empty($$SELECT * FROM affordability(2025, 'fixed', 5, true) WHERE operator IS NULL$$, 'nor where its plans are not known');
UPDATE economy SET currency = 'EUR' WHERE series = 'gni_per_capita';
SELECT is_empty($$SELECT * FROM affordability(2025, 'fixed', 5, true)$$, 'nor in another currency');

-- ---- on their way in ----

SELECT input_stage(1, 'market_part', '[{"line": "2", "country": "XA", "technology": "fixed", "operator": "Other", "period": "2025", "share": "81.50", "source": "ARCEP",
    "retrieved": "2026-03-01"}, {"line": "3", "country": "XA", "technology": "fixed", "operator": "New", "period": "2025", "share": "0", "source": "ARCEP",
    "retrieved": "2026-03-01"}]'), input_store(1, 'market_part', '{country,technology,operator,period,source}') \g /dev/null
SELECT results_eq($$SELECT operator, share FROM market_part ORDER BY 1$$, $$VALUES ('Grand', 20), ('New', 0), ('Other', 81.50)$$, 'in the place of those of the same key');
SELECT results_eq($$SELECT home, was->>'share' FROM import_replaced$$, $$VALUES ('market_part', '80')$$, 'which are kept');
SELECT results_eq($$SELECT * FROM input_twice('{source}')$$, 'VALUES (2, 3)', 'a key that stands twice');
SELECT * FROM finish();
ROLLBACK;
