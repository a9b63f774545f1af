-- What changes who counts, or for which network, makes the figures of the years that it concerns anew.
BEGIN;
SELECT plan(9);

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe LIKE who || '%' $$;
-- The years that a statement makes dirty.
CREATE FUNCTION pg_temp.years(statement text) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    years int[];
BEGIN
    TRUNCATE indicator_dirty;
    EXECUTE statement;
    SELECT coalesce(array_agg(year ORDER BY year), '{}') INTO years FROM indicator_dirty;
    RETURN years;
END
$$;
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                        protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT day::date, pg_temp.no('a'), 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM unnest('{2024-05-01,2025-05-01}'::date[]) AS day;
INSERT INTO probe_network VALUES ('2025-05-01', pg_temp.no('a'), '192.0.2.0/24', 1), ('2023-05-01', pg_temp.no('b'), '203.0.113.0/24', 1);

SELECT is(pg_temp.years($$UPDATE probe SET confirmed_at = now(), confirmed_by = 'Aïcha' WHERE probe LIKE 'a%'$$), '{2024,2025}', 'confirmed');
SELECT is(pg_temp.years($$UPDATE probe SET revoked_reason = 'left' WHERE probe LIKE 'a%'$$), '{2024,2025}', 'revoked for another reason');
SELECT is(pg_temp.years($$UPDATE probe SET replaced_by = pg_temp.no('b') WHERE probe LIKE 'a%'$$), '{2024,2025}', 'of another household');
SELECT is(pg_temp.years($$UPDATE probe SET confirmed_at = now(), confirmed_by = 'Aïcha' WHERE probe LIKE 'b%'$$), '{}', 'has measured nothing');
SELECT is(pg_temp.years($$SELECT carrier_nat_import('{192.0.0.0/16,198.51.100.0/24}')$$), '{2025}', 'behind carrier NAT from now on');
SELECT is(pg_temp.years($$SELECT carrier_nat_import('{192.0.0.0/16,198.51.100.0/24}')$$), '{}', 'which it was already');
SELECT is(pg_temp.years($$SELECT carrier_nat_seed('{"XX": {"carrier_nat": ["203.0.112.0/23"]}}')$$), '{2023}', 'as a country pack says');
SELECT is(pg_temp.years($$SELECT carrier_nat_import('{}')$$), '{2025}', 'and no longer');
SELECT results_eq('SELECT prefix::text, source FROM carrier_nat', $$VALUES ('203.0.112.0/23', 'country-pack')$$, 'the packs'' stay');
SELECT * FROM finish();
ROLLBACK;
