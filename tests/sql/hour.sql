BEGIN;
SELECT plan(10);

SELECT is((SELECT count(*) FROM generate_series(hour_first(), (now() AT TIME ZONE 'UTC')::date, '1 day')), 90::bigint, 'hours of 90 days with today');
SELECT results_eq($$SELECT zone, local_time('2026-11-22 00:00Z', zone) FROM (VALUES (1, 'Africa/Porto-Novo'), (2, 'Atlantic/Cape_Verde'), (3, 'UTC'),
                      (4, 'Asia/Kolkata'), (5, 'America/St_Johns'), (6, NULL)) AS z (n, zone) ORDER BY n$$,
                  $$VALUES ('Africa/Porto-Novo', '2026-11-22T01:00:00+01:00'), ('Atlantic/Cape_Verde', '2026-11-21T23:00:00-01:00'),
                           ('UTC', '2026-11-22T00:00:00+00:00'), ('Asia/Kolkata', '2026-11-22T05:30:00+05:30'),
                           ('America/St_Johns', '2026-11-21T20:30:00-03:30'), (NULL, NULL)$$, 'what clocks show, and how far they are ahead');
SELECT results_eq($$SELECT local_time(m::timestamptz, 'Europe/Paris') FROM unnest(ARRAY['2026-10-25 00:00Z', '2026-10-25 01:00Z']) m$$,
                  $$VALUES ('2026-10-25T02:00:00+02:00'), ('2026-10-25T02:00:00+01:00')$$, 'an hour that comes twice is two');

-- Where buckets of hours went wrong: TimescaleDB's issues 8998, 9136 (clocks put back) and 4392 (put on), and days ahead of everybody.
SELECT results_eq($$SELECT local_time(m::timestamptz, zone) FROM (VALUES (1, '2026-11-01 05:30Z', 'America/New_York'), (2, '2026-11-01 06:30Z', 'America/New_York'),
                      (3, '2024-04-06 15:15Z', 'Australia/Sydney'), (4, '2024-04-06 16:15Z', 'Australia/Sydney'), (5, '2022-03-27 00:59Z', 'Europe/London'),
                      (6, '2022-03-27 01:00Z', 'Europe/London'), (7, '2024-02-29 11:00Z', 'Pacific/Tongatapu'), (8, '2024-04-06 15:00Z', 'Australia/Lord_Howe')) AS t (n, m, zone) ORDER BY n$$,
                  $$VALUES ('2026-11-01T01:30:00-04:00'), ('2026-11-01T01:30:00-05:00'), ('2024-04-07T02:15:00+11:00'), ('2024-04-07T02:15:00+10:00'),
                           ('2022-03-27T00:59:00+00:00'), ('2022-03-27T02:00:00+01:00'), ('2024-03-01T00:00:00+13:00'), ('2024-04-07T01:30:00+10:30')$$,
                  'hours that come twice, or not, are told apart by how far clocks are ahead');

-- Two lines of a country without a pack, one of Benin: an hour at the end of the first day that is kept, and more.
INSERT INTO probe (probe) SELECT repeat(p, 20) FROM unnest(ARRAY['a', 'b', 'c']) p;
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = repeat(who, 20) $$;
INSERT INTO rollup_cell (source, simulated, country, technology) VALUES ('agent', false, 'BJ', 'fibre'), ('agent', false, 'TG', 'fibre'), ('agent', false, 'TG', 'adsl');
INSERT INTO rollup_line SELECT d::date, pg_temp.no(who), cell_no
FROM rollup_cell JOIN (VALUES ('a', 'BJ', 'fibre'), ('b', 'TG', 'fibre'), ('c', 'TG', 'adsl')) AS p (who, country, technology) USING (country, technology),
     generate_series(hour_first() - 1, hour_first() + 1, '1 day') d;
