#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/pair.h"
#include "collector/figure/random.h"

#define LINES_MAX 40

static const struct stat_what median = {STAT_QUANTILE, 0.5}, mean = {STAT_MEAN, 0}, share = {STAT_SHARE, 0};

static bool holds(const struct pair_change *c, double change)
{
    return c->interval.low <= change && change <= c->interval.high;
}

/* Nothing happened to any of them, however different they are. */
static void unchanged_lines_are_no_change(void **state)
{
    static const struct stat_what *const what[] = {&median, &mean, &share};
    for (size_t w = 0; w < COUNT(what); w++)
        for (size_t n = 6; n <= 11; n++) {
            struct pair pairs[11];
            for (size_t l = 0; l < n; l++)
                pairs[l] = (struct pair){0.1 * (double)(l * l), 0.1 * (double)(l * l), l < 4};
            struct pair_change c = pair_compare(what[w], pairs, n, 3);
            assert_true(c.from == c.to && c.interval.low == 0 && c.interval.high == 0);
        }
}

static void one_value_a_line(void **state)
{
    static const struct pair pairs[] = {{10, 11, 0}, {20, 22, 0}, {30, 33, 0}, {40, 44, 0}, {50, 55, 0}, {60, 66, 0}};
    struct pair_change c = pair_compare(&median, pairs, COUNT(pairs), 1);
    assert_true(fabs(c.from - 35) < 1e-9 && fabs(c.to - 38.5) < 1e-9 && !holds(&c, 0) && holds(&c, 3.5));
    struct pair_change again = pair_compare(&median, pairs, COUNT(pairs), 1);
    assert_true(c.interval.low == again.interval.low && c.interval.high == again.interval.high);
    c = pair_compare(&mean, pairs, COUNT(pairs), 1);
    assert_true(fabs(c.from - 35) < 1e-9 && fabs(c.to - 38.5) < 1e-9);
}

/* The largest of a mean is at most five times all others but the second, in either year. */
static void no_line_is_the_mean(void **state)
{
    static const struct pair pairs[] = {{1, 90, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}};
    struct pair_change c = pair_compare(&mean, pairs, COUNT(pairs), 1);
    assert_true(fabs(c.from - 1) < 1e-9 && fabs(c.to - 25.0 / 6) < 1e-9);
}

static double normal(uint64_t *state)
{
    double u = ((double)random_next(state) + 1) / 18446744073709551616.0, v = (double)random_next(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v / 18446744073709551616.0);
}

/* Lines of which each changes by 1 and by chance: how many of the intervals hold the 1. */
static int covered(const struct stat_what *what, size_t lines, int panels)
{
    uint64_t state = 20261128;
    int found = 0;
    for (int p = 0; p < panels; p++) {
        struct pair pairs[LINES_MAX];
        for (size_t l = 0; l < lines; l++) {
            double own = 100 + 5 * normal(&state);
            pairs[l] = (struct pair){own + normal(&state), own + 1 + normal(&state), 0};
        }
        struct pair_change c = pair_compare(what, pairs, lines, (uint64_t)p);
        found += holds(&c, 1);
    }
    return found;
}

/* Nineteen of twenty, less what chance may take of so many panels. */
static void intervals_cover(void **state)
{
    const int panels = 300;
    static const size_t lines[] = {6, 10, 40};
    for (size_t i = 0; i < COUNT(lines); i++) {
        int m = covered(&mean, lines[i], panels), q = covered(&median, lines[i], panels);
        if (m < 0.95 * panels - 3 * sqrt(0.95 * 0.05 * panels) || q < 0.95 * panels - 3 * sqrt(0.95 * 0.05 * panels))
            fail_msg("%zu lines: %d and %d of %d", lines[i], m, q, panels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_lines_are_no_change),
        cmocka_unit_test(one_value_a_line),
        cmocka_unit_test(no_line_is_the_mean),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
