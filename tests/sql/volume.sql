-- How much was measured, where a figure of all lines is told and no line brought half of it.
BEGIN;
SELECT plan(6);

CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = repeat(who, 20) $$;
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by)
SELECT repeat(who, 20), '2031-01-01', '2031-01-01', 'A' FROM unnest('{a,b,c,d,e,f}'::text[]) who;
UPDATE probe SET confirmed_at = NULL, confirmed_by = NULL WHERE probe = repeat('f', 20); -- does not count
UPDATE probe SET enrolled_at = now() - interval '30 days';
INSERT INTO probe_context (probe_no, valid_from, country, consent_version) SELECT probe_no, '2031-01-01', 'XA', '1' FROM probe WHERE probe ~ '^([a-f])\1{19}$';
CREATE FUNCTION pg_temp.say(who text, day date, ok int, skipped int, bytes bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                            protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
    VALUES (day, pg_temp.no(who), 1, 'agent', false, ok, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, skipped, 0, bytes, '{}', '{}', '{}', '{}')
$$;
SELECT pg_temp.say(who, '2031-03-01', 100, 10, 12345), pg_temp.say(who, '2031-12-31', 111, 0, 1) FROM unnest('{a,b,c,d,e,f}'::text[]) who \g /dev/null
CREATE VIEW pg_temp.told AS SELECT year, n_probes, tests, kept, bytes FROM public_volume WHERE country = 'XA';
SELECT is_empty('SELECT * FROM pg_temp.told', 'nothing where no figure is told');

INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en)
VALUES ('VOL1', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'measured', 1, 'd', 'd');
INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, floor, retrieved)
VALUES ('VOL1', '2031', 'p50', 'XA', 'measured', true, 1, 'ms', 'met', '2032-01-31');
SELECT results_eq('SELECT * FROM pg_temp.told', $$VALUES (2031, 5::bigint, 1100::bigint, 1100::bigint, 62000::bigint)$$,
                  'of the lines that count, to two digits');
SELECT pg_temp.say('a', '2031-06-01', 0, 0, 99999) \g /dev/null
SELECT is_empty('SELECT * FROM pg_temp.told', 'not where one line brought half of any of it');
DELETE FROM rollup_day WHERE day = '2031-06-01';
UPDATE indicator_value SET value = NULL, floor = 'hidden' WHERE indicator = 'VOL1';
SELECT is_empty('SELECT * FROM pg_temp.told', 'nor where the figure is hidden');
UPDATE indicator_value SET value = 1, floor = 'met' WHERE indicator = 'VOL1';
DELETE FROM rollup_day WHERE probe_no = pg_temp.no('e');
SELECT is_empty('SELECT * FROM pg_temp.told', 'nor of four lines');
SELECT ok(has_table_privilege('internetmetre_reader', 'public_volume', 'SELECT'), 'for everybody');
SELECT * FROM finish();
ROLLBACK;
