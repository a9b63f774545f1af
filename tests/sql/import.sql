BEGIN;
SELECT plan(39);
SET TIME ZONE 'UTC';

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('THEIRS', 'f', 'e', '%', 'low', 'adopted', 'quantitative', 'imported', 1, 'd', 'd') ON CONFLICT DO NOTHING;

CREATE FUNCTION pg_temp.begin(of_kind text, is_whole boolean, what text) RETURNS int LANGUAGE sql AS $$
    SELECT import_begin(of_kind, is_whole, what, encode(sha256(what::bytea), 'hex'), 1, 1, 'Aïcha')
$$;
-- A figure as `import csv` stores it, with all that a row may have.
CREATE FUNCTION pg_temp.figure(of_run int, of_period text, of_value double precision, by text DEFAULT 'INStaD') RETURNS void LANGUAGE sql AS $$
    INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, low, high, interval_kind, n_samples,
                                 method, source_url, retrieved, note, stored_at, run)
    VALUES ('THEIRS', of_period, 'value', 'XA', by, false, of_value, '%', of_value - 0.1, of_value + 1e-9, 'margin', 1200, 'a survey',
            'https://x.example/', '2026-01-31', 'a note, "quoted"', clock_timestamp(), of_run)
    ON CONFLICT (indicator, period, statistic, country, geo, operator, technology, family, zone, sex, age_group, plan, item, source)
    DO UPDATE SET value = excluded.value, low = excluded.low, high = excluded.high, note = excluded.note, stored_at = excluded.stored_at,
        run = excluded.run
$$;
-- The tables as they would be dumped, octet by octet.
CREATE FUNCTION pg_temp.dump() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(E'\n', (SELECT string_agg(v::text, E'\n' ORDER BY v::text) FROM indicator_value v),
                     (SELECT string_agg(o::text, E'\n' ORDER BY o::text) FROM prefix_origin o),
                     (SELECT string_agg(c::text, E'\n' ORDER BY c::text) FROM carrier_nat c))
$$;
CREATE TEMP TABLE was (after text, dump text);
CREATE FUNCTION pg_temp.remember(what text) RETURNS void LANGUAGE sql AS $$ INSERT INTO was VALUES (what, pg_temp.dump()) $$;

-- ---- figures ----

SELECT pg_temp.figure(NULL, '2019', 30.1) \g /dev/null
SELECT pg_temp.remember('what came before runs were kept') \g /dev/null
SELECT is(pg_temp.begin('csv', false, 'one'), 1, 'the first');
SELECT pg_temp.figure(1, '2019', 0.1::float8 + 0.2), pg_temp.figure(1, '2020', 40) \g /dev/null
SELECT pg_temp.remember('one') \g /dev/null
SELECT is(pg_temp.begin('csv', false, 'two'), 2, 'the second');
SELECT pg_temp.figure(2, '2020', 41), pg_temp.figure(2, '2021', 50), pg_temp.figure(2, '2020', 40, 'ITU') \g /dev/null
SELECT results_eq($$SELECT period, run, value FROM indicator_value WHERE indicator = 'THEIRS' AND source = 'INStaD' ORDER BY 1$$,
                  $$VALUES ('2019', 1, 0.1::float8 + 0.2), ('2020', 2, 41), ('2021', 2, 50)$$, 'each figure knows its run');
SELECT results_eq('SELECT run, home, earlier, was->>$$period$$ FROM import_replaced ORDER BY 1, 4',
                  $$VALUES (1, 'indicator_value', NULL, '2019'), (2, 'indicator_value', 1, '2020')$$, 'what it replaced is kept');
