BEGIN;
SELECT plan(12);

SELECT is(sketch_bucket(1), 10000::smallint, '1 opens bucket 10000');
SELECT is(sketch_bucket(0), 0::smallint, 'zero has a bucket of its own');
SELECT is(sketch_bucket(-2.5), (-sketch_bucket(2.5))::smallint, 'negative values mirror positive ones');
SELECT ok(sketch_bucket('1e-45') > 0 AND sketch_bucket('3.4e38') < 32767, 'every positive real has a bucket');
SELECT is((SELECT count(*) FROM generate_series(1, 30000) AS i
           WHERE abs(sketch_value(sketch_bucket((i / 7.0)::real)) / (i / 7.0)::real - 1) > 0.0100001), 0::bigint,
          'a bucket''s value is within 1 % of every value in it');
SELECT is((SELECT count(*) FROM (SELECT sketch_bucket(x::real) < lag(sketch_bucket(x::real)) OVER (ORDER BY x) AS falls
                                 FROM generate_series(-500, 500, 0.25) AS x) AS steps WHERE falls), 0::bigint,
          'buckets sort as their values do');

SELECT is(sketch_quantile('{}', '{}', 0.5), NULL, 'no samples, no quantile');
SELECT is(sketch_quantile('{10000}', '{0}', 0.5), NULL, 'empty buckets are no samples');
SELECT is(sketch_quantile(ARRAY[0, 10000]::smallint[], '{1,1}', 0.5), sketch_value(10000::smallint) / 2,
          'an even count interpolates between the two middle ranks');
SELECT is(sketch_quantile('{10000,10100,10000}', '{1,5,3}', 0.25), sketch_quantile('{10100,10000}', '{5,4}', 0.25),
          'buckets may come twice and in any order');

-- Against PostgreSQL's own percentiles of the values themselves.
CREATE TEMP TABLE sample AS SELECT (exp(3 + sin(i * 12.9898) * 1.7))::real AS x FROM generate_series(1, 999) AS i;
CREATE TEMP TABLE sketched AS
    SELECT array_agg(b) AS buckets, array_agg(n) AS counts
    FROM (SELECT sketch_bucket(x) AS b, count(*)::int AS n FROM sample GROUP BY 1) AS s;
SELECT is((SELECT count(*) FROM sketched, unnest(ARRAY[0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]) AS q
           WHERE abs(sketch_quantile(buckets, counts, q)
                     / (SELECT percentile_cont(q) WITHIN GROUP (ORDER BY x) FROM sample) - 1) > 0.02), 0::bigint,
          'every quantile is within 2 % of the exact one');
SELECT is((SELECT sketch_quantile(counts.b || counts.b, counts.n || counts.n, 0.5)
           FROM (SELECT buckets AS b, counts AS n FROM sketched) AS counts),
          (SELECT sketch_quantile(buckets, ARRAY(SELECT 2 * n FROM unnest(counts) WITH ORDINALITY AS u (n, i) ORDER BY i),
                                  0.5) FROM sketched),
          'merging is adding counts');

SELECT * FROM finish();
ROLLBACK;
