BEGIN;
SELECT plan(26);

INSERT INTO token (hash, uses_max) VALUES ('one', 1), ('two', 2), ('many', NULL);
INSERT INTO carrier_nat (prefix, source) VALUES ('198.51.100.0/22', 'import'), ('203.0.113.128/25', 'import');
INSERT INTO prefix_origin (prefix, asn, source) VALUES ('192.0.2.0/24', 64500, 'pfx2as'), ('203.0.113.0/24', 64501, 'pfx2as'),
    ('203.0.113.0/24', 64502, 'pfx2as');

-- Name, its token, days since it enrolled.
CREATE FUNCTION pg_temp.add(who text, of_token text, days int) RETURNS int LANGUAGE sql AS $$
    INSERT INTO probe (probe, token_no, enrolled_at)
    VALUES (rpad(who, 20, 'a'), (SELECT token_no FROM token WHERE hash = of_token::bytea), now() - make_interval(days => days))
    RETURNING probe_no
$$;
CREATE FUNCTION pg_temp.no(who text) RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = rpad(who, 20, 'a') $$;
CREATE FUNCTION pg_temp.confirm(who text) RETURNS void LANGUAGE sql AS $$
    UPDATE probe SET confirmed_at = now(), confirmed_by = 'Aïcha' WHERE probe = rpad(who, 20, 'a')
