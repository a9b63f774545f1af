BEGIN;
SELECT plan(43);

-- Two indicators, of a measured year and an imported one.
DELETE FROM indicator_dirty;
DELETE FROM indicator;
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('OURS', 'f', 'before', 'ms', 'low', 'adopted', 'quantitative', 'measured', 1, 'd', 'd'),
       ('THEIRS', 'f', 'e', '%', 'low', 'adopted', 'quantitative', 'imported', 1, 'd', 'd');
CREATE FUNCTION pg_temp.figure(of_period text, of_geo text, of_value double precision, samples int, method int DEFAULT 1)
RETURNS void LANGUAGE sql AS $$
    DELETE FROM indicator_value WHERE indicator = 'OURS' AND country = 'XA' AND period = of_period AND geo IS NOT DISTINCT FROM of_geo;
    INSERT INTO indicator_value (indicator, period, statistic, country, geo, source, computed, value, unit, n_samples, n_days, n_probes,
                                 n_networks, floor, method_version, retrieved)
    VALUES ('OURS', of_period, 'p50', 'XA', of_geo, 'measured', true, of_value, 'ms', samples, 300, 12, 11, 'met', method, current_date)
$$;
CREATE FUNCTION pg_temp.imported(of_period text, of_value double precision) RETURNS void LANGUAGE sql AS $$
    INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, retrieved)
    VALUES ('THEIRS', of_period, 'value', 'XA', 'INStaD', false, of_value, '%', '2026-01-31')
    ON CONFLICT (indicator, period, statistic, country, geo, operator, technology, family, zone, sex, age_group, plan, item, source)
    DO UPDATE SET value = excluded.value
$$;
-- What refresh does with the years on the list, after `said` changed the working rows.
CREATE FUNCTION pg_temp.refreshed(reason text, patience interval DEFAULT '0') RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM years_stale(reason, '{2021}');
    PERFORM years_take();
    PERFORM closed_follow(patience);
    RETURN (SELECT max(version) FROM closed_version WHERE year = 2021);
