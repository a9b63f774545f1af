BEGIN;
SELECT plan(9);

SET TIME ZONE 'UTC';
-- A probe, the days on which it gave a result, the day on which it was taken away, and that on which its surroundings end.
CREATE FUNCTION pg_temp.add(who text, days date[], revoked date DEFAULT NULL, moved date DEFAULT NULL, of_source text DEFAULT 'agent')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    no int;
BEGIN
    INSERT INTO probe (probe, source, revoked_at, revoked_reason)
    VALUES (rpad(who, 20, 'z'), of_source, revoked + time '15:00', CASE WHEN revoked IS NOT NULL THEN 'left' END) RETURNING probe_no INTO no;
    INSERT INTO probe_context (probe_no, country, valid_from, valid_to, consent_version)
    VALUES (no, 'BJ', '2031-01-01', coalesce(moved + time '09:00', 'infinity'), 'tests');
    INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                            tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
    SELECT day, no, 1, of_source, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, '{}', '{}', '{}', '{}' FROM unnest(days) AS day;
END
$$;
CREATE FUNCTION pg_temp.expected(first date, last date) RETURNS TABLE (who text, first_day date, last_day date, silent boolean)
LANGUAGE sql AS $$
    SELECT rtrim(p.probe, 'z'), e.first_day, e.last_day, e.silent FROM probe_expected(first, last) e JOIN probe p USING (probe_no)
    WHERE p.probe ~ 'zzz$' ORDER BY 1
$$;
SELECT pg_temp.add('whole', '{2032-01-01,2032-12-31}');
SELECT pg_temp.add('older', '{2031-05-01,2032-06-01,2032-12-18}');
SELECT pg_temp.add('dead', '{2032-03-05,2032-12-17}');
SELECT pg_temp.add('left', '{2032-03-05,2032-06-10}', '2032-06-10');
SELECT pg_temp.add('later', '{2032-03-05,2032-06-10}', '2033-01-02');
SELECT pg_temp.add('replaced', '{2032-03-05,2032-04-10}', NULL, '2032-04-20');
SELECT pg_temp.add('other', '{2032-03-05}', NULL, NULL, 'atlas');
SELECT pg_temp.add('none', '{2031-03-05}');

SELECT results_eq($$SELECT who, first_day, last_day FROM pg_temp.expected('2032-01-01', '2032-12-31')$$,
                  $$VALUES ('dead', date '2032-03-05', date '2032-12-31'), ('later', '2032-03-05', '2032-12-31'),
                           ('left', '2032-03-05', '2032-06-09'), ('older', '2032-01-01', '2032-12-31'), ('other', '2032-03-05', '2032-03-05'),
                           ('replaced', '2032-03-05', '2032-04-19'), ('whole', '2032-01-01', '2032-12-31')$$,
                  'from the first day on, to the day before it was taken away, or to where its source ends');
SELECT results_eq($$SELECT who FROM pg_temp.expected('2032-01-01', '2032-12-31') WHERE silent$$, $$VALUES ('dead'), ('later')$$,
                  'silent: nothing on the last fourteen days, and still there');
SELECT results_eq($$SELECT who, last_day, silent FROM pg_temp.expected('2032-01-01', '2032-06-30') WHERE who IN ('left', 'older', 'dead', 'whole')$$,
                  $$VALUES ('dead', date '2032-06-10', true), ('left', '2032-06-09', false), ('older', '2032-06-10', false),
                           ('whole', '2032-06-10', true)$$,
                  'a collector that stood still expects nothing');
SELECT results_eq($$SELECT who FROM pg_temp.expected('2031-01-01', '2031-12-31')$$, $$VALUES ('none'), ('older')$$,
                  'who gave nothing is not spoken of');