$$;
CREATE FUNCTION pg_temp.push(who text, ago int, of_prefix cidr, times int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO probe_network VALUES (current_date - ago, pg_temp.no(who), of_prefix, times)
$$;
CREATE FUNCTION pg_temp.standing(who text, first int DEFAULT 30, last int DEFAULT 0)
RETURNS TABLE (network text, counts boolean, voucher text) LANGUAGE sql AS $$
    SELECT s.network, s.counts, s.voucher FROM probe_standing(current_date - first, current_date - last) s WHERE s.probe_no = pg_temp.no(who)
$$;
SET TIME ZONE 'UTC';

-- ---- who counts ----

SELECT pg_temp.add(who, of_token, days) FROM (VALUES ('single', 'one', 30), ('multi', 'two', 30), ('open', 'many', 30), ('none', NULL, 30),
    ('week', 'one', 7), ('young', 'one', 6)) AS v (who, of_token, days) \g /dev/null
SELECT results_eq($$SELECT rtrim(p.probe, 'a') FROM probe_standing(current_date - 30, current_date) s JOIN probe p USING (probe_no)
                    WHERE s.counts ORDER BY 1$$, $$VALUES ('single'), ('week')$$,
                  'at once: what a token of one use let in, a week ago');
PREPARE counting AS SELECT probe_no FROM counting_probe;
PREPARE standing AS SELECT probe_no FROM probe p WHERE standing_of(p, now()) = 'counts';
SELECT set_eq('counting', 'standing', 'views say the same');
SELECT pg_temp.confirm(who) FROM unnest('{multi,open,none,young}'::text[]) AS who \g /dev/null
SELECT results_eq($$SELECT rtrim(p.probe, 'a') FROM probe_standing(current_date - 30, current_date) s JOIN probe p USING (probe_no)
                    WHERE s.counts ORDER BY 1$$, $$VALUES ('multi'), ('none'), ('open'), ('single'), ('week')$$,
                  'confirmed: whatever the token, but not before a week');
SELECT ok(NOT (SELECT counts FROM pg_temp.standing('week', 30, 3)), 'the week ends with the period');
SELECT ok((SELECT counts FROM pg_temp.standing('single', 0, -300)), 'or now, when the period goes on');
SELECT is((SELECT voucher FROM pg_temp.standing('multi')), 'Aïcha', 'who confirmed it is told');
SELECT is((SELECT voucher FROM pg_temp.standing('single')), '', 'a token that names no team is the collector''s word');
INSERT INTO focal_point (name) VALUES ('Kandi, the team of');
UPDATE token SET focal_point_no = (SELECT focal_point_no FROM focal_point WHERE name = 'Kandi, the team of') WHERE hash IN ('one', 'two');
SELECT is((SELECT voucher FROM pg_temp.standing('single')), 'Kandi, the team of', 'but who handed the token out');
SELECT is((SELECT voucher FROM pg_temp.standing('multi')), 'Kandi, the team of', 'whose word it was as well: a team is one');
SELECT results_eq($$SELECT standing_of(p, now()) FROM probe p WHERE p.probe ~ '^(single|young)' ORDER BY p.probe$$,
                  $$VALUES ('counts'), ('young')$$, 'in one word');
UPDATE probe SET revoked_at = now(), revoked_reason = 'left' WHERE probe LIKE 'single%';
SELECT ok((SELECT counts FROM pg_temp.standing('single')), 'one that was taken away counts for the days before');
UPDATE probe SET revoked_reason = 'ten of them in one room' WHERE probe LIKE 'single%';
SELECT ok(NOT (SELECT counts FROM pg_temp.standing('single')), 'one that the team revoked does not');

SELECT probe_leave(rpad('single', 20, 'a')), probe_forget(rpad('single', 20, 'a')) \g /dev/null
SELECT ok(NOT (SELECT counts FROM pg_temp.standing('single')), 'nor when it leaves, or is forgotten, afterwards');
SELECT probe_leave(rpad('week', 20, 'a')), probe_forget(rpad('week', 20, 'a')) \g /dev/null
SELECT ok((SELECT counts FROM pg_temp.standing('week')), 'one that was forgotten at its owner''s wish does');

-- ---- for which network ----

SELECT is((SELECT network FROM pg_temp.standing('multi')), NULL, 'none was seen');
SELECT pg_temp.push('multi', ago, prefix, times) FROM (VALUES (40, '203.0.113.0/24'::cidr, 90), (3, '192.0.2.0/24', 4), (2, '203.0.113.0/24', 5),
    (1, '192.0.2.0/24', 4), (0, '2001:db8::/48', 7)) AS v (ago, prefix, times) \g /dev/null
SELECT is((SELECT network FROM pg_temp.standing('multi')), '192.0.2.0/24 AS64500', 'the most frequent of the period');
SELECT is((SELECT network FROM pg_temp.standing('multi', 40)), '203.0.113.0/24 AS64501+64502',
          'the /24 with all of its origins, though a part of it is carrier NAT');
SELECT is((SELECT network FROM pg_temp.standing('multi', 0)), '2001:db8::/48', 'whose origin nobody knows');
SELECT pg_temp.push(who, 1, '198.51.101.0/24', 9) FROM unnest('{single,open,none}'::text[]) AS who \g /dev/null
SELECT results_eq($$SELECT network FROM unnest('{open,none}'::text[]) AS who, pg_temp.standing(who)$$,
                  $$VALUES ('probe:' || pg_temp.no('open')), ('probe:' || pg_temp.no('none'))$$,
                  'behind carrier NAT each confirmed household');
SELECT is((SELECT network FROM pg_temp.standing('single')), '198.51.101.0/24', 'and the others are one');
UPDATE probe SET replaced_by = pg_temp.no('none') WHERE probe LIKE 'open%';
SELECT results_eq($$SELECT network FROM unnest('{open,none}'::text[]) AS who, pg_temp.standing(who)$$,
                  $$VALUES ('probe:' || pg_temp.no('none')), ('probe:' || pg_temp.no('none'))$$, 'a new box is no new household');
UPDATE probe SET replaced_by = pg_temp.no('open') WHERE probe LIKE 'none%';
SELECT is((SELECT count(DISTINCT network) FROM unnest('{open,none}'::text[]) AS who, pg_temp.standing(who)), 1::bigint,
          'nor are two that replaced each other');
SELECT pg_temp.push(who, 2, prefix, times) FROM (VALUES ('multi', '192.0.2.0/24'::cidr, 1), ('week', '2001:db8:7::/48', 17)) AS v (who, prefix, times) \g /dev/null
UPDATE probe SET replaced_by = pg_temp.no('multi') WHERE probe LIKE 'week%';
INSERT INTO focal_point (name) VALUES ('Savalou, the team of');
UPDATE token SET focal_point_no = (SELECT focal_point_no FROM focal_point WHERE name = 'Savalou, the team of') WHERE hash = 'two';
SELECT is((SELECT voucher FROM pg_temp.standing('week')), 'Savalou, the team of', 'a household counts as the one who vouches for its last box');
SELECT results_eq($$SELECT network FROM unnest('{week,multi}'::text[]) AS who, pg_temp.standing(who)$$,
                  $$VALUES ('2001:db8:7::/48'), ('2001:db8:7::/48')$$, 'and where a household was seen most often, all of its boxes were');
SELECT carrier_nat_seed(pack::jsonb) FROM unnest(ARRAY['{"XX": {"carrier_nat": ["192.0.2.0/24", "192.0.2.0/25"]}}',
    '{"note": "", "XX": {"carrier_nat": ["192.0.2.0/24"]}, "YY": {}}']) AS pack \g /dev/null
SELECT results_eq('SELECT prefix::text, source FROM carrier_nat ORDER BY 1', $$VALUES ('192.0.2.0/24', 'country-pack'),
    ('198.51.100.0/22', 'import'), ('203.0.113.128/25', 'import')$$, 'what the packs mark now, beside what was imported');
UPDATE probe SET revoked_at = now(), revoked_reason = CASE WHEN probe LIKE 'open%' THEN 'left' WHEN probe LIKE 'single%' THEN 'doubtful' END
WHERE probe ~ '^(open|single|none)';
SELECT set_eq('counting', 'standing', 'of those that left or were revoked as well');
SELECT * FROM finish();
ROLLBACK;
