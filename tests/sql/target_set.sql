BEGIN;
SELECT plan(24);

SELECT country_seed('{"note": "of all", "XA": {
    "operators": [{"name": "Un", "asns": [64500], "prefixes": ["198.51.100.0/24"]}, {"name": "Deux", "asns": [64501], "prefixes": ["203.0.113.0/24"]},
                  {"name": "Trois", "asns": [64502]}],
    "targets": {"version": 1, "domestic": [{"name": "one.xa", "operator": "Un", "kind": "cctld"}, {"name": "free.xa", "operator": null, "kind": "domestic"}],
                "abroad": [{"name": "paris.example", "place": "Paris", "unicast": true}, {"name": "any.example", "place": "everywhere", "unicast": false}]}},
    "XB": {}}') \g /dev/null
INSERT INTO operator (country, name) VALUES ('XA', 'nobody knows');
SELECT results_eq($$SELECT scope, target, operator, place FROM target_member WHERE country = 'XA' ORDER BY scope, target$$,
                  $$VALUES ('abroad', 'paris.example', NULL, 'Paris'), ('domestic', 'free.xa', NULL, NULL), ('domestic', 'one.xa', 'Un', NULL)$$,
                  'the members; what answers from everywhere is nowhere abroad');
SELECT results_eq($$SELECT name, kind, country FROM target WHERE name IN ('one.xa', 'paris.example') ORDER BY name$$,
                  $$VALUES ('one.xa', 'cctld', 'XA'), ('paris.example', 'abroad', NULL)$$, 'are targets');
SELECT results_eq($$SELECT scope, version, targets, lacking FROM public_target_set WHERE country = 'XA' ORDER BY scope$$,
                  $$VALUES ('abroad', 1, 'paris.example (Paris)', NULL), ('domestic', 1, 'free.xa, one.xa (Un)', 'Deux, Trois')$$,
                  'in words, with the networks that lack one; a name that a member typed is not told');
SELECT is(target_set_in('XA', 1999), 1, 'the first set is for all years');
SELECT is(target_set_in('XB', 2026), NULL, 'a pack without a set has none');

-- Lines of Un and Deux, which ping both, and a target that is in no set.
INSERT INTO probe (probe) VALUES (repeat('a', 20)), (repeat('b', 20)), (repeat('c', 20));
INSERT INTO probe_context (probe_no, valid_from, country, operator_no, consent_version)
SELECT p.probe_no, '2019-01-01', CASE WHEN p.probe LIKE 'c%' THEN 'XB' ELSE 'XA' END, o.operator_no, '1'
FROM probe p LEFT JOIN operator o ON o.country = 'XA' AND o.name = CASE WHEN p.probe LIKE 'a%' THEN 'Un' WHEN p.probe LIKE 'b%' THEN 'Deux' END
WHERE p.probe ~ '^(a+|b+|c+)$';
INSERT INTO target (name, kind, country) VALUES ('other.xa', 'domestic', 'XA'), ('new.xa', 'domestic', 'XA');
INSERT INTO task (name) VALUES ('set') ON CONFLICT DO NOTHING;
SELECT partition_make('result', '2020-03-01') \g /dev/null
INSERT INTO result (at, batch_no, probe_no, target_no, task_no, bytes, check_no, ordinal, af, outcome, addr, metrics)
SELECT '2020-03-01T10:00:00Z', 0, p.probe_no, t.target_no, (SELECT task_no FROM task WHERE name = 'set'), 100,
       (SELECT check_no FROM check_kind WHERE name = 'ping'), 0, 4, 0,
       CASE t.name WHEN 'one.xa' THEN '198.51.100.7' WHEN 'free.xa' THEN '203.0.113.7' ELSE '192.0.2.7' END::inet,
       (SELECT array_agg(CASE WHEN m.name LIKE 'rtt%' THEN 10 WHEN m.name IN ('sent', 'rcvd') THEN 5 END ORDER BY m.position)::real[]
        FROM metric m JOIN check_kind k USING (check_no) WHERE k.name = 'ping')
FROM probe p, target t
WHERE p.probe ~ '^(a+|b+|c+)$' AND t.name IN ('one.xa', 'free.xa', 'other.xa', 'new.xa', 'paris.example', 'any.example');
INSERT INTO rollup_dirty (day, probe_no) SELECT '2020-03-01', probe_no FROM probe WHERE probe ~ '^(a+|b+|c+)$';
\ir plain/rollup.psql
SELECT pg_temp.rollup_some(100) \g /dev/null
SELECT results_eq($$SELECT t.name, o.asns FROM rollup_day_origin o JOIN target t USING (target_no) JOIN probe p USING (probe_no)
                    WHERE p.probe LIKE 'a%' AND o.day = '2020-03-01' ORDER BY t.name$$,
                  $$VALUES ('free.xa', '{64501}'::bigint[]), ('one.xa', '{64500}')$$,
                  'where targets of a set were found; nothing of others, or of an address that is nobody''s');
