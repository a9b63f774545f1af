#include "tests/unit/check.h"

#include "collector/figure/spread.h"
#include "common/alloc.h"

/* As PostgreSQL has them: SELECT percentile_cont(ARRAY[0.1, 0.5, 0.9, 0.25]) WITHIN GROUP (ORDER BY v). */
static void quantiles_lie_between_ranks(void **state)
{
    static const struct {
        float values[4];
        size_t count;
        double wanted[4];
    } cases[] = {
        {{7.5f}, 1, {7.5, 7.5, 7.5, 7.5}},
        {{4, 2}, 2, {2.2, 3, 3.8, 2.5}},
        {{10, -10, 0}, 3, {-8, 0, 8, -5}},
        {{1, 1, 1, 2}, 4, {1, 1, 1.7000000000000002, 1}},
    };
    static const double quantiles[] = {0.1, 0.5, 0.9, 0.25};
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct spread_line lines[4];
        struct spread_point point;
        struct spread *s = spread_new(0);
        for (size_t i = 0; i < cases[c].count; i++)
            lines[i] = (struct spread_line){.subject = 9, .value = cases[c].values[i]};
        spread_sort(lines, cases[c].count);
        assert_int_equal(spread_point(s, lines, cases[c].count, quantiles, 4, &point), cases[c].count);
        for (size_t q = 0; q < 4; q++)
            assert_true(point.values[q] == cases[c].wanted[q]);
        spread_free(s);
    }
}

static void subjects_are_apart_and_networks_count_once(void **state)
{
    struct spread_line lines[] = {{2, 10, 3, 5}, {1, 1, 3, 9},  {2, 20, 3, 1},
                                  {2, 30, 1, 3}, {2, 40, 0, 7}, {2, 50, 0, 8}};
    struct spread *s = spread_new(3);
    struct spread_point point;
    spread_sort(lines, COUNT(lines));
    assert_int_equal(spread_point(s, lines, COUNT(lines), (double[]){0.5}, 1, &point), 1);
    assert_true(point.subject == 1 && point.samples == 1 && point.lines == 1 && point.networks == 1 &&
                point.values[0] == 9);
    assert_int_equal(spread_point(s, lines + 1, COUNT(lines) - 1, (double[]){0.5}, 1, &point), 5);
    assert_true(point.subject == 2 && point.samples == 150 && point.lines == 5 && point.networks == 2 &&
                point.values[0] == 5);
    spread_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantiles_lie_between_ranks),
                                       cmocka_unit_test(subjects_are_apart_and_networks_count_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
