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

static struct pair_change compare(const struct stat_what *what, const struct pair *pairs, size_t count)
{
    struct pair_change c;
    assert_true(pair_compare(what, pairs, count, 3, &c));
    return c;
}

/* Nothing happened to any of them, however different they are. */
static void unchanged_lines_are_no_change(void **state)
{
    static const struct {
        const struct stat_what *what;
        size_t lines;
    } rows[] = {{&median, 6}, {&median, 9}, {&median, 11}, {&mean, 36}, {&mean, 37}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct pair pairs[LINES_MAX];
        for (size_t l = 0; l < rows[r].lines; l++)
            pairs[l] = (struct pair){0.1 * (double)(l * l), 0.1 * (double)(l * l), l < 4};
        struct pair_change c = compare(rows[r].what, pairs, rows[r].lines);
        assert_true(c.from == c.to && c.interval.low == 0 && c.interval.high == 0);
    }
}

static void one_value_a_line(void **state)
{
    static const struct pair pairs[] = {{10, 11, 0}, {20, 22, 0}, {30, 33, 0}, {40, 44, 0}, {50, 55, 0}, {60, 66, 0}};
    struct pair_change c = compare(&median, pairs, COUNT(pairs));
    assert_true(fabs(c.from - 35) < 1e-9 && fabs(c.to - 38.5) < 1e-9 && !holds(&c, 0) && holds(&c, 3.5));
    struct pair_change again = compare(&median, pairs, COUNT(pairs));
    assert_true(c.interval.low == again.interval.low && c.interval.high == again.interval.high);
}

static void means_take_more_lines(void **state)
{
    assert_int_equal(pair_lines(&median), 6);
    assert_int_equal(pair_lines(&share), 6);
    assert_int_equal(pair_lines(&mean), 36);
    struct pair pairs[LINES_MAX];
    struct pair_change c;
    for (size_t l = 0; l < LINES_MAX; l++)
        pairs[l] = (struct pair){(double)l, 1.1 * (double)l, 0};
    assert_false(pair_compare(&mean, pairs, 35, 1, &c));
    c = compare(&mean, pairs, 36);
    assert_true(fabs(c.from - 17.5) < 1e-9 && fabs(c.to - 19.25) < 1e-9 && !holds(&c, 0) && holds(&c, 1.75));
    /* What one person vouches for weighs no more than all others: of equal weight that is fewer. */
    for (size_t l = 0; l < 30; l++)
        pairs[l].voucher = 1;
    assert_false(pair_compare(&mean, pairs, 36, 1, &c));
}

/* The two largest of a mean are at most five times all others, in either year; and by themselves tell of no spread. */
static void no_line_is_the_mean(void **state)
{
    struct pair pairs[36] = {{1, 900, 0}};
    struct pair_change c;
    for (size_t l = 1; l < COUNT(pairs); l++)
        pairs[l] = (struct pair){1, 1, 0};
    assert_false(pair_compare(&mean, pairs, COUNT(pairs), 1, &c));
    assert_true(fabs(c.from - 1) < 1e-9 && fabs(c.to - 205.0 / 36) < 1e-9);
    pairs[20].to = 800;
    assert_false(pair_compare(&mean, pairs, COUNT(pairs), 1, &c));
    assert_true(fabs(c.from - 1) < 1e-9 && fabs(c.to - (34 + 170 + 170) / 36.0) < 1e-9);
    double *weights = pair_weights(pairs, COUNT(pairs)), *parts = pair_parts(&mean, pairs, COUNT(pairs), weights, true);
    for (size_t l = 0; l < COUNT(pairs); l++)
        assert_int_equal(parts[l] < 1, l == 0 || l == 20);
    free(parts);
    free(weights);
}

/* Bonett and Price: (up - down) / (n + 2), and 1.96 standard errors of that, with one more on either side. */
static void shares_by_lines_that_turned(void **state)
{
    static const struct {
        size_t lines, up, down;
        double low, high;
    } rows[] = {{10, 0, 0, -23.10, 23.10}, {30, 6, 0, 2.69, 34.81}, {30, 3, 3, -17.32, 17.32}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct pair pairs[LINES_MAX];
        for (size_t l = 0; l < rows[r].lines; l++)
            pairs[l] = l < rows[r].up                  ? (struct pair){0, 100, 0}
                       : l < rows[r].up + rows[r].down ? (struct pair){100, 0, 0}
                                                       : (struct pair){100, 100, 0};
        struct pair_change c = compare(&share, pairs, rows[r].lines);
        if (fabs(c.interval.low - rows[r].low) > 0.01 || fabs(c.interval.high - rows[r].high) > 0.01)
            fail_msg("row %zu: %.4f to %.4f", r, c.interval.low, c.interval.high);
    }
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
        struct pair_change c;
        found += pair_compare(what, pairs, lines, (uint64_t)p, &c) && holds(&c, 1);
    }
    return found;
}

/* Nineteen of twenty, less what chance may take of so many panels. */
static void intervals_cover(void **state)
{
    const int panels = 300;
    static const struct {
        const struct stat_what *what;
        size_t lines;
    } rows[] = {{&median, 6}, {&median, 10}, {&median, 40}, {&mean, 36}, {&mean, 40}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        int found = covered(rows[r].what, rows[r].lines, panels);
        if (found < 0.95 * panels - 3 * sqrt(0.95 * 0.05 * panels))
            fail_msg("row %zu: %d of %d", r, found, panels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_lines_are_no_change), cmocka_unit_test(one_value_a_line),
        cmocka_unit_test(means_take_more_lines),         cmocka_unit_test(no_line_is_the_mean),
        cmocka_unit_test(shares_by_lines_that_turned),   cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