END $$;
CREATE FUNCTION pg_temp.refuses(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE what;
    RETURN false;
EXCEPTION WHEN raise_exception THEN
    RETURN true;
END $$;
CREATE VIEW pg_temp.shown AS SELECT period, geo, value, version, edition FROM public_indicator WHERE country = 'XA' ORDER BY 1, 2 NULLS FIRST, 3;

SELECT pg_temp.figure('2021', NULL, 10, 1000), pg_temp.figure('2021', 'XA-1', 11, 100), pg_temp.figure('2022', NULL, 20, 1000),
    pg_temp.imported('2021-S1', 50) \g /dev/null
INSERT INTO indicator_day VALUES ('OURS', 'XA', 'measured', '2021-12-31', 10, 9, 11, 12, 11), ('OURS', 'XA', 'measured', '2022-01-01', 20, 19, 21, 12, 11);
INSERT INTO indicator_change (indicator, country, source, simulated, statistic, from_period, to_period, method_version, why)
VALUES ('OURS', 'XA', 'measured', false, 'p50', '2020', '2021', 1, 'few');
-- A simulated country beside it, which has figures of a year in which nothing was measured.
INSERT INTO indicator_value (indicator, period, statistic, country, source, simulated, computed, value, unit, floor, method_version, retrieved)
SELECT 'OURS', y, 'p50', 'XB', 'simulated', true, true, 7, 'ms', 'met', 1, current_date FROM unnest('{2020,2021}'::text[]) y;
INSERT INTO indicator_day VALUES ('OURS', 'XB', 'simulated', '2021-12-31', 7, 6, 8, 12, 11);
INSERT INTO indicator_change (indicator, country, source, simulated, statistic, from_period, to_period, method_version, why)
VALUES ('OURS', 'XB', 'simulated', true, 'p50', '2020', '2021', 1, 'few');
CREATE VIEW pg_temp.imagined AS
SELECT f.value, f.edition, d.value AS day, c.why FROM public_indicator f FULL JOIN public_indicator_day d USING (country)
FULL JOIN public_change c USING (country) WHERE country = 'XB' AND f.period IS DISTINCT FROM '2020';

-- ---- closing ----

SELECT is(year_close(extract(year FROM now() AT TIME ZONE 'UTC')::int, 'Aïcha'), 'early', 'a year that goes on is not closed');
SELECT is(year_close(2019, 'Aïcha'), 'empty', 'nor one without a figure');
SELECT is(year_close(2020, 'Aïcha'), 'empty', 'nor one with nothing but what was simulated');
SELECT years_stale('late', '{2021}') \g /dev/null
SELECT is(year_close(2021, 'Aïcha'), 'stale', 'nor one whose figures are to be made again');
SELECT results_eq('SELECT years_take()', 'VALUES (2021)', 'which takes them off the list');
UPDATE publication_floor SET lifted = true;
SELECT is(year_close(2021, 'Aïcha'), 'lifted', 'nor without the floor');
SELECT throws_ok($$SELECT closed_store(2021, 'Aïcha', '{}', 0)$$, 'no version is made of figures without a publication floor', 'whoever asks');
UPDATE publication_floor SET lifted = false;
UPDATE indicator_value SET floor = 'off' WHERE period = '2021' AND geo IS NULL;
SELECT throws_ok($$SELECT year_close(2021, 'Aïcha')$$, 'no version is made of figures without a publication floor', 'nor of what is left of it');
UPDATE indicator_value SET floor = 'met' WHERE floor = 'off';
SELECT results_eq('SELECT * FROM pg_temp.shown', $$VALUES ('2021', NULL, 10::float8, 0, 'provisional'), ('2021', 'XA-1', 11, 0, 'provisional'),
    ('2021-S1', NULL, 50, 0, 'provisional'), ('2022', NULL, 20, 0, 'provisional')$$, 'open years are provisional');
SELECT is(year_close(2021, 'Aïcha'), 'done', 'then it is closed');
SELECT is(year_close(2021, 'Bio'), 'closed', 'once');
SELECT results_eq('SELECT year, version, closed_by, why FROM closed_version', $$VALUES (2021, 1, 'Aïcha', '{}'::text[])$$, 'by somebody');
SELECT results_eq('SELECT * FROM pg_temp.shown', $$VALUES ('2021', NULL, 10::float8, 1, 'closed'), ('2021', 'XA-1', 11, 1, 'closed'),
    ('2021-S1', NULL, 50, 1, 'closed'), ('2022', NULL, 20, 0, 'provisional')$$, 'and it alone, with all that is of it');
SELECT is_empty($$SELECT FROM closed_figure WHERE simulated UNION ALL SELECT FROM closed_day WHERE source = 'simulated'
                  UNION ALL SELECT FROM closed_change WHERE simulated$$, 'of nothing that was simulated');
SELECT results_eq('SELECT * FROM pg_temp.imagined', $$VALUES (7::float8, 'provisional', 7::float8, 'few')$$, 'which is read as before');

-- ---- what comes later ----

SELECT pg_temp.figure('2021', 'XA-1', 12, 100) \g /dev/null
UPDATE indicator_day SET value = 12 WHERE day = '2021-12-31';
UPDATE indicator SET name_en = 'after' WHERE indicator = 'OURS';
CREATE TEMP TABLE first AS SELECT * FROM public_indicator WHERE country = 'XA' AND version = 1;
SELECT results_eq($$SELECT value, name_en FROM public_indicator WHERE geo = 'XA-1'$$, $$VALUES (11::float8, 'before')$$, 'nobody sees it yet');
SELECT results_eq($$SELECT name_en FROM public_change WHERE country = 'XA'$$, $$VALUES ('before')$$, 'nor of how it changed');
SELECT is(pg_temp.refreshed('late'), 2, 'what is told otherwise makes a version');
SELECT results_eq($$SELECT name_en FROM public_change WHERE country = 'XA'$$, $$VALUES ('after')$$, 'that has its own words');
SELECT results_eq($$SELECT value, name_en FROM public_indicator WHERE geo = 'XA-1'$$, $$VALUES (12::float8, 'after')$$, 'which is read then');
SELECT results_eq($$SELECT to_jsonb(f) - 'latest' FROM public_indicator_version f WHERE version = 1 ORDER BY period, geo$$,
                  $$SELECT to_jsonb(f) - 'latest' FROM first f ORDER BY period, geo$$, 'the first is what it was');
SELECT results_eq($$SELECT geo, old_value, new_value, change, why FROM closed_changes(2021, 1, 2)$$,
                  $$VALUES ('XA-1', 11::float8, 12::float8, 'changed', '{late}'::text[])$$, 'what changed, and why');
SELECT results_eq('SELECT day, value FROM public_indicator_day WHERE country = ''XA'' ORDER BY 1',
                  $$VALUES ('2021-12-31'::date, 12::float8), ('2022-01-01', 20)$$, 'days go with the version');
SELECT results_eq('SELECT value FROM closed_day WHERE version = 1', 'VALUES (10::float8)', 'whose first has those that it had');
SELECT pg_temp.figure('2021', NULL, 10, 1004) \g /dev/null
UPDATE indicator_value SET value = 8 WHERE simulated;
SELECT is(pg_temp.refreshed('again'), 2, 'what is told the same makes none');
SELECT is_empty('SELECT FROM closed_due', 'and that is settled');
SELECT results_eq('SELECT value FROM pg_temp.imagined', 'VALUES (8::float8)', 'nor does another value of what is simulated');
SELECT simulation_remove() \g /dev/null
SELECT is_empty('SELECT FROM pg_temp.imagined', 'which goes away whole');
SELECT pg_temp.figure('2021', NULL, 13, 1000, 2), pg_temp.figure('2021', 'XA-1', 12, 400) \g /dev/null
DELETE FROM indicator_day WHERE day = '2021-12-31';
SELECT is(pg_temp.refreshed('late', '1 day'), 2, 'a second one waits');
SELECT is_empty($$SELECT FROM public_indicator WHERE geo IS NULL AND value = 13$$, 'and nobody sees it meanwhile');
SELECT is(pg_temp.refreshed('method'), 3, 'and has all that came');
SELECT results_eq('SELECT geo, change, why FROM closed_changes(2021, 2, 3) ORDER BY geo NULLS FIRST',
                  $$VALUES (NULL, 'changed', '{late,method}'::text[]), ('XA-1', 'changed', '{late}')$$, 'each for what can be its reason');
SELECT pg_temp.imported('2021-S1', 51), pg_temp.imported('2022', 60) \g /dev/null
SELECT results_eq('SELECT year, why FROM indicator_dirty', $$VALUES (2021, 'imported')$$, 'an imported figure is told of where its year is closed');
DELETE FROM indicator_value WHERE indicator = 'OURS' AND geo = 'XA-1';
SELECT is(pg_temp.refreshed('late'), 4, 'and makes a version');
SELECT results_eq('SELECT indicator, old_value, new_value, change, why FROM closed_changes(2021, 3, 4) ORDER BY 1',
                  $$VALUES ('OURS', 12::float8, NULL::float8, 'gone', '{late}'::text[]), ('THEIRS', 50, 51, 'changed', '{imported}')$$,
                  'each for its own reason');
SELECT pg_temp.figure('2021', NULL, 13.0449, 1000, 2) \g /dev/null
SELECT is(pg_temp.refreshed('late'), 5, 'as does a value');
UPDATE indicator SET decimals = 1 WHERE indicator = 'OURS';
SELECT pg_temp.figure('2021', NULL, 13, 1000, 2) \g /dev/null
SELECT is(pg_temp.refreshed('late'), 5, 'but not in how many digits it is told');
SELECT floor_lift(true) \g /dev/null
SELECT is(pg_temp.refreshed('late'), 5, 'without the floor there is no version');
SELECT results_eq($$SELECT value FROM public_indicator WHERE indicator = 'OURS'$$, 'VALUES (13.0449::float8)', 'and the last one stays, the open year alone is gone');

-- ---- what never changes ----

SELECT is(coalesce(string_agg(v, '; '), ''), '', 'no version can be changed, deleted or emptied')
FROM (SELECT DISTINCT format('%s %s', verb, t) AS v FROM unnest('{closed_version,closed_figure,closed_indicator,closed_day,closed_share}'::text[]) t,
      (VALUES ('UPDATE %I SET version = 9'), ('DELETE FROM %I'), ('TRUNCATE %I CASCADE')) AS w (verb)
      WHERE NOT pg_temp.refuses(format(verb, t))) x;
-- Of another transaction.
INSERT INTO closed_version (year, version, made_at, closed_by, why, changed) VALUES (2019, 1, '2020-02-01', 'Aïcha', '{}', 0);
SELECT is(coalesce(string_agg(t, '; '), ''), '', 'nothing comes to one that was made')
FROM unnest('{closed_figure,closed_indicator,closed_day,closed_edition,closed_change,closed_share}'::text[]) t
WHERE NOT pg_temp.refuses(format('INSERT INTO %I (year, version) VALUES (2019, 1)', t));
SELECT is((SELECT count(*) FROM (VALUES ('closed_figure', 'indicator_value'), ('closed_indicator', 'indicator'), ('closed_day', 'indicator_day'))
           AS p (kept, made) CROSS JOIN LATERAL (
           SELECT array_agg(a.attname || ' ' || a.atttypid ORDER BY a.attnum) AS columns FROM pg_attribute a
           WHERE a.attrelid = p.made::regclass AND a.attnum > 0 AND NOT a.attisdropped) m CROSS JOIN LATERAL (
           SELECT array_agg(a.attname || ' ' || a.atttypid ORDER BY a.attnum) AS columns FROM pg_attribute a
           WHERE a.attrelid = p.kept::regclass AND a.attnum > 2 AND NOT a.attisdropped) k
           WHERE m.columns <> k.columns), 0::bigint, 'what a figure has, one of a version has, in the same order');
SELECT ok(has_table_privilege('internetmetre_reader', 'public_indicator_version', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'figure_told', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'figure_version', 'SELECT'), 'the reader sees versions, not what becomes one');
SELECT * FROM finish();
ROLLBACK;
