BEGIN;
SELECT plan(5);
INSERT INTO country (iso, timezone) VALUES ('XA', 'UTC');
INSERT INTO department (iso, country, name) VALUES ('XA-N', 'XA', 'Nord');
SELECT import_begin('events', false, 'f', repeat('0', 64), 1, 1, 'Bio') AS run \gset
CREATE FUNCTION pg_temp.bring(of_run int, what text) RETURNS void LANGUAGE sql AS $$
    SELECT input_stage(of_run, 'event', ('[{"line": "2", "country": "XA", "date": "2025-03-01", "geo": "XA-N", "kind": "cable", "title_fr": "t", "title_en": "t",
        "source": "S", "retrieved": "2026-01-31", "note": "' || what || '"}]')::jsonb);
    SELECT input_store(of_run, 'event', '{country,date,kind,title_en,source}')
$$;
SELECT pg_temp.bring(:run, 'one') \g /dev/null
SELECT results_eq('SELECT date, place, kind, note FROM public_event', $$VALUES ('2025-03-01'::date, 'Nord', 'cable', 'one')$$, 'told with its place');
SELECT import_begin('events', false, 'g', repeat('1', 64), 1, 1, 'Bio') AS later \gset
SELECT pg_temp.bring(:later, 'two') \g /dev/null
SELECT results_eq('SELECT note FROM public_event', $$VALUES ('two')$$, 'in the place of what it was');
SELECT is(import_undo(:run, 'Bio'), 'later', 'which goes after it');
SELECT is(import_undo(:later, 'Bio'), 'done', 'and is there again');
SELECT results_eq('SELECT note FROM public_event', $$VALUES ('one')$$, 'as it was');
SELECT * FROM finish();
ROLLBACK;