SELECT is(import_later(1), '{2}', 'the second stands on the first');
SELECT pg_temp.remember('two') \g /dev/null
SELECT is(import_undo(1, 'Bio'), 'later', 'which is not taken back before it');
SELECT is(pg_temp.dump(), (SELECT dump FROM was WHERE after = 'two'), 'nor anything of it');
SELECT is(import_undo(2, 'Bio'), 'done', 'the second is');
SELECT is(pg_temp.dump(), (SELECT dump FROM was WHERE after = 'one'), 'and all is as it was, octet by octet');
SELECT is(import_undo(2, 'Bio'), 'undone', 'once');
SELECT is(import_undo(3, 'Bio'), 'none', 'there is no third');
SELECT is(import_same('csv', encode(sha256('one'), 'hex')), 1, 'a file is known again');
SELECT is(import_same('csv', encode(sha256('two'), 'hex')), NULL, 'not one that was taken back');
SELECT is(import_undo(1, 'Bio'), 'done', 'now the first');
SELECT is(pg_temp.dump(), (SELECT dump FROM was WHERE after LIKE 'what came%'), 'what came before runs were kept is there again');
SELECT results_eq('SELECT run, by_whom, undone_by FROM import_run ORDER BY 1', $$VALUES (1, 'Aïcha', 'Bio'), (2, 'Aïcha', 'Bio')$$,
                  'runs that are taken back stay in the list');

-- ---- lists ----

CREATE TEMP TABLE import_origin (prefix cidr, asn bigint, as_set boolean);
INSERT INTO import_origin VALUES ('192.0.2.0/24', 64500, false), ('198.51.100.0/24', 64501, false), ('2001:db8::/32', 64502, false);
SELECT pg_temp.begin('pfx2as', true, 'three'), import_origins(3, '{4,6}') \g /dev/null
SELECT pg_temp.remember('three') \g /dev/null
TRUNCATE import_origin;
INSERT INTO import_origin VALUES ('192.0.2.0/24', 64500, false), ('203.0.113.0/24', 64503, true);
SELECT pg_temp.begin('pfx2as', true, 'four'), import_origins(4, '{4}') \g /dev/null
SELECT results_eq($$SELECT prefix::text, run FROM prefix_origin WHERE source = 'pfx2as' ORDER BY 1$$,
                  $$VALUES ('192.0.2.0/24', 3), ('2001:db8::/32', 3), ('203.0.113.0/24', 4)$$, 'what stays is of the earlier one');
SELECT is(import_undo(3, 'Bio'), 'later', 'of which the later list has prefixes as well');
SELECT import_undo(4, 'Bio') \g /dev/null
SELECT is(pg_temp.dump(), (SELECT dump FROM was WHERE after = 'three'), 'the earlier list is there again');

SELECT pg_temp.begin('carrier-nat', true, 'five'), import_carriers(5, '{192.0.2.0/24,198.51.100.0/24}') \g /dev/null
SELECT pg_temp.remember('five') \g /dev/null
SELECT pg_temp.begin('carrier-nat', true, 'six'), import_carriers(6, '{192.0.2.0/24}') \g /dev/null
SELECT import_undo(6, 'Bio') \g /dev/null
SELECT is(pg_temp.dump(), (SELECT dump FROM was WHERE after = 'five'), 'so are prefixes of carrier NAT');
SELECT pg_temp.begin('carrier-nat', true, 'seven'), import_carriers(7, '{203.0.113.0/24}') \g /dev/null
SELECT import_carriers_undo('Bio') \g /dev/null
SELECT is((SELECT count(*) FROM carrier_nat WHERE source = 'import'), 0::bigint, 'or all of them are taken back');
-- What a later version of the program added to the table is not in rows that were kept before.
SELECT pg_temp.begin('csv', false, 'eight') AS run \gset
SELECT pg_temp.figure(:run, '2030', 1) \g /dev/null
SELECT pg_temp.begin('csv', false, 'nine') AS later \gset
SELECT pg_temp.figure(:later, '2030', 2) \g /dev/null
ALTER TABLE indicator_value ADD added text NOT NULL DEFAULT 'as before';
SELECT is(import_undo(:later, 'Bio'), 'done', 'a row that is put back');
SELECT results_eq($$SELECT value, added FROM indicator_value WHERE indicator = 'THEIRS' AND period = '2030'$$, $$VALUES (1::float8, 'as before')$$,
                  'has the defaults of columns that came since');
