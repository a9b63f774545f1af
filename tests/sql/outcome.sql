BEGIN;
SELECT plan(10);

CREATE TABLE result_outcome_test PARTITION OF result FOR VALUES FROM ('2031-01-01') TO ('2031-02-01');
INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa');
INSERT INTO target (name) VALUES ('outcome-test');
INSERT INTO task (name) VALUES ('outcome-test');
DELETE FROM rollup_dirty;
-- Each outcome has a day of its own, on which the same stands three times beside one good answer.
CREATE FUNCTION pg_temp.add(day date, of_check text, of_outcome text, metrics real[], times int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO result (at, batch_no, probe_no, target_no, task_no, bytes, check_no, ordinal, af, outcome, metrics)
    SELECT day::timestamp AT TIME ZONE 'UTC' + n * interval '1 hour', 1, p.probe_no, t.target_no, k.task_no, 1, c.check_no, n, 4,
           o.outcome_no, metrics
    FROM generate_series(1, times) n, probe p, task k, check_kind c, outcome o, target t
    WHERE p.probe LIKE 'aaa%' AND k.name = 'outcome-test' AND c.name = of_check AND o.word = of_outcome AND t.name = 'outcome-test';
    INSERT INTO rollup_dirty SELECT day, probe_no FROM probe WHERE probe LIKE 'aaa%';
$$;
CREATE TEMP TABLE turn (day date, check_name text, word text, metrics real[], failed float8, tried bigint);
-- dns: rt_ms, size, rcode. ping: rtt_p50_ms is the third, sent the seventh, rcvd the eighth.
INSERT INTO turn VALUES
    ('2031-01-01', 'dns', 'ok', '{10,64,0}', 0, 4), ('2031-01-02', 'dns', 'ok', '{10,64,3}', 0, 4),
    ('2031-01-03', 'dns', 'timeout', '{}', 75, 4), ('2031-01-04', 'dns', 'unreachable', '{}', 75, 4),
    ('2031-01-05', 'dns', 'refused', '{}', 75, 4), ('2031-01-06', 'dns', 'refused', '{9,64,5}', 75, 4),
    ('2031-01-07', 'dns', 'reset', '{}', 75, 4), ('2031-01-08', 'dns', 'tls_error', '{}', 75, 4),
    ('2031-01-09', 'dns', 'protocol_error', '{}', 75, 4), ('2031-01-10', 'dns', 'blocked', '{}', 75, 4),
    ('2031-01-11', 'dns', 'dns_error', '{9,64,2}', 75, 4), ('2031-01-12', 'dns', 'dns_error', '{}', 75, 4),
    ('2031-01-13', 'dns', 'partial', '{9,64,0}', 75, 4), ('2031-01-14', 'dns', 'dns_error', '{9,64,0}', 75, 4),
    ('2031-01-15', 'dns', 'ok', '{9,64,2}', 75, 4), ('2031-01-16', 'dns', 'ok', '{}', 75, 4),
    -- The box says these of itself.
    ('2031-01-17', 'dns', 'denied', '{}', 0, 1), ('2031-01-18', 'dns', 'skipped', '{}', 0, 1),
    ('2031-01-19', 'dns', 'error', '{9,64,2}', 0, 1),
    ('2031-01-01', 'ping', 'partial', '{1,1,1,1,1,0,10,5}', 37.5, 4), ('2031-01-03', 'ping', 'timeout', '{NULL,NULL,NULL,NULL,NULL,NULL,10,0}', 75, 4),
    ('2031-01-04', 'ping', 'unreachable', '{}', 75, 4), ('2031-01-05', 'ping', 'refused', '{}', 75, 4),
    ('2031-01-07', 'ping', 'reset', '{}', 75, 4), ('2031-01-09', 'ping', 'protocol_error', '{}', 75, 4),
    ('2031-01-10', 'ping', 'blocked', '{}', 75, 4), ('2031-01-11', 'ping', 'dns_error', '{}', 0, 1),
    ('2031-01-13', 'ping', 'ok', '{1,1,1,1,1,0,10,30}', 0, 4),
    -- A firewall of the box's own lets nothing out.
    ('2031-01-17', 'ping', 'denied', '{NULL,NULL,NULL,NULL,NULL,NULL,10,0}', 0, 1),
    ('2031-01-18', 'ping', 'skipped', '{}', 0, 1), ('2031-01-19', 'ping', 'error', '{}', 0, 1);
SELECT count(pg_temp.add(day, check_name, word, metrics, 3)) FROM turn \g /dev/null
SELECT count(pg_temp.add(day, check_name, 'ok', CASE check_name WHEN 'dns' THEN '{10,64,0}' ELSE '{1,1,1,1,1,0,10,10}' END::real[], 1))
FROM turn \g /dev/null
-- Nothing answers at all: not a packet could be sent.
SELECT pg_temp.add('2031-01-20', 'ping', 'unreachable', '{}', 3);
SELECT pg_temp.add('2031-01-20', 'dns', 'unreachable', '{}', 3);
SELECT pg_temp.add('2031-01-21', 'ping', 'dns_error', '{}', 3);
SELECT pg_temp.add('2031-01-21', 'dns', 'skipped', '{}', 3);
\ir plain/rollup.psql
SELECT ok(pg_temp.rollup_some(1000) > 0, 'days are made');

CREATE TEMP VIEW question AS
    SELECT day, percent_failed(sum(good), sum(tried)) AS failed, sum(tried) AS tried FROM day_question
    WHERE day BETWEEN '2031-01-01' AND '2031-01-31' GROUP BY day;
CREATE TEMP VIEW packet AS
    SELECT day, percent_failed(share_of(sum(rcvd), sum(sent)) * sum(counted), sum(tried)) AS failed, sum(tried) AS tried,
           sum(unnamed) AS unnamed FROM day_packet
    WHERE check_name = 'ping' AND day BETWEEN '2031-01-01' AND '2031-01-31' GROUP BY day;
SELECT results_eq($$SELECT q.day, t.word, q.failed, q.tried FROM question q JOIN turn t USING (day) WHERE t.check_name = 'dns' ORDER BY 1$$,
                  $$SELECT day, word, failed, tried FROM turn WHERE check_name = 'dns' ORDER BY 1$$,
                  'every outcome but a useful answer is a failed question');
SELECT results_eq($$SELECT q.day, t.word, q.failed, q.tried FROM packet q JOIN turn t USING (day) WHERE t.check_name = 'ping' ORDER BY 1$$,
                  $$SELECT day, word, failed, tried FROM turn WHERE check_name = 'ping' ORDER BY 1$$,
                  'a ping that could not be sent is lost');
SELECT results_eq($$SELECT failed FROM question WHERE day >= '2031-01-20' ORDER BY day$$, 'VALUES (100::float8), (NULL)',
                  'nothing useful is all of it, nothing tried is nothing');
SELECT results_eq($$SELECT failed, unnamed::int FROM packet WHERE day >= '2031-01-20' ORDER BY day$$, 'VALUES (100::float8, 0), (NULL, 3)',
                  'so with packets');
-- One that says that it sent a thousand million.
SELECT pg_temp.add('2031-01-22', 'ping', 'timeout', '{NULL,NULL,NULL,NULL,NULL,NULL,1e9,0}', 1);
SELECT pg_temp.add('2031-01-22', 'ping', 'ok', '{1,1,1,1,1,0,10,10}', 1);
SELECT pg_temp.rollup_some(1000) \g /dev/null
SELECT results_eq($$SELECT sum(sent)::float8, sum(believed)::float8 FROM day_packet WHERE day = '2031-01-22'$$,
                  'VALUES (1000000010::float8, 2000::float8)', 'no test is believed to be more than a thousand packets');
DELETE FROM result WHERE at >= '2031-01-22';
INSERT INTO rollup_dirty SELECT '2031-01-22', probe_no FROM probe WHERE probe LIKE 'aaa%';
SELECT pg_temp.rollup_some(1000) \g /dev/null
-- Three tests of a day's four gave no number, unless they did.
CREATE TEMP VIEW number AS
    SELECT day, coalesce(sum((SELECT sum(c) FROM unnest(counts) c)), 0)::int AS numbers, sum(failed)::int AS failed FROM day_number
    WHERE metric = 'rtt_p50_ms' AND check_name = 'ping' AND day BETWEEN '2031-01-01' AND '2031-01-31' GROUP BY day;
SELECT results_eq($$SELECT t.word, n.numbers, n.failed FROM number n JOIN turn t USING (day) WHERE t.check_name = 'ping' ORDER BY day$$,
                  $$VALUES ('partial', 4, 0), ('timeout', 1, 3), ('unreachable', 1, 3), ('refused', 1, 3), ('reset', 1, 3),
                           ('protocol_error', 1, 3), ('blocked', 1, 3), ('dns_error', 1, 3), ('ok', 4, 0), ('denied', 1, 0),
                           ('skipped', 1, 0), ('error', 1, 0)$$, 'what gives no number has failed, unless the box says so of itself');
SELECT results_eq($$SELECT numbers, failed FROM number WHERE day >= '2031-01-20' ORDER BY day$$, 'VALUES (0, 3), (0, 3)',
                  'on a day without any number as well');
SELECT is((SELECT count(*) FROM (SELECT failed FROM question UNION ALL SELECT failed FROM packet) AS all_of_them
           WHERE failed < 0 OR failed > 100), 0::bigint, 'no day passes the whole');
SELECT ok(has_table_privilege('internetmetre_analyst', 'day_question', 'SELECT') AND has_table_privilege('internetmetre_analyst', 'day_number', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'day_packet', 'SELECT'), 'for analysts alone');
SELECT * FROM finish();
ROLLBACK;
