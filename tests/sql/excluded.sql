BEGIN;
SELECT plan(3);

INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by, revoked_at, revoked_reason, simulated)
SELECT rpad(name, 20, 'k'), '2019-01-01'::timestamptz, confirmed::timestamptz, CASE WHEN confirmed IS NOT NULL THEN 'tests' END, revoked::timestamptz, reason, simulated
FROM (VALUES ('a', '2019-01-01', NULL, NULL, false), ('b', NULL, NULL, NULL, false), ('c', NULL, NULL, NULL, false),
             ('d', '2019-01-01', '2020-06-01', 'doubt', false), ('e', '2019-01-01', '2020-06-01', 'left', false),
             ('f', NULL, NULL, NULL, true)) AS p (name, confirmed, revoked, reason, simulated);
CREATE FUNCTION pg_temp.no(name text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = rpad(name, 20, 'k') $$;
CREATE FUNCTION pg_temp.days(of_table regclass, name text, first date, last date, check_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
        SELECT d::date, $1, k.check_no, ''agent'', $2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ''{}'', ''{}'', ''{}'', ''{}''
        FROM generate_series($3::timestamp, $4, interval ''1 day'') d, check_kind k WHERE k.name = $5', of_table)
    USING pg_temp.no(name), name = 'f', first, last, check_name;
END $$;
SELECT pg_temp.days('rollup_day', name, '2020-03-01', '2020-03-10', 'dns') FROM (VALUES ('a'), ('b'), ('c'), ('d'), ('e'), ('f')) AS p (name) \g /dev/null
SELECT pg_temp.days('rollup_day', 'b', '2020-12-31', '2021-01-02', 'dns'), pg_temp.days('rollup_day', 'b', '2020-05-01', '2020-05-09', 'ping'),
       pg_temp.days('rollup_other', 'a', '2020-04-01', '2020-04-02', 'dns') \g /dev/null
INSERT INTO rollup_late (day, probe_no) VALUES ('2020-02-01', pg_temp.no('e')), ('2020-02-02', pg_temp.no('e')), ('2019-02-02', pg_temp.no('e')),
    ('2020-02-03', pg_temp.no('f'));
INSERT INTO batch_key (probe_no, hash, chain, seq, received_at, sealed_at, mono_us, boot, sync, agent, results)
SELECT pg_temp.no(name), sha256((name || n)::bytea), 'c', n, '2019-12-31 12:00Z'::timestamptz + n * interval '1 day', now(), 1, 'b', true, '1', 1
FROM generate_series(0, 2) n, unnest('{a,f}'::text[]) name;
INSERT INTO result_problem (batch_no, probe_no, ordinal, reason, detail)
SELECT b.batch_no, b.probe_no, o, CASE o WHEN 0 THEN 'clock' ELSE 'out_of_range' END, 'd'
FROM batch_key b, generate_series(0, 2) o WHERE b.probe_no IN (pg_temp.no('a'), pg_temp.no('f'));

SELECT results_eq($$SELECT * FROM excluded(2020, 'dns')$$,
                  $$VALUES ('clock', 1::bigint, NULL::bigint, 2::bigint), ('late', 1, 2, NULL), ('other_line', 1, 2, NULL),
                           ('out_of_range', 1, NULL, 4), ('refused', 1, 10, NULL), ('waits', 2, 21, NULL)$$,
                  'probes that do not count, days that do not, results that do not: of this year and this check');
SELECT results_eq($$SELECT * FROM excluded(2020, 'ping') WHERE n_results IS NULL$$, $$VALUES ('late', 1::bigint, 2::bigint, NULL::bigint), ('waits', 1, 9, NULL)$$,
                  'of another check');
SELECT is_empty($$SELECT * FROM excluded(2018, 'dns')$$, 'an empty year leaves nothing out');
SELECT * FROM finish();
ROLLBACK;
