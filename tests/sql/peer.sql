BEGIN;
SELECT plan(9);
INSERT INTO country (iso, timezone, cctld) VALUES ('XA', 'UTC', 'xa');
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('THEIRS', 'Domaines {cctld}', 'Domains {cctld}', 'ms', 'low', 'adopted', 'quantitative', 'measured', 1, 'd', 'd') ON CONFLICT DO NOTHING;
CREATE FUNCTION pg_temp.bring(what text, version int, value text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    number int := import_begin('datapackage', true, what, encode(sha256(what::bytea), 'hex'), 1, 1, 'Bio');
BEGIN
    PERFORM peer_store(number, jsonb_build_object('country', 'XA', 'year', 2025, 'chapter', 'Chapter XA', 'title', 't', 'version', version,
                                                  'simulated', false, 'licence', 'CC-BY-4.0', 'licence_url', NULL, 'left_out', 3),
                       jsonb_build_array(jsonb_build_object('line', 2, 'indicator', 'THEIRS', 'statistic', 'p50', 'value', value, 'low', '1',
                           'high', '99', 'unit', 'ms', 'kind', 'measured', 'simulated', 'false', 'method_version', '4', 'n_networks', '20',
                           'retrieved', '2026-01-31', 'version', version::text, 'edition', 'closed')));
    RETURN number;
END
$$;
SELECT pg_temp.bring('one', 1, '12.5') AS first \gset
SELECT results_eq('SELECT name_en, period, country, value, low, n_networks, kind, source, method_version, version FROM public_peer_figure',
                  $$VALUES ('Domains .xa', '2025', 'XA', 12.5::float8, 1::float8, 20::bigint, 'measured', 'Chapter XA', 4, 1)$$,
                  'a figure of another chapter is told as it is there, and whose it is');
SELECT results_eq('SELECT sources FROM import_run WHERE run = ' || :first, $$VALUES ('{"Chapter XA 2025"}'::text[])$$, 'so is its import');
SELECT is_empty($$SELECT indicator FROM public_indicator WHERE country = 'XA' UNION ALL SELECT indicator FROM national_value WHERE country = 'XA'$$,
                'and it is none of ours');
SELECT pg_temp.bring('two', 2, '13.5') AS second \gset
SELECT results_eq('SELECT value, version FROM public_peer_figure', 'VALUES (13.5::float8, 2)', 'the edition that came last stands alone');
SELECT results_eq('SELECT country, year, version, licence FROM public_peer_edition', $$VALUES ('XA', 2025, 2, 'CC-BY-4.0')$$, 'with its licence');
SELECT is(import_undo(:first, 'Bio'), 'later', 'the one before it is not taken back first');
SELECT is(import_undo(:second, 'Bio'), 'done', 'it is');
SELECT results_eq('SELECT value, version FROM public_peer_figure', 'VALUES (12.5::float8, 1)', 'and the one before it stands again');
SELECT import_undo(:first, 'Bio') \g /dev/null
SELECT is_empty('SELECT run FROM peer_figure UNION ALL SELECT run FROM peer_edition', 'then nothing does');
SELECT * FROM finish();
ROLLBACK;
