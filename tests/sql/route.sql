-- Route origin validation, by the cases that RFC 6907 (section 7.1) goes through and the rules of RFC 6811 and RFC 6483; and VRPs as they
-- are imported and taken back.
BEGIN;
SELECT plan(29);

INSERT INTO vrp (prefix, max_length, asn) VALUES
    ('10.1.0.0/16', 20, 64496), ('10.2.0.0/16', 16, 64496), ('10.3.0.0/16', 32, 0), ('10.4.0.0/16', 24, 0), ('10.4.0.0/16', 20, 64497),
    ('10.5.0.0/18', 18, 64496), ('10.5.64.0/18', 18, 64496), ('10.5.128.0/17', 17, 64496), ('10.6.0.0/16', 16, 64496),
    ('10.6.0.0/16', 24, 64498), ('10.6.0.0/20', 20, 64499), ('2001:db8::/32', 48, 64496), ('2001:db8:ffff::/48', 48, 4294967295);
SELECT is(route_state(route::cidr, origin), state, said)
FROM (VALUES ('10.1.0.0/16', 64496::bigint, 'valid', '7.1.1: covered, short enough, of that AS'),
             ('10.1.16.0/20', 64496, 'valid', 'as long as it may be'),
             ('10.1.16.0/21', 64496, 'invalid', '7.1.2: longer than that'),
             ('10.2.0.0/17', 64496, 'invalid', 'by one'),
             ('10.1.0.0/16', 64511, 'invalid', '7.1.3: of another AS'),
             ('10.1.16.0/21', 64511, 'invalid', '7.1.4: longer, and of another'),
             ('10.9.0.0/16', 64496, 'not-found', '7.1.5: nothing covers it'),
             ('10.0.0.0/8', 64496, 'not-found', 'nor does what is within it'),
             ('10.3.0.0/16', 64496, 'invalid', '7.1.6: AS 0 says that nobody may'),
             ('10.3.0.0/16', 0, 'invalid', 'not even AS 0, which matches none'),
             ('10.4.0.0/20', 64497, 'valid', 'but who has a ROA beside it may (RFC 6483, section 4)'),
             ('10.4.0.0/24', 64497, 'invalid', 'as far as that one says'),
             ('10.5.0.0/16', 64496, 'not-found', '7.1.7: ROAs of all its parts do not cover the whole'),
             ('10.9.0.0/16', NULL, 'not-found', '7.1.8: an AS set, and nothing covers it'),
             ('10.1.0.0/16', NULL, 'invalid', '7.1.11: an AS set matches none'),
             ('10.5.0.0/16', NULL, 'not-found', '7.1.12: nor do ROAs of its parts cover it'),
             ('10.6.0.0/16', 64496, 'valid', 'two ROAs of one prefix: the one'),
             ('10.6.0.0/16', 64498, 'valid', 'and the other'),
             ('10.6.0.0/20', 64499, 'valid', 'that of the more specific prefix'),
             ('10.6.0.0/20', 64496, 'invalid', 'covered by three, matched by none'),
             ('2001:db8:1::/48', 64496, 'valid', 'IPv6'),
             ('2001:db8:ffff::/48', 4294967295, 'valid', 'the largest AS number'),
             ('2001:db8::/49', 64496, 'invalid', 'IPv6, too long')) AS v (route, origin, state, said);

-- Celtiis announces one as its ROA says, one longer, one that nobody signed, and is in an AS set; another AS announces the first as well.
INSERT INTO vrp (prefix, max_length, asn) VALUES ('198.51.100.0/24', 24, 28683);
INSERT INTO prefix_origin (prefix, asn, source, as_set) VALUES
    ('198.51.100.0/24', 28683, 'pfx2as', false), ('198.51.100.0/24', 64500, 'pfx2as', false), ('198.51.100.0/25', 28683, 'pfx2as', false),
    ('203.0.113.0/24', 28683, 'pfx2as', false), ('192.0.2.0/24', 28683, 'pfx2as', true);
