BEGIN;
SELECT plan(7);

SELECT results_eq($$SELECT rounding_nearest(x, d) FROM (VALUES (200 / 7.0::float8, 2), (12.25, 1), (-12.25, 1), (0.1::float8 + 0.2::float8, 6), (28.5, 0), (1 / 3.0, NULL)) AS v (x, d)$$,
                  $$VALUES (28.57::float8), (12.3), (-12.3), (0.3), (29), (0.333333)$$, 'the nearest, halves away from zero');
SELECT results_eq($$SELECT rounding_below(x, 1), rounding_above(x, 1) FROM (VALUES (12.31::float8), (-12.31), (0.1::float8 + 0.2::float8), (0), (100)) AS v (x)$$,
                  $$VALUES (12.3::float8, 12.4::float8), (-12.4, -12.3), (0.3, 0.3), (0, 0), (100, 100)$$, 'outwards, and what is there stays');
SELECT results_eq($$SELECT rounding_digits(x) FROM (VALUES (123.456::float8), (0.00123456), (98765), (-0.12345), (0), (1000), (NULL)) AS v (x)$$,
                  $$VALUES (123::float8), (0.00123), (98800), (-0.123), (0), (1000), (NULL)$$, 'three digits, wherever they begin');
SELECT ok(rounding_alone('{12.3456,11.11,14,NULL,NULL,NULL}', '{12.3,11,14.1,NULL,NULL,NULL}', 1), 'a figure told in fewer digits says the same');
SELECT ok(NOT rounding_alone('{12.3456,11.11,14,NULL,NULL,NULL}', '{12.4,11,14.1,NULL,NULL,NULL}', 1), 'but not where its value is another');
SELECT ok(NOT rounding_alone('{12.3,11.1,14,NULL,NULL,NULL}', '{12.3,11.2,14,NULL,NULL,NULL}', 1)
          AND NOT rounding_alone('{12.3456,11,14,1,NULL,NULL}', '{12.3,11,14,NULL,NULL,NULL}', 1), 'nor its ends, once they were rounded, nor where one is missing');
SELECT ok(rounding_alone('{12,NULL,NULL,NULL,NULL,NULL}', '{12,NULL,NULL,NULL,NULL,NULL}', NULL)
          AND NOT rounding_alone('{12.5,NULL,NULL,NULL,NULL,NULL}', '{12.6,NULL,NULL,NULL,NULL,NULL}', NULL), 'what others say is theirs');
SELECT * FROM finish();
ROLLBACK;