CREATE FUNCTION pg_temp.say(day date, who text, ok boolean, hours smallint[], buckets smallint[], counts int[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rollup_hour (day, probe_no, check_no, position, ok, hours, buckets, counts)
    SELECT day, pg_temp.no(who), check_no, position, ok, hours, buckets, counts FROM metric WHERE check_no = 1 AND name = 'rtt_p50_ms'
$$;
SELECT pg_temp.say(hour_first(), 'a', true, '{0,23,23}', '{10000,10000,10100}', '{2,1,3}'),
       pg_temp.say(hour_first(), 'a', false, '{23}', '{9900}', '{5}'),
       pg_temp.say(hour_first() - 1, 'a', true, '{23}', '{10000}', '{1}'),
       pg_temp.say(hour_first() + 1, 'b', true, '{0}', '{10000}', '{1}'), pg_temp.say(hour_first() + 1, 'c', true, '{0}', '{10200}', '{3}') \g /dev/null
CREATE FUNCTION pg_temp.hours(since timestamptz, until timestamptz, alike int, of_technology text DEFAULT NULL)
RETURNS TABLE (after numeric, local text, zone text, country text, technology text, samples bigint, probes bigint, p50 numeric) LANGUAGE sql AS $$
    SELECT extract(epoch FROM hour - hour_first()::timestamp AT TIME ZONE 'UTC') / 3600, right(s.local, 14), s.timezone, s.country, s.technology, s.n_samples,
           s.n_probes, s.p50::numeric(9, 3)
    FROM series_hour(since, until, 'ping', 'rtt_p50_ms', NULL, NULL, NULL, NULL, of_technology, NULL, NULL, NULL, alike, NULL) s
$$;
CREATE FUNCTION pg_temp.at(hours int) RETURNS timestamptz LANGUAGE sql AS $$ SELECT hour_first()::timestamp AT TIME ZONE 'UTC' + hours * interval '1 hour' $$;
SELECT results_eq($$SELECT after::int, local, zone, country, samples::int, probes::int, p50 FROM pg_temp.hours('epoch', '9999-12-31', 0)$$,
                  format($$VALUES (0, '01:00:00+01:00', 'Africa/Porto-Novo', 'BJ', 2, 1, %s), (23, '00:00:00+01:00', 'Africa/Porto-Novo', 'BJ', 9, 1, %s),
                           (24, NULL, NULL, 'TG', 4, 2, %s)$$, sketch_value(10000::smallint)::numeric(9, 3), sketch_value(9900::smallint)::numeric(9, 3),
                         ((sketch_value(10000::smallint) + sketch_value(10200::smallint)) / 2)::numeric(9, 3)),
                  'of a line the median of all results of the hour, then over lines; a day that is to be deleted is not there');
SELECT results_eq($$SELECT after::int FROM pg_temp.hours(pg_temp.at(23), pg_temp.at(24), 0)$$, 'VALUES (23)', 'the first hour counts, the last moment does not');
SELECT results_eq($$SELECT after::int FROM pg_temp.hours(pg_temp.at(23) + interval '10 minutes', pg_temp.at(24) + interval '1 minute', 0)$$, 'VALUES (23), (24)',
                  'hours are whole');
CREATE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line  text;
    whole text := '';
BEGIN
    FOR line IN EXPLAIN SELECT * FROM series_hour('epoch', 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL) LOOP
        whole := whole || line;
    END LOOP;
    RETURN whole;
END
$$;
SELECT matches(pg_temp.plan(), '^Nested Loop.*Function Scan on generate_series.*Function Scan on series_hour_day', 'day after day, as they are made');
SELECT results_eq($$SELECT after::int, technology, probes::int FROM pg_temp.hours(pg_temp.at(24), 'infinity', 4)$$, $$VALUES (24, 'adsl', 1), (24, 'fibre', 1)$$,
                  'a row a technology');
SELECT results_eq($$SELECT after::int, technology, p50 FROM pg_temp.hours(pg_temp.at(24), 'infinity', 0, 'adsl')$$,
                  format($$VALUES (24, NULL, %s)$$, sketch_value(10200::smallint)::numeric(9, 3)), 'or one of them alone');

SELECT * FROM finish();
ROLLBACK;
