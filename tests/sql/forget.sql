-- What a member typed is not found where their probe was forgotten; what it measured is.
BEGIN;
SELECT plan(7);

INSERT INTO probe (probe) SELECT rpad(who, 20, 'a') FROM unnest('{b,c}'::text[]) AS who;
INSERT INTO target (name) VALUES ('nas.family.home'), ('nas.two.home');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = rpad(who, 20, 'a') $$;
CREATE VIEW pg_temp.day AS
SELECT left(p.probe, 1) AS who, d.day, d.ok, trim(t.name) AS target, array_length(s.counts, 1) AS buckets
FROM rollup_day d JOIN probe p USING (probe_no) JOIN target t USING (target_no)
JOIN rollup_day_sketch s USING (day, probe_no, target_no) ORDER BY 1, 2, 3;

INSERT INTO rollup_day (day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset,
                        dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT '2026-01-01', pg_temp.no(who), 1, target_no, 4, 'agent', false, ok, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM (VALUES ('b', 'nas.family.home', 1), ('b', 'nas.two.home', 2), ('b', 'ns1.nic.bj', 3), ('c', 'nas.family.home', 4)) AS v (who, name, ok)
JOIN target USING (name);
INSERT INTO rollup_day_sketch SELECT day, probe_no, check_no, target_no, af, 1, true, '{1}', '{1}' FROM rollup_day;
INSERT INTO rollup_other (day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset,
                          dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
       protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max FROM rollup_day;
INSERT INTO rollup_other_sketch SELECT * FROM rollup_day_sketch;
INSERT INTO rollup_cell (source, simulated) VALUES ('agent', false);
INSERT INTO rollup_line SELECT DISTINCT day, probe_no, max(cell_no) FROM rollup_day, rollup_cell GROUP BY day, probe_no;
INSERT INTO rollup_watch
SELECT pg_temp.no('b'), day, 96, 3600000000, 600000000, 1, day + time '00:05', day + time '23:55', true, true, 600000000, 9, 0, 600000000, 9, 0
FROM (VALUES ('2026-01-01'::date), ('2026-01-02')) AS d (day);

SELECT probe_forget(rpad('b', 20, 'a')) \g /dev/null
SELECT results_eq('SELECT who, ok, target, buckets FROM pg_temp.day', $$VALUES ('b', 1, 'forgotten 2', 1), ('b', 2, 'forgotten 1', 1),
    ('b', 3, 'ns1.nic.bj', 1), ('c', 4, 'nas.family.home', 1)$$, 'its own targets have no names, and their days stay');
SELECT results_eq('SELECT day, probe_no FROM rollup_cell_dirty', $$SELECT '2026-01-01'::date, pg_temp.no('b')$$,
                  'and the days by cell that had the names are made again');
SELECT probe_forget(rpad('b', 20, 'a')), probe_forget(rpad('c', 20, 'a')) \g /dev/null
SELECT results_eq('SELECT who, ok, target FROM pg_temp.day', $$VALUES ('b', 1, 'forgotten 2'), ('b', 2, 'forgotten 1'),
    ('b', 3, 'ns1.nic.bj'), ('c', 4, 'forgotten 1')$$, 'once more changes nothing, and another''s are called the same');
SELECT is((SELECT count(*) FROM target WHERE target_no < 0), 2::bigint, 'there are no more such names than it takes');
SELECT is((SELECT count(*) FROM target WHERE target_no < 0 AND (ours OR length(name) <= 255)), 0::bigint,
          'which no probe can tell, and nobody is shown');
SELECT is((SELECT count(*) FROM rollup_other) + (SELECT count(*) FROM rollup_other_sketch), 0::bigint,
          'of other lines, of which no figure is made, nothing is left');
SELECT results_eq($$SELECT day, watched_us / 60000000, down_us / 60000000, cuts, num_nonnulls(first_at, last_at, from_midnight, to_midnight,
                           opens_us, opens_tests, opens_target, closes_us, closes_tests, closes_target) FROM rollup_watch ORDER BY day$$,
                  $$VALUES ('2026-01-01'::date, 60::bigint, 10::bigint, 1, 0), ('2026-01-02', 70, 20, 0, 0)$$,
                  'how long it was watched stays, with what went on over midnight, but not when');
SELECT * FROM finish();
ROLLBACK;
