BEGIN;
SELECT plan(3);

CREATE TEMP TABLE value AS SELECT n, (n * 7919 % 104)::double precision AS value FROM generate_series(1, 50) n;
SELECT ok(bool_and(abs(w - c) < 1e-9), 'values of equal weights have the quantiles that PostgreSQL has for them')
FROM (SELECT quantile_weighted(q, v, array_fill(0.3::float8, ARRAY[cardinality(v)])) AS weighted, continuous, q
      FROM (SELECT ARRAY[0.0, 0.1, 0.5, 0.77, 1.0]::float8[] AS q, array_agg(value) AS v,
                   percentile_cont(ARRAY[0.0, 0.1, 0.5, 0.77, 1.0]) WITHIN GROUP (ORDER BY value) AS continuous
            FROM value GROUP BY GROUPING SETS ((), (n % 7), (n))) AS taken) AS both_ways, unnest(weighted, continuous) AS u (w, c);
-- Of 1, 1 and 2, which are worth 2 2/3 lines, what lies from 5/6 to 11/6: half is the second value, half the third.
SELECT is(quantile_weighted('{0.5}', '{3,1,2}', '{2,1,1}'), '{2.5}'::float8[], 'others lie where their weights put them');
SELECT is((SELECT array_agg(round(q::numeric, 3)) FROM unnest(quantile_weighted('{0,1}', '{3,1,2}', '{2,1,1}')) q), '{1.333,3.000}'::numeric[],
          'and so do the ends');
SELECT * FROM finish();
ROLLBACK;