CREATE VIEW pg_temp.measured AS
SELECT s.scope, left(p.probe, 1) AS probe, b.own, sum((SELECT sum(c) FROM unnest(b.counts) c))::bigint AS n
FROM (VALUES ('domestic'), ('abroad')) AS s (scope)
CROSS JOIN LATERAL target_bucket('2020-01-01', '2021-01-01', s.scope) b
JOIN probe p USING (probe_no)
GROUP BY s.scope, left(p.probe, 1), b.own;
SELECT results_eq($$SELECT probe, own, n FROM pg_temp.measured WHERE scope = 'domestic' ORDER BY probe, own$$,
                  $$VALUES ('a', false, 1::bigint), ('a', true, 1), ('b', false, 1), ('b', true, 1)$$,
                  'only the set, of the own country; own by what the pack says, and by where the address is');
SELECT results_eq($$SELECT probe, own, n FROM pg_temp.measured WHERE scope = 'abroad' ORDER BY probe$$,
                  $$VALUES ('a', false, 1::bigint), ('b', false, 1)$$, 'abroad is what answers from one place');
UPDATE probe_context SET operator_no = (SELECT operator_no FROM operator WHERE country = 'XA' AND name = 'Deux') WHERE country = 'XA';
DROP TABLE pg_temp.place_year; -- as another transaction would have it
SELECT results_eq($$SELECT probe, own, n FROM pg_temp.measured WHERE scope = 'domestic' AND probe = 'a' ORDER BY own$$,
                  $$VALUES ('a', false, 1::bigint), ('a', true, 1)$$, 'as the operator is known now');

-- Another set.
CREATE FUNCTION pg_temp.seed(set text) RETURNS void LANGUAGE sql AS $$
    SELECT target_set_seed(jsonb_build_object('XA', jsonb_build_object('targets', set::jsonb)))
$$;
SELECT pg_temp.seed('{"version": 1, "domestic": [{"name": "new.xa", "kind": "domestic"}], "abroad": []}') \g /dev/null
SELECT is((SELECT count(*) FROM target_member WHERE country = 'XA'), 3::bigint, 'a version that is known changes no more');
SELECT pg_temp.seed('{"version": 2, "domestic": [{"name": "new.xa", "kind": "domestic"}], "abroad": []}') \g /dev/null
SELECT is(target_set_in('XA', extract(year FROM now())::int), 1, 'another one is not for the year that has begun');
SELECT is(target_set_in('XA', extract(year FROM now())::int + 1), 2, 'but for the next');
DELETE FROM indicator_dirty;
INSERT INTO indicator (indicator, name_fr, name_en, unit, better, status, nature, kind, method_version, definition_fr, definition_en, target_set)
VALUES ('SET1', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'measured', 3, 'd', 'd', 'domestic'),
       ('SET2', 'f', 'f', 'ms', 'low', 'adopted', 'quantitative', 'measured', 3, 'd', 'd', NULL);
INSERT INTO told_cell SELECT i, y, 0, 3, '["XA", "measured", null, null, null, null]', '2021-01-31'
FROM unnest(ARRAY['SET1', 'SET2']) i, unnest(ARRAY['2019', '2020']) y;
INSERT INTO told_cell VALUES ('SET1', '2020', 1, 3, '["XB", "measured", null, null, null, null]', '2021-01-31');
INSERT INTO told_change (indicator, country, source, to_period, method_version, lines)
SELECT i, c, 'measured', y, 3, '{}' FROM unnest(ARRAY['SET1', 'SET2']) i, unnest(ARRAY['XA', 'XB']) c, unnest(ARRAY['2019', '2020']) y;
SELECT pg_temp.seed('{"version": 3, "since": 2020, "domestic": [{"name": "new.xa", "kind": "domestic"}], "abroad": []}') \g /dev/null
SELECT results_eq($$SELECT target_set_in('XA', y) FROM generate_series(2019, 2020) y$$, $$VALUES (1), (3)$$, 'or from the year that it says');
SELECT ok(EXISTS (SELECT FROM indicator_dirty WHERE year = 2020), 'whose figures are made again');
SELECT results_eq('SELECT indicator, period, cell, method_version FROM told_cell ORDER BY 1, 2, 3',
                  $$VALUES ('SET1', '2019', 0, 3), ('SET1', '2020', 0, 0), ('SET1', '2020', 1, 3), ('SET2', '2019', 0, 3), ('SET2', '2020', 0, 3)$$,
                  'as by another method, and what was told is not forgotten, nor is another country touched');
