BEGIN;
SELECT plan(12);

SELECT target_seed('[{"name": "seed-b", "kind": "cctld", "country": "BJ"}, {"name": "seed-a", "kind": null, "country": null},
                     {"name": "", "kind": "cctld"}, {"name": "seed-b", "kind": "domestic", "country": "TG"}]') \g /dev/null
SELECT results_eq($$SELECT name, kind, country FROM target WHERE name LIKE 'seed-%' OR name = '' ORDER BY name$$,
                  $$VALUES ('seed-a', NULL, NULL), ('seed-b', 'cctld', 'BJ')$$, 'a target once, none without a name');
UPDATE target SET country = 'ML' WHERE name = 'seed-b';
INSERT INTO target (name) VALUES ('seed-met'), ('seed-own');
SELECT schedule_seed('{"tasks": [{"target": "seed-a", "kind": "ixp", "country": "BJ"}, {"check": "resolver"}, {"target": "seed-met"},
                                 {"target": "seed-b", "kind": "abroad", "country": "FR"}]}') \g /dev/null
SELECT results_eq($$SELECT name, kind, country FROM target WHERE name LIKE 'seed-_' ORDER BY name$$,
                  $$VALUES ('seed-a', 'ixp', 'BJ'), ('seed-b', 'cctld', 'ML')$$,
                  'a schedule tells what was not known, and changes nothing that was');
SELECT results_eq($$SELECT target FROM public_target WHERE target LIKE 'seed-%' ORDER BY target$$,
                  $$VALUES ('seed-a'), ('seed-b'), ('seed-met')$$, 'all that is named is ours; what a probe alone met is not');
SELECT lives_ok($$SELECT schedule_seed('{}')$$, 'a schedule without tasks has no targets');

SELECT country_seed('{"note": "of all", "XA": {"timezone": "Atlantic/Cape_Verde", "departments": [{"iso": "XA-1", "name": "Ouest"}],
    "operators": [{"name": "Un", "asns": [64500, 64501], "prefixes": ["198.51.100.0/24"]}, {"name": "Sans", "asns": [], "prefixes": ["203.0.113.0/24"]}],
    "cctld_servers": [{"name": "ns.nic.xa"}]}}') \g /dev/null
SELECT results_eq($$SELECT timezone FROM country WHERE iso = 'XA'$$, $$VALUES ('Atlantic/Cape_Verde')$$, 'its time zone');
SELECT results_eq($$SELECT iso, name FROM department WHERE country = 'XA'$$, $$VALUES ('XA-1', 'Ouest')$$, 'departments');
SELECT results_eq($$SELECT name, asns FROM operator WHERE country = 'XA' ORDER BY name$$,
                  $$VALUES ('Sans', '{}'::bigint[]), ('Un', '{64500,64501}')$$, 'operators');
SELECT results_eq($$SELECT prefix, asn FROM prefix_origin WHERE source = 'country-pack'$$,
                  $$VALUES ('198.51.100.0/24'::cidr, 64500::bigint)$$,
                  'prefixes, instead of those of the packs before; none of an operator without a number');
SELECT results_eq($$SELECT kind, country FROM target WHERE name = 'ns.nic.xa'$$, $$VALUES ('cctld', 'XA')$$,
                  'the servers of its domain');
SELECT country_seed('{"XA": {"timezone": "Africa/Dakar"}, "XB": {}}') \g /dev/null
SELECT results_eq($$SELECT iso, timezone FROM country WHERE iso LIKE 'X_'$$, $$VALUES ('XA', 'Africa/Dakar')$$,
                  'another time zone comes in its place, and one that no pack names is not known');
SELECT is_empty($$SELECT iso, timezone FROM country c WHERE NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = c.timezone)$$,
                'those of the packs are in the tz database');
SELECT ok(NOT has_function_privilege('internetmetre_ingest', 'country_seed(jsonb)', 'EXECUTE'), 'migrate alone seeds');
SELECT * FROM finish();
ROLLBACK;
