BEGIN;
SELECT plan(4);

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa'), ('bbbbbbbbbbbbbbbbbbbb');
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe LIKE who || '%' $$;
CREATE VIEW pg_temp.seen AS
SELECT left(p.probe, 1), n.prefix::text, n.pushes FROM probe_network n JOIN probe p USING (probe_no) ORDER BY 1, 2;

SELECT network_note(json_agg(json_build_object('probe_no', pg_temp.no(who), 'seen', seen)))
FROM (VALUES ('a', '192.0.2.0/24'), ('a', '192.0.2.0/24'), ('a', '2001:db8::/48'), ('b', NULL)) AS v (who, seen) \g /dev/null
SELECT network_note(json_build_array(json_build_object('probe_no', pg_temp.no('a'), 'seen', '192.0.2.0/24'),
                                     json_build_object('probe_no', pg_temp.no('b'), 'seen', '192.0.2.0/24'))) \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.seen', $$VALUES ('a', '192.0.2.0/24', 3), ('a', '2001:db8::/48', 1),
    ('b', '192.0.2.0/24', 1)$$, 'pushes add up, in a group and over groups');

INSERT INTO probe_network SELECT (now() AT TIME ZONE 'UTC' - ago)::date, pg_temp.no('b'), prefix::cidr, 1
FROM (VALUES (interval '13 months', '198.51.100.0/24'), (interval '13 months 1 day', '203.0.113.0/24')) AS v (ago, prefix);
SELECT network_retain() \g /dev/null
SELECT results_eq($$SELECT * FROM pg_temp.seen WHERE "left" = 'b'$$, $$VALUES ('b', '192.0.2.0/24', 1), ('b', '198.51.100.0/24', 1)$$,
                  'thirteen months are kept');
UPDATE probe SET simulated = true WHERE probe_no = pg_temp.no('a');
INSERT INTO probe_network VALUES ('2020-01-01', pg_temp.no('a'), '2001:db8:1::/48', 1);
SELECT network_retain() \g /dev/null
SELECT is((SELECT count(*) FROM probe_network WHERE day = '2020-01-01'), 1::bigint, 'those of a simulated line stay, whose years are long past');
SELECT probe_forget('bbbbbbbbbbbbbbbbbbbb') \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.seen WHERE "left" = 'b'), 0::bigint, 'nothing of it stays of a probe that was forgotten');
SELECT * FROM finish();
ROLLBACK;
