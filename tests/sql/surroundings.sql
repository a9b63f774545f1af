-- What probe_set does to rows with validity is what it does to a list of days, whatever was there and in whatever order.
BEGIN;
SELECT plan(14);
SELECT setseed(0.11);
SET TIME ZONE 'UTC';

CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = rpad(who, 20, 'a') $$;
CREATE FUNCTION pg_temp.day(n int) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2026-01-01'::timestamptz + make_interval(days => n) $$;
CREATE FUNCTION pg_temp.wish(commune text, zone text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_object_agg(k, jsonb_build_object('column', k, 'value', v, 'shown', v)), '{}')
    FROM (VALUES ('commune', commune), ('zone', zone)) AS w (k, v) WHERE v <> 'as it is'
$$;
CREATE FUNCTION pg_temp.any_of(words text[]) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT words[1 + floor(random() * cardinality(words))]
$$;

-- ---- the property ----

INSERT INTO probe (probe) SELECT rpad(chr(97 + n), 20, 'b') FROM generate_series(0, 14) AS n;
CREATE TEMP TABLE model AS
SELECT p.probe_no, d AS day, NULL::text AS commune, NULL::text AS zone FROM probe p, generate_series(0, 29) AS d;
-- Each probe's days change some times, at random.
DO $$
DECLARE
    m record;
    c text;
    z text;
BEGIN
    FOR m IN SELECT * FROM model ORDER BY probe_no, day LOOP
        IF m.day = 0 OR random() < 0.2 THEN
            c := pg_temp.any_of('{Kandi,Parakou}');
            z := pg_temp.any_of('{urban,rural,NULL}');
        END IF;
        UPDATE model x SET commune = c, zone = z WHERE (x.probe_no, x.day) = (m.probe_no, m.day);
    END LOOP;
END $$;
INSERT INTO probe_context (probe_no, valid_from, valid_to, country, commune, zone, consent_version)
SELECT probe_no, pg_temp.day(min(day)), CASE WHEN max(day) = 29 THEN 'infinity' ELSE pg_temp.day(max(day) + 1) END, 'BJ',
       commune, zone, '1'
FROM (SELECT *, day - row_number() OVER (PARTITION BY probe_no, commune, zone ORDER BY day) AS island FROM model) AS m
GROUP BY probe_no, commune, zone, island;

