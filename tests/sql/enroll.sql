BEGIN;
SELECT plan(29);

-- Probes a, b, …: each with the key of its letter.
CREATE FUNCTION pg_temp.name(who text) RETURNS text LANGUAGE sql AS $$ SELECT rpad(who, 20, who) $$;
CREATE FUNCTION pg_temp.key(who text) RETURNS text LANGUAGE sql AS $$ SELECT encode(rpad(who, 32, who)::bytea, 'base64') $$;
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = pg_temp.name(who) $$;
CREATE FUNCTION pg_temp.use(of_token text, who text) RETURNS text LANGUAGE sql AS $$
    SELECT verdict FROM token_use(encode(of_token::bytea, 'hex'), pg_temp.name(who), pg_temp.key(who))
$$;
CREATE FUNCTION pg_temp.uses(of_token text) RETURNS int LANGUAGE sql AS $$
    SELECT uses FROM token WHERE hash = of_token::bytea
$$;
CREATE FUNCTION pg_temp.enrol(of_token text, who text) RETURNS int LANGUAGE sql AS $$
    SELECT probe_make(pg_temp.name(who), (SELECT token_no FROM token WHERE hash = of_token::bytea), pg_temp.key(who))
$$;

INSERT INTO focal_point (name) VALUES ('enrol-Parakou'), ('enrol-Lokossa');
INSERT INTO token (hash, focal_point_no, uses_max, expires_at, revoked_at)
SELECT v.hash::bytea, f.focal_point_no, v.uses_max, v.expires_at, v.revoked_at
FROM (VALUES ('one', 1, NULL::timestamptz, NULL::timestamptz), ('many', NULL, now() + interval '1 day', NULL),
             ('past', NULL, now(), NULL), ('taken', NULL, NULL, now())) AS v (hash, uses_max, expires_at, revoked_at),
     focal_point f WHERE f.name = 'enrol-Parakou';

-- ---- tokens ----

SELECT is(pg_temp.use('none', 'a'), 'token', 'an unknown token');
SELECT is(pg_temp.use('past', 'a'), 'token-expired', 'one that has ended');
SELECT is(pg_temp.use('taken', 'a'), 'token-revoked', 'one that was taken back');
SELECT results_eq($$SELECT verdict, t.hash, t.focal_point_no = u.focal_point_no, u.probe_no
                    FROM token_use(encode('one', 'hex'), pg_temp.name('a'), pg_temp.key('a')) u JOIN token t USING (token_no)$$,
                  $$VALUES ('good', 'one'::bytea, true, NULL::int)$$, 'a good one says whose it is');
SELECT is(pg_temp.uses('one'), 1, 'and a use is counted');
SELECT is(pg_temp.use('one', 'b'), 'token-exhausted', 'it was good for one');
SELECT pg_temp.enrol('one', 'a') \g /dev/null
SELECT is(pg_temp.use('one', 'a') || pg_temp.uses('one'), 'good1', 'its own probe may come again, at no cost');
SELECT results_eq($$SELECT encode(public, 'base64'), valid_to FROM probe_key WHERE probe_no = pg_temp.no('a')$$,
                  $$VALUES (pg_temp.key('a'), 'infinity'::timestamptz)$$, 'a new probe has its key');
SELECT is(pg_temp.use('many', 'a') || pg_temp.uses('many'), 'good1', 'another token costs a use');
SELECT throws_ok($$SELECT pg_temp.enrol('many', 'a')$$, '23505', NULL, 'no probe is made twice');
UPDATE probe_key SET until_chain = 'x', until_seq = 1 WHERE probe_no = pg_temp.no('a');
SELECT is(pg_temp.use('many', 'a'), 'retired-key', 'a key that was replaced lets nobody in');
UPDATE probe_key SET until_chain = NULL, until_seq = NULL WHERE probe_no = pg_temp.no('a');
UPDATE probe SET revoked_at = now() WHERE probe_no = pg_temp.no('a');
SELECT is(pg_temp.use('one', 'a'), 'revoked-probe', 'nor does a probe that was revoked come in');
INSERT INTO tombstone (probe) VALUES (pg_temp.name('a'));
SELECT is(pg_temp.use('many', 'a') || pg_temp.uses('many'), 'forgotten-probe1', 'or one that was forgotten');

-- ---- surroundings ----

SELECT pg_temp.enrol('many', 'b') \g /dev/null
CREATE FUNCTION pg_temp.tell(who text, country text, department text, operator text, tariff text) RETURNS void LANGUAGE sql AS $$
    UPDATE probe_context SET valid_from = valid_from - interval '1 hour' WHERE probe_no = pg_temp.no(who);
    SELECT context_tell(pg_temp.no(who), country, department, NULL, 'urban', operator, 'fibre',
                        (SELECT focal_point_no FROM focal_point WHERE name = 'enrol-Parakou'), tariff, true, '1',
                        CASE WHEN country = 'BJ' AND department IS NOT NULL THEN 'school' END)
