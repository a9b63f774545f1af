\set ON_ERROR_STOP 1
\set QUIET 1
BEGIN;
SELECT plan(5);

SET TIME ZONE 'UTC';
INSERT INTO probe (probe, source, enrolled_at, confirmed_at, confirmed_by)
SELECT rpad(who, 20, 'y'), 'agent', '2020-01-01', '2020-01-01', 'a team' FROM unnest('{a,b}'::text[]) who;
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error,
                        tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT d::date, p.probe_no, 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}'
FROM probe p, generate_series('2032-03-01'::date, '2032-03-03', '1 day') d WHERE p.probe = rpad('a', 20, 'y');

SELECT line_year_make('2032-01-01', '2032-12-31');
SELECT results_eq($$SELECT rtrim(p.probe, 'y'), y.counts, y.voucher, y.first_day, y.last_day FROM line_year y JOIN probe p USING (probe_no)$$,
                  $$VALUES ('a', true, 'a team', '2032-03-01'::date, '2032-03-03'::date)$$, 'the lines of which something was expected');
UPDATE probe SET confirmed_by = 'another' WHERE probe = rpad('a', 20, 'y');
SELECT line_year_make('2032-01-01', '2032-12-31');
SELECT results_eq('SELECT voucher FROM line_year', $$VALUES ('a team')$$, 'asked once more, they are not made once more');
SELECT line_year_make('2031-01-01', '2031-12-31');
SELECT line_year_make('2032-01-01', '2033-12-31');
SELECT results_eq('SELECT first, last, voucher FROM line_year ORDER BY last', $$VALUES ('2032-01-01'::date, '2032-12-31'::date, 'a team'),
                  ('2032-01-01', '2033-12-31', 'another')$$, 'other years are beside them');
SELECT is_empty($$SELECT s.network, s.voucher, s.counts, e.first_day, e.last_day, e.silent, e.idle
                  FROM probe_standing('2032-01-01', '2033-12-31') s JOIN probe_expected('2032-01-01', '2033-12-31') e USING (probe_no)
                  EXCEPT ALL SELECT network, voucher, counts, first_day, last_day, silent, idle FROM line_year WHERE last = '2033-12-31'$$,
                'as the functions say that they are made of');
DROP TABLE line_year; -- as the end of a transaction does
SELECT line_year_make('2032-01-01', '2032-12-31');
SELECT results_eq('SELECT voucher FROM line_year', $$VALUES ('another')$$, 'in another transaction they are made anew');
SELECT * FROM finish();
ROLLBACK;