CREATE FUNCTION pg_temp.set_model(no int, from_day int, key text, value text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old   text;
    until int;
BEGIN
    SELECT to_jsonb(m)->>key INTO old FROM model m WHERE m.probe_no = no AND m.day = from_day;
    SELECT coalesce(min(day), 30) INTO until FROM model m WHERE m.probe_no = no AND m.day >= from_day
        AND to_jsonb(m)->>key IS DISTINCT FROM old;
    EXECUTE format('UPDATE model SET %I = $1 WHERE probe_no = $2 AND day >= $3 AND day < $4', key) USING value, no, from_day, until;
END $$;
DO $$
DECLARE
    no   int;
    day  int;
    c    text;
    z    text;
BEGIN
    FOR n IN 1..300 LOOP
        SELECT probe_no INTO no FROM probe WHERE probe LIKE '_bbb%' ORDER BY random() LIMIT 1;
        day := floor(random() * 30);
        c := pg_temp.any_of('{Kandi,Parakou,Lokossa,NULL,as it is}');
        z := pg_temp.any_of('{urban,rural,NULL,as it is}');
        IF c IS DISTINCT FROM 'as it is' THEN PERFORM pg_temp.set_model(no, day, 'commune', c); END IF;
        IF z IS DISTINCT FROM 'as it is' THEN PERFORM pg_temp.set_model(no, day, 'zone', z); END IF;
        PERFORM probe_set((SELECT probe FROM probe WHERE probe_no = no),
                          (SELECT coalesce(jsonb_object_agg(k, jsonb_build_object('column', k, 'value', v, 'shown', v)), '{}')
                           FROM (VALUES ('commune', c), ('zone', z)) AS w (k, v) WHERE v IS DISTINCT FROM 'as it is'),
                          pg_temp.day(day), 'somebody', NULL);
    END LOOP;
END $$;
SELECT set_eq($$SELECT probe_no, d, commune, zone FROM probe_context c, generate_series(0, 29) AS d
                WHERE c.valid_from <= pg_temp.day(d) AND c.valid_to > pg_temp.day(d) AND consent_version = '1'$$,
              'SELECT probe_no, day, commune, zone FROM model', 'each day says what was set for it last');
SELECT is_empty($$SELECT FROM probe_context a JOIN probe_context b USING (probe_no) WHERE a.valid_from < b.valid_from
                  AND a.valid_to > b.valid_from$$, 'no two rows hold at a time');
SELECT is_empty($$SELECT FROM probe_context a JOIN probe_context b ON b.probe_no = a.probe_no AND b.valid_from = a.valid_to
                  WHERE (a.commune, a.zone) IS NOT DISTINCT FROM (b.commune, b.zone)$$, 'no two that follow each other say the same');
SELECT cmp_ok((SELECT count(*) FROM probe_change), '>', 200::bigint, 'and what changed is noted');

-- ---- the cases with a name ----

INSERT INTO probe (probe) VALUES (rpad('moved', 20, 'a')), (rpad('gone', 20, 'a'));
INSERT INTO probe_context (probe_no, valid_from, valid_to, country, department, commune, consent_version)
VALUES (pg_temp.no('moved'), '2026-03-01T06:00Z', '2026-06-01T18:00Z', 'BJ', 'BJ-BO', 'Parakou', '2'),
       (pg_temp.no('moved'), '2026-06-01T18:00Z', 'infinity', 'BJ', 'BJ-MO', 'Lokossa', '2'),
       (pg_temp.no('gone'), '2026-03-01T06:00Z', '2026-06-01T18:00Z', 'BJ', 'BJ-BO', 'Parakou', '2');
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT d::date, pg_temp.no('moved'), 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM unnest('{2025-12-31,2026-05-31,2027-01-01}'::date[]) AS d;
DELETE FROM indicator_dirty;
CREATE VIEW pg_temp.rows AS SELECT valid_from, valid_to, commune FROM probe_context WHERE probe_no = pg_temp.no('moved') ORDER BY 1;

SELECT is(probe_set(rpad('moved', 20, 'a'), pg_temp.wish('Parakou', 'as it is'), '2026-04-01', 'somebody', NULL), '{}', 'as it was');
SELECT is_empty('SELECT FROM indicator_dirty', 'then nothing is made again');
SELECT is(probe_set(rpad('moved', 20, 'a'), pg_temp.wish('Tchaourou', 'rural'), '2026-01-01', 'Aïcha', 'a typing error'),
          '{zone,commune}', 'from before the first row');
SELECT results_eq('SELECT * FROM pg_temp.rows', $$VALUES ('2026-03-01T06:00Z'::timestamptz, '2026-06-01T18:00Z'::timestamptz,
    'Tchaourou'), ('2026-06-01T18:00Z', 'infinity', 'Lokossa')$$, 'is the first row, and the move that was told stays');
SELECT results_eq('SELECT * FROM indicator_dirty ORDER BY 1', $$VALUES (2026, 'surroundings'), (2027, 'surroundings')$$,
                  'the years from there on are made again');
SELECT results_eq($$SELECT who, key, value, valid_from, why FROM probe_change WHERE probe_no = pg_temp.no('moved') ORDER BY change_no$$,
    $$VALUES ('Aïcha', 'zone', 'rural', '2026-03-01T06:00Z'::timestamptz, 'a typing error'),
             ('Aïcha', 'commune', 'Tchaourou', '2026-03-01T06:00Z', 'a typing error')$$, 'who changed what, since when and why');
SELECT is(probe_set(rpad('gone', 20, 'a'), pg_temp.wish('Kandi', 'as it is'), '2026-07-01', 'somebody', NULL), NULL,
          'nothing is known of a probe after its end');
SELECT is((SELECT count(*) FROM probe_context WHERE probe_no = pg_temp.no('gone')), 1::bigint, 'nor is it then');

-- ---- the day of a move ----

SELECT results_eq($$SELECT d, department FROM unnest('{2026-05-31,2026-06-01,2026-06-02,2026-03-01}'::date[]) AS d, place_on(pg_temp.no('moved'), d)$$,
    $$VALUES ('2026-05-31'::date, 'BJ-BO'), ('2026-06-01', 'BJ-BO'), ('2026-06-02', 'BJ-MO'), ('2026-03-01', 'BJ-BO')$$,
    'a move in the evening leaves the day to the old place');
UPDATE probe_context SET valid_to = '2026-06-01T06:00Z' WHERE probe_no = pg_temp.no('moved') AND valid_to < 'infinity';
UPDATE probe_context SET valid_from = '2026-06-01T06:00Z' WHERE probe_no = pg_temp.no('moved') AND valid_to = 'infinity';
SELECT results_eq($$SELECT department FROM place_on(pg_temp.no('moved'), '2026-06-01')$$, $$VALUES ('BJ-MO')$$,
                  'one in the morning gives it to the new one');
SELECT * FROM finish();
ROLLBACK;
