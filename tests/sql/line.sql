-- Which line a box hangs on, held to what is declared of it.
BEGIN;
SELECT plan(16);
SET TIME ZONE 'UTC';

-- Of MTN is 197.234.216.0/21, of Celtiis 137.255.0.0/16; of nobody that is known 192.0.2.0/24.
INSERT INTO operator (country, name) VALUES ('BJ', 'Petit');
INSERT INTO prefix_origin (prefix, asn, source) VALUES ('192.0.2.0/24', 64500, 'pfx2as');
SELECT is(line_other((SELECT o.asns FROM operator o WHERE o.country = 'BJ' AND o.name = v.operator), technology, link, net, net6), other, said)
FROM (VALUES ('MTN Bénin (Spacetel)', 'fibre', 'ethernet', '197.234.216.0/24'::cidr, NULL::cidr, false, 'the declared one''s network'),
             ('MTN Bénin (Spacetel)', 'fibre', 'wifi', '137.255.0.0/24', NULL, true, 'another''s, whatever the link'),
             ('MTN Bénin (Spacetel)', '4g', 'mobile', '137.255.0.0/24', NULL, true, 'and of what is mobile as well'),
             ('MTN Bénin (Spacetel)', 'fibre', 'ethernet', '137.255.0.0/24', '2c0f:f9f8:1::/48', false, 'one family is the declared one''s'),
             ('MTN Bénin (Spacetel)', 'fibre', 'mobile', '197.234.216.0/24', NULL, true, 'a modem beside a fibre, of the same operator'),
             ('MTN Bénin (Spacetel)', '4g', 'mobile', '197.234.216.0/24', NULL, false, 'a modem is a 4G line'),
             ('MTN Bénin (Spacetel)', 'fibre', 'ethernet', '192.0.2.0/24', NULL, false, 'a network of nobody that is known'),
             ('Petit', 'fibre', 'ethernet', '137.255.0.0/24', NULL, false, 'an operator whose networks nobody knows'),
             (NULL, NULL, 'mobile', '137.255.0.0/24', NULL, false, 'nothing is declared'),
             (NULL, 'adsl', 'mobile', NULL, NULL, true, 'a modem alone'),
             ('MTN Bénin (Spacetel)', 'fibre', NULL, NULL, NULL, false, 'nothing is told')) AS v (operator, technology, link, net, net6, other, said);

-- A box on MTN's fibre, a boot whose clock began on the first of May at midnight: it hangs on a phone from 10 to 12 and from 23 to 1, on
-- its own until 9 and from 12 to 22. Of a boot that nobody knows when, nothing is said.
INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa');
CREATE FUNCTION pg_temp.no() RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = 'aaaaaaaaaaaaaaaaaaaa' $$;
INSERT INTO probe_context (probe_no, country, operator_no, technology, valid_from, consent_version)
SELECT pg_temp.no(), 'BJ', operator_no, 'fibre', '2031-01-01', 'tests' FROM operator WHERE name = 'MTN Bénin (Spacetel)';
INSERT INTO boot (probe_no, boot, offset_us, batch_no) SELECT pg_temp.no(), 'known', extract(epoch FROM '2031-05-01Z'::timestamptz) * 1000000, 1;
CREATE FUNCTION pg_temp.hours(VARIADIC spans int[]) RETURNS int8multirange LANGUAGE sql AS $$
    SELECT range_agg(int8range(spans[n] * 3600000000, spans[n + 1] * 3600000000)) FROM generate_series(1, cardinality(spans), 2) n
$$;
INSERT INTO epoch (probe_no, boot, link, net, mono) VALUES
    (pg_temp.no(), 'known', 'ethernet', '197.234.216.0/24', pg_temp.hours(0, 9, 12, 22)),
    (pg_temp.no(), 'known', 'wifi', '137.255.0.0/24', pg_temp.hours(10, 12, 23, 25)),
    (pg_temp.no(), 'unknown', 'wifi', '137.255.0.0/24', pg_temp.hours(0, 1000));
CREATE FUNCTION pg_temp.away(day date) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT to_char(lower(r), 'DD HH24:MI') || to_char(upper(r), ' - DD HH24:MI') FROM unnest(line_away(pg_temp.no(), day)) r
$$;
SELECT results_eq($$SELECT * FROM pg_temp.away('2031-05-01')$$, $$VALUES ('01 09:59 - 01 12:00'), ('01 22:59 - 02 01:01')$$,
                  'a minute more where nothing is told of its own line');
SELECT results_eq($$SELECT * FROM pg_temp.away('2031-05-02')$$, $$VALUES ('01 22:59 - 02 01:01')$$, 'over midnight');
SELECT is_empty($$SELECT * FROM pg_temp.away('2031-05-03')$$, 'and no further');

-- The household turns out to have changed at noon; its days are listed, those of a month that retention took are not.
INSERT INTO rollup_other (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                          protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT d, pg_temp.no(), 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, '{}', '{}', '{}', '{}'
FROM unnest('{2031-04-30,2031-05-01,2031-05-02}'::date[]) d;
INSERT INTO retained (parent, month, folder, rows) VALUES ('result', '2031-04-01', 'somewhere', 7);
DELETE FROM rollup_dirty;
UPDATE probe_context SET valid_to = '2031-05-01 11:00' WHERE probe_no = pg_temp.no();
INSERT INTO probe_context (probe_no, country, operator_no, technology, valid_from, consent_version)
SELECT pg_temp.no(), 'BJ', operator_no, '4g', '2031-05-01 11:00', 'tests' FROM operator WHERE name = 'Celtiis (SBIN)';
SELECT results_eq('SELECT DISTINCT day FROM rollup_dirty ORDER BY day', $$VALUES ('2031-05-01'::date), ('2031-05-02')$$,
                  'days are made again when the line turns out to be another');
SELECT results_eq($$SELECT * FROM pg_temp.away('2031-05-01')$$, $$VALUES ('01 09:59 - 01 11:00'), ('01 12:00 - 01 22:01')$$,
                  'each network is held to what was declared then');
SELECT * FROM finish();
ROLLBACK;
