BEGIN;
SELECT plan(13);

SELECT results_eq($$SELECT count(*), count(DISTINCT use_case), sum(weight) FROM iqb_requirement WHERE since = 0$$,
                  $$VALUES (24::bigint, 6::bigint, 86::bigint)$$, 'six use cases of four requirements each, 86 of weight');
SELECT results_eq($$SELECT round(score::numeric, 6), failed FROM iqb(50, 30, 5, 0.001, 2026)$$, $$VALUES (1.000000, 'none')$$, 'all passes');
-- Web 13/13, video streaming 10/14, audio 12/12, conferencing 0/16, backup 10/14, gaming 0/17: a sixth of 2 + 20/14.
SELECT results_eq($$SELECT round(score::numeric, 6), failed FROM iqb(12, 12, 60, 0.007, 2026)$$,
                  $$VALUES (0.571429, 'gaming: download, upload, latency, loss; online backup: upload; '
                            'video conferencing: download, upload, latency, loss; video streaming: download')$$, 'worked by hand');
SELECT results_eq($$SELECT score FROM iqb(1, 1, 500, 0.2, 2026)$$, $$VALUES (0::float8)$$, 'nothing passes');
-- Web 8/13 without throughput, streaming 8/14, audio 8/12 with upload above 5, conferencing, backup 6/14, gaming 0: at the thresholds.
SELECT results_eq($$SELECT round(score::numeric, 6) FROM iqb(10, 10, 50, 0.005, 2026)$$,
                  $$SELECT round((8 / 13.0 + 8 / 14.0 + 8 / 12.0 + 0 + 6 / 14.0 + 0) / 6, 6)$$,
                  'at a threshold is neither above nor below it');
SELECT is_empty($$SELECT score FROM iqb(NULL, 1, 1, 0, 2026) WHERE score IS NOT NULL$$, 'one is missing');
SELECT is_empty($$SELECT score FROM iqb(1, 1, 1, NULL, 2026) WHERE score IS NOT NULL$$, 'loss is missing');

-- An edition has its own, and years that it is of are made again.
INSERT INTO rollup_day (day, probe_no, check_no, source, simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, tls_error,
                        protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
SELECT make_date(y, 5, 1), 1, 1, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}' FROM unnest('{2026,2027,2028}'::int[]) y;
DELETE FROM indicator_dirty;
SELECT iqb_seed((SELECT string_agg(l, E'\n') FROM (SELECT E'since\tuse_case\tmeasure\tthreshold\tweight' AS l UNION ALL
                 SELECT concat_ws(E'\t', since, use_case, measure, threshold, weight) FROM iqb_requirement WHERE since = 0) x) || E'\n') \g /dev/null
SELECT is_empty('SELECT year FROM indicator_dirty', 'those of the program, as they were, change nothing');
INSERT INTO iqb_requirement VALUES (2027, 'school', 'download', 20, 2), (2027, 'school', 'loss', 0.05, 1), (2027, 'school', 'upload', 1, 0);
SELECT results_eq('SELECT year, why FROM indicator_dirty ORDER BY 1', $$VALUES (2027, 'method'), (2028, 'method')$$, 'its years are made again');
SELECT results_eq($$SELECT score FROM iqb(50, 30, 5, 0.001, 2026)$$, $$VALUES (1::float8)$$, 'an earlier year keeps its own');
SELECT results_eq($$SELECT round(score::numeric, 4), failed FROM iqb(12, 0.1, 500, 0.01, 2028)$$, $$VALUES (0.3333, 'school: download')$$,
                  'from its year on; a weight of 0 asks for nothing');
SELECT iqb_seed(E'since\tuse_case\tmeasure\tthreshold\tweight\n0\tx\tdownload\t1\t1\n') \g /dev/null
SELECT results_eq($$SELECT since, count(*) FROM iqb_requirement GROUP BY since ORDER BY since$$, $$VALUES (0, 1::bigint), (2027, 3)$$,
                  'a new version of the program leaves those of editions');
SELECT results_eq($$SELECT tsv_records(E'a\tb\n1\t\n\n2\tx y\n')$$, $$VALUES ('{"a": "1", "b": null}'::jsonb), ('{"a": "2", "b": "x y"}')$$, 'lines with tabs');
SELECT * FROM finish();
ROLLBACK;