SELECT results_eq('SELECT indicator, country, to_period FROM told_change WHERE method_version = 0', $$VALUES ('SET1', 'XA', '2020')$$,
                  'changes are of another method as well');
SELECT results_eq($$SELECT probe, own, n FROM pg_temp.measured WHERE scope = 'domestic' ORDER BY probe$$,
                  $$VALUES ('a', false, 1::bigint), ('b', false, 1)$$, 'to the new ones alone');

-- Figures: which set they were measured to, and that two sets are not compared.
INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, floor, method_version, retrieved)
SELECT i, y, 'p50', 'XA', 'measured', true, 1, 'ms', 'met', 3, '2021-01-31'
FROM unnest(ARRAY['SET1', 'SET2']) i, unnest(ARRAY['2018', '2019', '2020']) y;
SELECT target_set_note(y) FROM generate_series(2018, 2020) y \g /dev/null
SELECT results_eq($$SELECT indicator, period, method, target_set FROM public_indicator WHERE indicator LIKE 'SET_' ORDER BY 1, 2$$,
                  $$VALUES ('SET1', '2018', '3/targets 1', 1), ('SET1', '2019', '3/targets 1', 1), ('SET1', '2020', '3/targets 3', 3),
                           ('SET2', '2018', NULL, NULL), ('SET2', '2019', NULL, NULL), ('SET2', '2020', NULL, NULL)$$,
                  'a figure says to which set it was measured');
SELECT results_eq($$SELECT i, y, (SELECT c.why FROM change_years(i, 'p50', y) c) FROM unnest(ARRAY['SET1', 'SET2']) i, unnest(ARRAY[2019, 2020]) y
                    ORDER BY 1, 2$$,
                  $$VALUES ('SET1', 2019, NULL), ('SET1', 2020, 'method'), ('SET2', 2019, NULL), ('SET2', 2020, NULL)$$,
                  'years of two sets are not compared');
SELECT target_set_note(2019) \g /dev/null
UPDATE indicator_value SET target_set = 1 WHERE indicator = 'SET1' AND period = '2020';
SELECT target_set_note(2020) \g /dev/null
SELECT is((SELECT target_set FROM indicator_value WHERE indicator = 'SET1' AND period = '2020'), 1, 'a figure that stands keeps its own');

-- Targets of another kind: the days of lines that measured to them are made again.
INSERT INTO target (name, kind) SELECT 'many' || n, 'domestic' FROM generate_series(1, 201) n;
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'XA');
INSERT INTO rollup_cell_day
SELECT '2020-03-01', (SELECT max(cell_no) FROM rollup_cell), 1, 1, 'target', NULL, t.target_no, ARRAY[p.probe_no], '{2}', '{10}'
FROM target t, probe p WHERE t.name LIKE 'many%' AND p.probe LIKE 'a%';
CREATE FUNCTION pg_temp.readings() RETURNS bigint LANGUAGE sql AS $$
    SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables WHERE relname = 'rollup_cell_day'
$$;
CREATE FUNCTION pg_temp.readings_of(change text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint := pg_temp.readings();
BEGIN
    DELETE FROM rollup_cell_dirty;
    EXECUTE change;
    RETURN pg_temp.readings() - before;
END
$$;
SELECT is(pg_temp.readings_of($$UPDATE target SET kind = 'beacon' WHERE name = 'many201'$$), 1::bigint, 'for one, days are read once');
SELECT is(pg_temp.readings_of($$UPDATE target SET kind = 'beacon' WHERE name LIKE 'many%'$$), 1::bigint, 'and once for two hundred');
SELECT results_eq($$SELECT day, left(probe, 1) FROM rollup_cell_dirty d JOIN probe USING (probe_no) WHERE d.probe_no <> 0$$,
                  $$VALUES ('2020-03-01'::date, 'a')$$, 'a line''s day is on the list once');
SELECT is(pg_temp.readings_of($$UPDATE target SET kind = kind, country = 'XA' WHERE name LIKE 'many%'$$), 0::bigint, 'not at all where no kind is another');
SELECT * FROM finish();
ROLLBACK;