$$;
CREATE FUNCTION pg_temp.told(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', count(*) OVER (), country, department, site, o.name, tariff, metered)
    FROM probe_context c LEFT JOIN operator o USING (country, operator_no)
    WHERE probe_no = pg_temp.no(who) ORDER BY valid_to DESC LIMIT 1
$$;
SELECT pg_temp.tell('b', 'BJ', 'BJ-BO', 'Enrol Telecom', NULL) \g /dev/null
SELECT is(pg_temp.told('b'), '1 BJ BJ-BO school Enrol Telecom t', 'what was told first, with an operator that nobody had named');
SELECT pg_temp.tell('b', 'BJ', 'BJ-BO', 'Enrol Telecom', NULL) \g /dev/null
SELECT is(pg_temp.told('b'), '1 BJ BJ-BO school Enrol Telecom t', 'the same again changes nothing');
SELECT pg_temp.tell('b', 'BJ', NULL, NULL, '10 GB') \g /dev/null
SELECT is(pg_temp.told('b'), '2 BJ BJ-BO school Enrol Telecom 10 GB t', 'what is not said anew stays');
SELECT is((SELECT valid_to FROM probe_context WHERE probe_no = pg_temp.no('b') AND tariff IS NULL), now(), 'what was so until now');
SELECT pg_temp.tell('b', 'TG', NULL, NULL, NULL) \g /dev/null
SELECT is(pg_temp.told('b'), '3 TG t', 'in another country nothing of it holds');
SELECT is((SELECT count(*) FROM operator WHERE name = 'Enrol Telecom'), 1::bigint, 'an operator is listed once');

-- ---- who hosts it ----

SELECT host_tell(pg_temp.no('b'), 'Aïcha', repeat('ab', 32)) \g /dev/null
SELECT host_tell(pg_temp.no('b'), NULL, NULL) \g /dev/null
SELECT host_tell(pg_temp.no('b'), NULL, repeat('cd', 32)) \g /dev/null
SELECT results_eq($$SELECT contact, encode(hash, 'hex') FROM probe_contact JOIN probe_owner USING (probe_no)
                    WHERE probe_no = pg_temp.no('b')$$, $$VALUES ('Aïcha', repeat('cd', 32))$$, 'the last told of each counts');

-- ---- one box in the place of another ----

-- By a token of the team's.
CREATE FUNCTION pg_temp.replace(old text, new text, team text, uses int DEFAULT 5) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    no int;
BEGIN
    INSERT INTO token (hash, uses_max, focal_point_no)
    SELECT gen_random_uuid()::text::bytea, uses, focal_point_no FROM focal_point WHERE name = team RETURNING token_no INTO no;
    RETURN (SELECT concat_ws(' ', verdict, probe_no = pg_temp.no(old), country) FROM probe_replaceable(pg_temp.name(old), pg_temp.name(new), no));
END $$;
SELECT is(pg_temp.replace('b', 'c', 'enrol-Parakou'), 'good t TG', 'the team''s own token may say so');
SELECT is(pg_temp.replace('b', 'c', 'enrol-Lokossa'), 'replaces-other-team t TG', 'another team''s may not');
SELECT is(pg_temp.replace('b', 'b', 'enrol-Parakou'), 'replaces t TG', 'nobody replaces himself');
SELECT is(pg_temp.replace('z', 'c', 'enrol-Parakou'), 'replaces', 'or one that is not there');
SELECT pg_temp.enrol('many', 'c') \g /dev/null
UPDATE probe SET confirmed_at = now(), confirmed_by = 'Aïcha' WHERE probe_no = pg_temp.no('b');
SELECT is(pg_temp.replace('b', 'c', 'enrol-Parakou'), 'replaces-vouched t TG', 'nor one that counts, by a token that anybody may have');
SELECT is(pg_temp.replace('b', 'c', 'enrol-Parakou', 1), 'good t TG', 'but by one that the team gave for it');
UPDATE probe SET replaced_by = pg_temp.no('c') WHERE probe_no = pg_temp.no('b');
SELECT is(pg_temp.replace('b', 'c', 'enrol-Parakou'), 'good t TG', 'the same again is the same wish');
SELECT is(pg_temp.replace('b', 'd', 'enrol-Parakou'), 'replaces-again t TG', 'it has a successor');
UPDATE probe SET forgotten_at = now() WHERE probe_no = pg_temp.no('b');
SELECT is(pg_temp.replace('b', 'c', 'enrol-Parakou'), 'replaces t TG', 'nothing is told of one that was forgotten');
SELECT * FROM finish();
ROLLBACK;
