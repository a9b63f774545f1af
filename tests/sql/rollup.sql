BEGIN;
SELECT plan(13);

-- Which days are made again. What they come to is the collector's (tests/e2e/test_rollup.py).
CREATE TABLE result_rollup_test PARTITION OF result FOR VALUES FROM ('2031-01-01') TO ('2031-02-01');
INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
UPDATE probe SET simulated = true WHERE probe = 'bbbbbbbbbbbbbbbbbbbb';
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = repeat(who, 20) $$;
CREATE FUNCTION pg_temp.list(day date, who text, again boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_dirty (day, probe_no, again) VALUES (day, pg_temp.no(who), again)
$$;
CREATE VIEW pg_temp.days AS SELECT day, left(p.probe, 1) AS who FROM rollup_day JOIN probe p USING (probe_no) WHERE day >= '2031-01-01';
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                        protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT d, p.probe_no, 2, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, '{}', '{}', '{}', '{}'
FROM probe p, generate_series('2031-01-05'::date, '2031-01-07', '1 day') d WHERE p.probe ~ '^(a+|b+)$';

DELETE FROM rollup_dirty;
DELETE FROM indicator_dirty;
SELECT is_empty('SELECT * FROM rollup_take(100)', 'an empty list gives nothing');
SELECT pg_temp.list('2031-01-06', 'a', false) FROM generate_series(1, 96) \g /dev/null
SELECT pg_temp.list('2031-01-05', 'b', false) \g /dev/null
SELECT pg_temp.list('2031-01-05', 'a', true) \g /dev/null
SELECT results_eq('SELECT day, source, simulated, late FROM rollup_take(2)',
                  $$VALUES ('2031-01-05'::date, 'agent', false, false), ('2031-01-05', 'agent', true, false)$$,
                  'as many probe-days as it is told, the earliest first');
SELECT results_eq('SELECT year, why FROM indicator_dirty ORDER BY why', $$VALUES (2031, 'again'), (2031, 'late')$$,
                  'their year asks for a refresh, and says why');
SELECT results_eq('SELECT * FROM pg_temp.days ORDER BY 1, 2',
                  $$VALUES ('2031-01-06'::date, 'a'), ('2031-01-06', 'b'), ('2031-01-07', 'a'), ('2031-01-07', 'b')$$,
                  'what was made of them is gone, and nothing else');
SELECT is((SELECT count(*) FROM rollup_dirty), 96::bigint, 'the others are on the list still');
SELECT is((SELECT count(*) FROM rollup_take(100)), 1::bigint, 'a probe-day is taken once, however often it is listed');
SELECT is((SELECT count(*) FROM rollup_dirty), 0::bigint, 'and the list is empty then');

-- The day before, which did not know yet that the box was on until midnight.
INSERT INTO boot (probe_no, boot, offset_us, batch_no) SELECT pg_temp.no('a'), 'b', extract(epoch FROM '2031-03-06Z'::timestamptz) * 1000000, 1;
INSERT INTO epoch (probe_no, boot, mono) VALUES (pg_temp.no('a'), 'b', '{[0,86220000000)}'); -- to 23:57
CREATE FUNCTION pg_temp.listed_with(of_day date) RETURNS SETOF date LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rollup_dirty;
    PERFORM pg_temp.list(of_day, 'a', false);
    PERFORM rollup_take(100);
    INSERT INTO rollup_watch (probe_no, day, tests, watched_us, down_us, cuts, last_at, to_midnight)
    VALUES (pg_temp.no('a'), '2031-03-06', 9, 9, 0, 0, '2031-03-06 23:57Z', false) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT day FROM rollup_dirty;
END
$$;
SELECT is_empty($$SELECT pg_temp.listed_with('2031-03-06')$$, 'a day by itself');
SELECT is_empty($$SELECT pg_temp.listed_with('2031-03-07')$$, 'nor with the day after, while nothing says that the box was on');
UPDATE epoch SET mono = '{[0,90000000000)}' WHERE probe_no = pg_temp.no('a');
SELECT results_eq($$SELECT pg_temp.listed_with('2031-03-07')$$, $$VALUES ('2031-03-06'::date)$$, 'once something does it is made again');
DELETE FROM rollup_dirty;

-- A month that retention took.
INSERT INTO retained (parent, month, folder, rows) VALUES ('result', '2031-01-01', 'somewhere', 7);
DELETE FROM indicator_dirty;
SELECT pg_temp.list('2031-01-07', 'a', false) \g /dev/null
SELECT results_eq('SELECT late FROM rollup_take(100)', 'VALUES (true)', 'what comes later than that is late');
SELECT ok(EXISTS (SELECT FROM rollup_late WHERE day = '2031-01-07' AND probe_no = pg_temp.no('a') AND NOT told)
          AND EXISTS (SELECT FROM pg_temp.days WHERE day = '2031-01-07' AND who = 'a') AND NOT EXISTS (SELECT FROM indicator_dirty),
          'it is listed, and its day and the figures stay');

INSERT INTO task (name) VALUES ('rollup-test');
INSERT INTO result (at, batch_no, probe_no, task_no, bytes, check_no, ordinal, outcome, metrics)
SELECT a::timestamptz, 1, pg_temp.no('a'), task_no, 1, 2, 0, 0, '{}' FROM task,
       unnest(ARRAY['2031-01-05 00:00:00Z', '2031-01-05 23:59:59.999999Z', '2031-01-06 00:00:00Z', '2031-01-09 12:00:00Z']) a
WHERE name = 'rollup-test';
SELECT is(rollup_mark('2031-01-05', '2031-01-06'), 2::bigint, 'every probe-day with results is listed, in UTC');

SELECT * FROM finish();
ROLLBACK;