-- Boxes whose epochs are told, as boots: from when to when each was on.
CREATE FUNCTION pg_temp.on(who text, VARIADIC boots tstzrange[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO boot (probe_no, boot, offset_us, batch_no)
    SELECT p.probe_no, n, extract(epoch FROM lower(b)) * 1000000, 1 FROM unnest(boots) WITH ORDINALITY AS u (b, n), probe p WHERE p.probe = rpad(who, 20, 'z');
    INSERT INTO epoch (probe_no, boot, mono)
    SELECT p.probe_no, n, int8multirange(int8range(0, 60000000), int8range(120000000, (extract(epoch FROM upper(b) - lower(b)) * 1000000)::bigint))
    FROM unnest(boots) WITH ORDINALITY AS u (b, n), probe p WHERE p.probe = rpad(who, 20, 'z');
$$;
-- One without power for a week, one from the fifth of December until after the year, one of which nothing is known since, one that
-- was on the whole time, and one that hung on a phone at the end.
SELECT pg_temp.add(who, days) FROM (VALUES
    ('week', '{2032-03-05,2032-03-20,2032-12-31}'::date[]), ('dark', '{2032-03-05,2032-12-05}'), ('lost', '{2032-03-05,2032-12-05}'),
    ('idler', '{2032-03-05,2032-12-05}'), ('phone', '{2032-03-05,2032-12-05}')) AS v (who, days) \g /dev/null
SELECT pg_temp.on('week', '[2032-03-01,2032-03-10 08:00]', '[2032-03-10 09:00,2032-03-10 18:00]', '[2032-03-17 23:00,2033-02-01]') \g /dev/null
SELECT pg_temp.on('dark', '[2032-03-01,2032-12-05 12:00]', '[2033-01-03,2033-02-01]') \g /dev/null
SELECT pg_temp.on('lost', '[2032-03-01,2032-12-05 12:00]') \g /dev/null
SELECT pg_temp.on('idler', '[2032-03-01,2033-02-01]') \g /dev/null
INSERT INTO boot (probe_no, boot, offset_us, batch_no) -- which told no epochs
SELECT p.probe_no, 'x', extract(epoch FROM '2033-01-03Z'::timestamptz) * 1000000, 1 FROM probe p WHERE p.probe = rpad('lost', 20, 'z');
INSERT INTO rollup_other (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                          protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT d, p.probe_no, 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM probe p, generate_series('2032-12-05'::date, '2032-12-31', '1 day') d WHERE p.probe = rpad('phone', 20, 'z');
SELECT results_eq($$SELECT rtrim(p.probe, 'z'), i.days FROM probe_idle('2032-01-01', '2032-12-31') i JOIN probe p USING (probe_no) ORDER BY 1$$,
                  $$VALUES ('dark', '{[2032-12-06,2033-01-01)}'::datemultirange), ('phone', '{[2032-12-06,2033-01-01)}'),
                           ('week', '{[2032-03-11,2032-03-17)}')$$,
                  'whole days between two boots, or on another line alone: within a boot there was power');
SELECT results_eq($$SELECT who FROM pg_temp.expected('2032-01-01', '2032-12-31') WHERE silent AND who IN ('week', 'dark', 'lost', 'idler', 'phone')$$,
                  $$VALUES ('idler'), ('lost')$$, 'who had no power, or hung on a phone, is not silent');
SELECT results_eq($$SELECT days_before('{[2032-03-11,2032-03-17),[2032-12-06,2033-01-01)}', d) FROM
                    unnest('{2032-03-11,2032-03-12,2032-03-17,2032-12-06,2033-01-01,2033-05-05}'::date[]) d$$,
                  'VALUES (0), (1), (6), (6), (32), (32)', 'days before a day');
SELECT results_eq($$SELECT n, part_step(n), count_step(n) FROM unnest('{0,1,2,4,5,12,49}'::bigint[]) n$$,
                  $$VALUES (0::bigint, 0::bigint, 0::bigint), (1, 1, 1), (2, 1, 2), (4, 1, 2), (5, 5, 5), (12, 10, 10), (49, 20, 20)$$,
                  'how many are silent, in steps');
SELECT is_empty($$SELECT n FROM (SELECT generate_series(0, 1200)::bigint UNION SELECT (x * 10 ^ e)::bigint + d FROM unnest('{1,2,5}'::bigint[]) x,
                      generate_series(3, 9) e, generate_series(-1, 1) d) AS counted (n), LATERAL (SELECT (10 ^ (length(n::text) - 1))::bigint AS m) l
                  WHERE count_step(n) <> m * CASE WHEN n >= 5 * m THEN 5 WHEN n >= 2 * m THEN 2 WHEN n > 0 THEN 1 ELSE 0 END$$,
                'a step is the largest of 1, 2 and 5 with zeros behind it that there are');
SELECT * FROM finish();
ROLLBACK;
