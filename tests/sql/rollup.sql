BEGIN;
SELECT plan(21);

CREATE TABLE result_rollup_test PARTITION OF result FOR VALUES FROM ('2031-01-01') TO ('2031-02-01');
INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
UPDATE probe SET simulated = true WHERE probe = 'bbbbbbbbbbbbbbbbbbbb';
INSERT INTO target (name) VALUES ('rollup-test-1'), ('rollup-test-2');
INSERT INTO task (name) VALUES ('rollup-test');
CREATE FUNCTION pg_temp.add(at timestamptz, who text, of_check text, of_target text, af int, of_outcome text, bytes int,
                            metrics real[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO result (at, batch_no, probe_no, target_no, task_no, bytes, check_no, ordinal, af, outcome, metrics)
    SELECT at, 1, p.probe_no, (SELECT target_no FROM target WHERE name = of_target), k.task_no, bytes, c.check_no, 0, af,
           o.outcome_no, metrics
    FROM probe p, task k, check_kind c, outcome o
    WHERE p.probe LIKE who || '%' AND k.name = 'rollup-test' AND c.name = of_check AND o.word = of_outcome;
    INSERT INTO rollup_dirty SELECT (at AT TIME ZONE 'UTC')::date, probe_no FROM probe WHERE probe LIKE who || '%';
$$;

DELETE FROM rollup_dirty;
SELECT is(rollup_some(100), 0, 'an empty list makes nothing');

-- dns: rt_ms, size, rcode. The last second of a day and the first of the next are two days, whatever the session's zone.
SET LOCAL TimeZone = 'Africa/Porto-Novo';
SELECT pg_temp.add('2031-01-05 00:00:00Z', 'a', 'dns', 'rollup-test-1', 4, 'ok', 100, '{10,64,0}');
SELECT pg_temp.add('2031-01-05 08:00:00Z', 'a', 'dns', 'rollup-test-1', 4, 'ok', 100, '{30,64,0}');
SELECT pg_temp.add('2031-01-05 23:59:59.999999Z', 'a', 'dns', 'rollup-test-1', 4, 'dns_error', 90, '{0.1,32,2}');
SELECT pg_temp.add('2031-01-05 09:00:00Z', 'a', 'dns', 'rollup-test-1', 4, 'timeout', 60, '{}');
SELECT pg_temp.add('2031-01-06 00:00:00Z', 'a', 'dns', 'rollup-test-1', 4, 'ok', 100, '{50,64,0}');
-- No target and no address; a row written when the check had fewer metrics.
SELECT pg_temp.add('2031-01-05 10:00:00Z', 'a', 'ping', NULL, NULL, 'denied', 0, '{}');
SELECT pg_temp.add('2031-01-05 11:00:00Z', 'b', 'dns', 'rollup-test-2', 6, 'ok', 100, '{0.1}');
SELECT pg_temp.add('2031-01-05 12:00:00Z', 'b', 'dns', 'rollup-test-2', 6, 'ok', 100, '{1e10,NULL,0}');
SELECT pg_temp.add('2031-01-05 13:00:00Z', 'b', 'dns', 'rollup-test-2', 6, 'ok', 100, '{0.7,80,0}');

SELECT is(rollup_some(5), 5, 'takes as many entries as it is told');
SELECT is(rollup_some(100), 4, 'and the rest next');
SELECT is((SELECT count(*) FROM rollup_dirty), 0::bigint, 'the list is empty then');
SELECT results_eq('SELECT year, why FROM indicator_dirty WHERE year = 2031', $$VALUES (2031, 'late')$$,
                  'the year asks for a refresh, because results came');

CREATE TEMP VIEW seen AS
    SELECT p.probe, c.name AS check_name, r.* FROM rollup_day r JOIN probe p USING (probe_no) JOIN check_kind c USING (check_no)
    WHERE r.day >= '2031-01-01';
SELECT results_eq($$SELECT ok, dns_error, timeout, measured, bytes FROM seen
                    WHERE probe LIKE 'a%' AND check_name = 'dns' AND day = '2031-01-05'$$,
                  'VALUES (2, 1, 1, 4, 350::bigint)', 'failures are counted, and in the denominator');
SELECT results_eq($$SELECT n[1], sum[1]::real, min[1], max[1], n[3] FROM seen
                    WHERE probe LIKE 'a%' AND check_name = 'dns' AND day = '2031-01-05'$$,
                  'VALUES (3, 40.1::real, 0.1::real, 30::real, 3)', 'a metric''s number, sum and range over what carried it');
SELECT results_eq($$SELECT ok, n[1] FROM seen WHERE probe LIKE 'a%' AND day = '2031-01-06'$$, 'VALUES (1, 1)',
                  'midnight UTC opens the next day');
SELECT results_eq($$SELECT denied, measured, target_no, af, n FROM seen WHERE check_name = 'ping'$$,
                  $$VALUES (1, 0, NULL::int, NULL::smallint, '{}'::int[])$$, 'what the probe could not do is no measurement');
SELECT results_eq($$SELECT simulated, n, sum[1] FROM seen WHERE probe LIKE 'b%'$$,
                  $$VALUES (true, '{3,1,2}'::int[], 0.1::real::float8 + 0.7::real::float8 + 1e10)$$,
                  'rows of fewer metrics count for those they have');

CREATE TEMP VIEW sketches AS
    SELECT p.probe, m.name AS metric, s.* FROM rollup_day_sketch s JOIN probe p USING (probe_no) JOIN metric m USING (check_no, position)
    WHERE s.day = '2031-01-05';
SELECT results_eq($$SELECT ok, buckets, counts FROM sketches WHERE probe LIKE 'a%' AND metric = 'rcode' ORDER BY ok$$,
                  $$VALUES (false, '{2}'::smallint[], '{1}'::int[]), (true, '{0}', '{2}')$$, 'a category keeps its codes');
SELECT results_eq($$SELECT ok, buckets, counts FROM sketches WHERE probe LIKE 'a%' AND metric = 'rt_ms' ORDER BY ok$$,
                  $$VALUES (false, ARRAY[sketch_bucket(0.1)], '{1}'::int[]),
                           (true, ARRAY[sketch_bucket(10), sketch_bucket(30)], '{1,1}')$$,
                  'ok results and the others are apart');
SELECT is((SELECT count(*) FROM sketches s JOIN metric m USING (check_no, position) WHERE m.kind = 'count'), 0::bigint,
          'counts have no sketch');

-- Idempotent, and equal when made again from rows in another order.
CREATE TEMP TABLE before_day AS SELECT * FROM rollup_day WHERE day >= '2031-01-01';
CREATE TEMP TABLE before_sketch AS SELECT * FROM rollup_day_sketch WHERE day >= '2031-01-01';
CREATE TEMP TABLE shuffled AS SELECT * FROM result WHERE at >= '2031-01-01' ORDER BY metrics DESC, at DESC;
DELETE FROM result WHERE at >= '2031-01-01';
INSERT INTO result SELECT * FROM shuffled;
SELECT is(rollup_mark('2031-01-01', '2031-01-31'), 3::bigint, 'every probe-day with results is listed');
DELETE FROM indicator_dirty;
SELECT is(rollup_some(100), 3, 'and made again');
SELECT results_eq('SELECT year, why FROM indicator_dirty', $$VALUES (2031, 'again')$$, 'which is no late result');
SELECT results_eq('SELECT * FROM rollup_day WHERE day >= ''2031-01-01'' ORDER BY 1, 2, 3, 4, 5',
                  'SELECT * FROM before_day ORDER BY 1, 2, 3, 4, 5', 'a rebuild gives equal days');
SELECT results_eq('SELECT * FROM rollup_day_sketch WHERE day >= ''2031-01-01'' ORDER BY 1, 2, 3, 4, 5, 6, 7',
                  'SELECT * FROM before_sketch ORDER BY 1, 2, 3, 4, 5, 6, 7', 'a rebuild gives equal sketches');

-- A late result changes its day; a day whose results are gone goes.
SELECT pg_temp.add('2031-01-06 05:00:00Z', 'a', 'dns', 'rollup-test-1', 4, 'blocked', 70, '{}');
DELETE FROM result r USING probe p WHERE p.probe_no = r.probe_no AND p.probe LIKE 'b%';
INSERT INTO rollup_dirty SELECT '2031-01-05', probe_no FROM probe WHERE probe LIKE 'b%';
SELECT is(rollup_some(100), 2, 'two days changed');
SELECT results_eq($$SELECT ok, blocked FROM seen WHERE probe LIKE 'a%' AND day = '2031-01-06'$$, 'VALUES (1, 1)',
                  'the late result is in');
SELECT is((SELECT count(*) FROM seen WHERE probe LIKE 'b%')
          + (SELECT count(*) FROM sketches WHERE probe LIKE 'b%'), 0::bigint, 'a day without results has no rollup');

SELECT * FROM finish();
ROLLBACK;
