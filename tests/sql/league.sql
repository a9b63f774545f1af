BEGIN;
SELECT plan(8);

INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by) VALUES ('aaaaaaaaaaaaaaaaaaaa', '2024-01-01', now(), 'tests'),
    ('bbbbbbbbbbbbbbbbbbbb', '2024-01-01', now(), 'tests'), ('dddddddddddddddddddd', '2024-01-01', NULL, NULL);
INSERT INTO target (name, kind, country, ours) VALUES ('league-good', 'cctld', 'BJ', true), ('league-bad', 'cctld', 'TG', true),
    ('league-own', NULL, NULL, false);
CREATE FUNCTION pg_temp.monday() RETURNS date LANGUAGE sql AS $$ SELECT date_trunc('week', current_date - 1)::date $$;
-- servers addresses tested compliant tests passed, then the ten tests' failures
CREATE FUNCTION pg_temp.add(who text, of_target text, on_day date, of_metrics float8[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_day (day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused,
                            unreachable, reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes,
                            n, sum, min, max)
    SELECT on_day, p.probe_no, c.check_no, t.target_no, 4, p.source, p.simulated, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100,
           array_fill(1, ARRAY[16]), of_metrics, of_metrics::real[], of_metrics::real[]
    FROM probe p, check_kind c, target t WHERE p.probe LIKE who || '%' AND c.name = 'edns' AND t.name = of_target
$$;
SELECT pg_temp.add('a', 'league-good', current_date - 1, '{2,4,4,4,40,40,0,0,0,0,0,0,0,0,0,0}');
SELECT pg_temp.add('b', 'league-good', current_date - 8, '{2,4,2,2,20,20,0,0,0,0,0,0,0,0,0,0}');
SELECT pg_temp.add('a', 'league-bad', current_date - 1, '{2,4,4,1,40,34,0,0,3,0,0,3,0,0,0,0}');
SELECT pg_temp.add('a', 'league-bad', current_date - 40, '{2,4,4,4,40,40,0,0,0,0,0,0,0,0,0,0}');
SELECT pg_temp.add('a', 'league-own', current_date - 1, '{2,4,4,4,40,40,0,0,0,0,0,0,0,0,0,0}');
SELECT pg_temp.add('d', 'league-good', current_date - 1, '{2,4,4,0,40,0,4,4,4,4,4,4,4,4,4,4}');

SELECT results_eq($$SELECT zone, country, n_probes, last_week, passed::real, compliant::real FROM public_edns_league
                    WHERE zone LIKE 'league-%' ORDER BY compliant DESC$$,
                  $$VALUES ('league-good', 'BJ', NULL::bigint, pg_temp.monday(), 1::real, 1::real),
                           ('league-bad', 'TG', NULL, pg_temp.monday(), 0.85::real, 0.25::real)$$,
                  'one row a zone of ours: shares over the tests and addresses of the last 30 days');
SELECT results_eq($$SELECT fail_edns1::real, fail_edns1opt::real, fail_dns::real FROM public_edns_league
                    WHERE zone = 'league-bad'$$, 'VALUES (0.75::real, 0.75::real, 0::real)', 'each test has its share');
UPDATE probe SET simulated = true WHERE probe LIKE 'b%';
SELECT results_eq($$SELECT simulated, compliant::real FROM public_edns_league WHERE zone = 'league-good' ORDER BY 1$$,
                  'VALUES (false, 1::real), (true, 1::real)', 'what is simulated stands apart');
INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by)
SELECT 'c' || translate(lpad(n::text, 19, '7'), '0189', 'abcd'), '2024-01-01', now(), 'tests' FROM generate_series(1, 11) n;
SELECT pg_temp.add('c', 'league-bad', current_date - 1, '{2,4,4,1,40,34,0,0,3,0,0,3,0,0,0,0}');
SELECT is((SELECT n_probes FROM public_edns_league WHERE zone = 'league-bad'), 10::bigint, 'twelve probes are a step, fewer than five none');
UPDATE publication_floor SET lifted = true;
SELECT is((SELECT compliant::real FROM public_edns_league WHERE zone = 'league-good' AND NOT simulated), 0.5::real,
          'whom nobody confirmed counts where the floor is lifted alone');
UPDATE publication_floor SET lifted = false, lifted_simulated = true;
UPDATE probe SET confirmed_at = NULL, confirmed_by = NULL WHERE simulated;
SELECT results_eq($$SELECT simulated, compliant::real FROM public_edns_league WHERE zone = 'league-good' ORDER BY 1$$,
                  'VALUES (false, 1::real), (true, 1::real)', 'or is simulated, where it is lifted for those');
SELECT ok(has_table_privilege('internetmetre_reader', 'public_edns_league', 'SELECT'), 'everybody may see it');
SET LOCAL ROLE internetmetre_reader;
CREATE TEMPORARY TABLE seen AS SELECT zone FROM public_edns_league;
RESET ROLE;
SELECT ok((SELECT count(*) > 1 FROM seen), 'and does');
SELECT * FROM finish();
ROLLBACK;
