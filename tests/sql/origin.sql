BEGIN;
SELECT plan(14);

SELECT is(origin_of('137.255.0.1'), '{28683}', 'a country pack''s prefix has its operator''s first ASN');
SELECT is(origin_of('2c0f:f9f8::1'), '{37424}', 'also in IPv6');
SELECT is(origin_of('192.0.2.1'), '{}', 'an address that no prefix holds has no origin');
SELECT is((SELECT count(*) FROM prefix_origin WHERE source <> 'country-pack'), 0::bigint, 'nothing else is seeded');

INSERT INTO prefix_origin (prefix, asn, source) VALUES
    ('198.51.0.0/16', 64500, 'pfx2as'), ('198.51.100.0/24', 64501, 'pfx2as'), ('198.51.100.128/25', 64503, 'pfx2as'),
    ('198.51.100.128/25', 64502, 'pfx2as'), ('2001:db8::/32', 64510, 'pfx2as'), ('2001:db8:1::/48', 64511, 'pfx2as'),
    ('0.0.0.0/0', 64599, 'test');
SELECT is(origin_of('198.51.7.1'), '{64500}', 'the prefix that holds it');
SELECT is(origin_of('198.51.100.1'), '{64501}', 'the longest of those that hold it');
SELECT is(origin_of('198.51.100.200'), '{64502,64503}', 'all origins of a prefix that has several');
SELECT is(origin_of('2001:db8:1::9'), '{64511}', 'the longest in IPv6');
SELECT is(origin_of('192.0.2.1'), '{64599}', 'a default route holds all of its family');
SELECT is(origin_of('2001:dead::1'), '{}', 'and none of the other');
INSERT INTO prefix_origin (prefix, asn, source) VALUES ('137.255.0.0/16', 64520, 'pfx2as');
SELECT is(origin_of('137.255.0.1'), '{64520}', 'BGP goes before a country pack');

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa');
INSERT INTO target (name) VALUES ('origin-zone');
INSERT INTO delegation_server (at, batch_no, probe_no, target_no, ordinal, name, addr)
SELECT v.at, 1, p.probe_no, t.target_no, 0, v.name, v.addr
FROM probe p, target t, (VALUES
    ('2026-11-21T23:59:59Z'::timestamptz, 'a.', '198.51.100.1'::inet), ('2026-11-22T00:00:00Z', 'a.', '198.51.100.1'),
    ('2026-11-22T00:00:00Z', 'b.', '198.51.100.200'), ('2026-11-22T12:00:00Z', 'b.', '198.51.100.200'),
    ('2026-11-22T00:00:00Z', 'c.', '198.51.7.1'), ('2026-11-22T00:00:00Z', 'c.', '2001:db8:1::9'),
    ('2026-11-22T00:00:00Z', 'd.', '2001:db8:1:1::9'), ('2026-11-22T00:00:00Z', 'd.', '2001:dead::1')) v (at, name, addr)
WHERE p.probe = 'aaaaaaaaaaaaaaaaaaaa' AND t.name = 'origin-zone';
SELECT results_eq($$SELECT day, addresses4, addresses6, prefixes4, prefixes6, origins, unknown, asns
                    FROM delegation_diversity WHERE target = 'origin-zone' ORDER BY day$$,
                  $$VALUES ('2026-11-21'::date, 1, 0, 1, 0, 1, 0, '{64501}'::bigint[]),
                           ('2026-11-22', 3, 3, 2, 2, 5, 1, '{64500,64501,64502,64503,64511}')$$,
                  'a row a day: addresses, /24, /48 and origins, each once');
SELECT ok(has_table_privilege('internetmetre_analyst', 'delegation_diversity', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'delegation_diversity', 'SELECT'), 'for analysts');
SELECT probe_forget('aaaaaaaaaaaaaaaaaaaa') \g /dev/null
SELECT is((SELECT count(*) FROM delegation_server), 0::bigint, 'nothing stays of a probe that was forgotten');
SELECT * FROM finish();
ROLLBACK;
