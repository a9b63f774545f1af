BEGIN;
SELECT plan(1);

SELECT results_eq($$SELECT share_of(part, whole), percent_failed(part, whole) FROM (VALUES
                      (1::float8, 4::float8), (0, 4), (4, 4), (5, 4), (-1, 4), (3e38, 1e-30), (1, 0), (0, 0), (NULL, 4),
                      (1, NULL), (1, -4)) AS v (part, whole)$$,
                  $$VALUES (0.25::float8, 75::float8), (0, 100), (1, 0), (1, 0), (0, 100), (1, 0), (NULL, NULL), (NULL, NULL),
                           (NULL, 100), (NULL, NULL), (NULL, NULL)$$,
                  'a part is from nothing to the whole, whatever the rows say');
SELECT * FROM finish();
ROLLBACK;