ALTER TABLE indicator_value DROP added;
SELECT is((SELECT count(*) FROM import_replaced), 0::bigint, 'and nothing is kept of what is no longer replaced');

-- ---- surveys without a visa ----

INSERT INTO country (iso, timezone, survey_visa) VALUES ('XA', 'UTC', 'INS');
CREATE FUNCTION pg_temp.admitted(of_period text) RETURNS boolean LANGUAGE sql AS $$
    SELECT admitted FROM public_indicator WHERE indicator = 'THEIRS' AND period = of_period
$$;
SELECT pg_temp.begin('csv', false, 'survey') AS run \gset
SELECT pg_temp.figure(:run, '2015', 1), pg_temp.figure(:run, '2016', 2), pg_temp.figure(:run, '2017', 3) \g /dev/null
UPDATE indicator_value SET visa = '12/INS/2016' WHERE period = '2016';
UPDATE indicator_value SET n_samples = NULL WHERE period = '2017';
UPDATE indicator_value SET admitted = survey_admitted(country, n_samples, visa);
SELECT is(pg_temp.admitted('2015'), false, 'a survey without a visa is marked');
SELECT is(pg_temp.admitted('2016'), true, 'one with a visa is not');
SELECT is(pg_temp.admitted('2017'), true, 'nor what is no survey');
CREATE FUNCTION pg_temp.national() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(period, ' ' ORDER BY period) FROM public_national WHERE indicator = 'THEIRS'
$$;
SELECT is(pg_temp.national(), '2016 2017', 'and is no figure of the country');
SELECT years_take() \g /dev/null
SELECT is(year_close(2015, 'Aïcha'), 'done', 'its year is closed');
-- In its place, until that is taken back.
SELECT pg_temp.begin('csv', false, 'in its place') AS place \gset
SELECT pg_temp.figure(:place, '2016', 5) \g /dev/null
UPDATE indicator_value SET visa = NULL, admitted = false WHERE period = '2016';
SELECT import_undo(:place, 'Bio') \g /dev/null
SELECT is(pg_temp.admitted('2016'), true, 'what comes back is let in as it was');
SELECT is(import_admit(:run, 'Bio', 'made before there were any'), 'done', 'an editor lets it in');
SELECT is(pg_temp.admitted('2015'), false, 'and the closed year stays as it was published');
SELECT years_take(), closed_follow('0') \g /dev/null
SELECT is(pg_temp.admitted('2015'), true, 'until its next version, where the editor is obeyed');
SELECT results_eq($$SELECT version, admitted FROM public_indicator_version WHERE indicator = 'THEIRS' AND period = '2015' AND version > 0 ORDER BY 1$$,
                  $$VALUES (1, false), (2, true)$$, 'beside which the first stays');
SELECT is(pg_temp.national(), '2015 2016 2017', 'and is a figure of the country');
SELECT results_eq('SELECT admitted_by, admitted_why FROM import_run WHERE run = ' || :run, $$VALUES ('Bio', 'made before there were any')$$,
                  'who did and why is known');
SELECT is(import_admit(:run, 'Bio', 'again'), 'known', 'once');
-- Another one takes its place before it is let in.
UPDATE import_run SET admitted_at = NULL, admitted_by = NULL, admitted_why = NULL;
UPDATE indicator_value SET admitted = false WHERE period = '2015';
SELECT pg_temp.begin('csv', false, 'over it') AS place \gset
UPDATE indicator_value SET admitted = false WHERE period = '2016';
SELECT pg_temp.figure(:place, '2015', 5) \g /dev/null
SELECT import_admit(:run, 'Bio', 'both'), import_undo(:place, 'Bio') \g /dev/null
SELECT is((SELECT bool_and(admitted) FROM indicator_value WHERE run = :run), true, 'what was replaced is let in as well');
UPDATE import_run SET admitted_at = NULL, admitted_by = NULL, admitted_why = NULL;
SELECT is(import_admit(:run, 'Bio', 'needless'), 'needless', 'where no visa is asked for, nothing is to be let in');
SELECT import_undo(:run, 'Bio') \g /dev/null

SELECT * FROM finish();
ROLLBACK;
