BEGIN;
SELECT plan(5);

-- A household, and whoever wants to know on which line it is: they send four boxes that say the same of themselves.
INSERT INTO operator (country, name, state) VALUES ('XA', 'Réseau', 'accepted');
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by) VALUES ('vvvvvvvvvvvvvvvvvvvv', '2024-01-01', '2024-01-01', 'tests');
INSERT INTO probe (probe, enrolled_at) SELECT translate(lpad(n::text, 20, 's'), '1', 'a'), '2024-01-01' FROM generate_series(2, 5) n;
INSERT INTO probe_context (probe_no, country, department, operator_no, technology, valid_from, consent_version)
SELECT p.probe_no, 'XA', 'BJ-AK', o.operator_no, 'fibre', '2024-01-01', '1' FROM probe p, operator o
WHERE p.probe ~ '^(v|s)' AND o.name = 'Réseau';
-- As everybody sees it: what a view calls looks with the reader's eyes.
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    SET LOCAL ROLE internetmetre_reader;
    SELECT concat_ws(' ', department, operator, technology) INTO told FROM public_probe WHERE probe LIKE 'vvv%';
    RESET ROLE;
    RETURN told;
END
$$;

SELECT is(pg_temp.told(), '', 'those that nobody confirmed give no company');
UPDATE probe SET confirmed_at = now(), confirmed_by = 'tests' WHERE probe LIKE 'sss%';
SELECT is(pg_temp.told(), 'BJ-AK Réseau fibre', 'five households alike do');
UPDATE probe SET enrolled_at = now() WHERE probe LIKE 'sss%';
SELECT is(pg_temp.told(), '', 'not those of today');
UPDATE probe SET enrolled_at = '2024-01-01' WHERE probe LIKE 'sss%';
UPDATE operator SET state = 'waits' WHERE name = 'Réseau';
SELECT is(pg_temp.told(), 'BJ-AK fibre', 'an operator that waits is not said');
INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT '2024-03-08', probe_no, 1, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, '{}', '{}', '{}', '{}'
FROM probe WHERE probe LIKE 'vvv%';
SELECT is((SELECT last_week FROM public_probe WHERE probe LIKE 'vvv%'), '2024-03-04'::date, 'its last day is a Friday; its week is told');
SELECT * FROM finish();
ROLLBACK;