SELECT results_eq($$SELECT family, prefix, origin, state FROM route_validity WHERE country = 'BJ' AND operator = 'Celtiis (SBIN)' ORDER BY 2$$,
                  $$VALUES (4, '192.0.2.0/24'::cidr, NULL::bigint, 'not-found'), (4, '198.51.100.0/24', 28683, 'valid'),
                           (4, '198.51.100.0/25', 28683, 'invalid'), (4, '203.0.113.0/24', 28683, 'not-found')$$,
                  'each announcement of a known operator has a state, each origin its own');

SELECT results_eq($$SELECT announced, valid, invalid, not_found, percent_valid, space, percent_space_valid FROM route_share
                    WHERE country = 'BJ' AND operator = 'Celtiis (SBIN)'$$,
                  $$VALUES (4, 1, 1, 2, 25::float8, 768::numeric, 100 / 3::float8)$$,
                  'a quarter of four, and of three /24 one, of which the longer prefix is no more');
-- MTN announces a /32 of IPv6 from each of its networks, which is one of space, and a part of IPv4.
INSERT INTO prefix_origin (prefix, asn, source)
SELECT '2001:db8::/32', a, 'pfx2as' FROM operator o, unnest(o.asns) a WHERE o.name = 'MTN Bénin (Spacetel)';
INSERT INTO prefix_origin (prefix, asn, source) SELECT '203.0.113.0/25', o.asns[1], 'pfx2as' FROM operator o WHERE o.name = 'MTN Bénin (Spacetel)';
SELECT results_eq($$SELECT operator, family, announced, valid, percent_valid, space FROM route_share
                    WHERE country = 'BJ' AND coalesce(operator, 'MTN Bénin (Spacetel)') = 'MTN Bénin (Spacetel)' ORDER BY operator, family$$,
                  $$SELECT 'MTN Bénin (Spacetel)', 4, 1, 0, 0::float8, 128::numeric
                    UNION ALL SELECT 'MTN Bénin (Spacetel)', 6, cardinality(o.asns), 0, 0, 65536 FROM operator o WHERE o.name = 'MTN Bénin (Spacetel)'
                    UNION ALL SELECT NULL, 4, 5, 1, 20, 896
                    UNION ALL SELECT NULL, 6, cardinality(o.asns), 0, 0, 65536 FROM operator o WHERE o.name = 'MTN Bénin (Spacetel)'$$,
                  'by family, each operator''s and all together');

-- A file is all there is; what stays is of the run that brought it first, and undo gives back what was.
DELETE FROM vrp;
CREATE TEMP TABLE import_vrp (prefix cidr, max_length smallint, asn bigint);
CREATE FUNCTION pg_temp.bring(what text, VARIADIC prefixes text[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    number int := import_begin('vrp', true, what, encode(sha256(what::bytea), 'hex'), 1, 1, 'Aïcha');
BEGIN
    TRUNCATE import_vrp;
    INSERT INTO import_vrp SELECT p::cidr, masklen(p::cidr), 64496 FROM unnest(prefixes) p;
    PERFORM import_vrps(number);
    RETURN number;
END
$$;
CREATE VIEW pg_temp.brought AS SELECT v.prefix, r.file FROM vrp v JOIN import_run r USING (run);
SELECT pg_temp.bring('one', '10.0.0.0/8', '10.0.0.0/8', '192.0.2.0/24') \g /dev/null
SELECT pg_temp.bring('two', '10.0.0.0/8', '198.51.100.0/24') AS two \gset
SELECT results_eq('SELECT prefix, file FROM pg_temp.brought ORDER BY 1', $$VALUES ('10.0.0.0/8'::cidr, 'one'), ('198.51.100.0/24', 'two')$$,
                  'what the later file lacks is gone');
SELECT is(import_undo(:two, 'Bio'), 'done', 'it is taken back');
SELECT results_eq('SELECT prefix, file FROM pg_temp.brought ORDER BY 1', $$VALUES ('10.0.0.0/8'::cidr, 'one'), ('192.0.2.0/24', 'one')$$,
                  'and all is as it was');
SELECT * FROM finish();
ROLLBACK;
