#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/weight.h"

#define LINES_MAX 13

static void no_line_weighs_more_than_a_fifth(void **state)
{
    static const struct {
        uint32_t lines, days[LINES_MAX], vouchers[LINES_MAX];
        double sums[LINES_MAX]; /* what each line comes to weigh */
    } rows[] = {
        {5, {10, 10, 10, 10, 10}, {0}, {10, 10, 10, 10, 10}},
        {5, {300, 10, 10, 10, 20}, {0}, {10, 10, 10, 10, 10}},
        {6, {100, 10, 10, 10, 10, 10}, {0}, {12.5, 10, 10, 10, 10, 10}},
        {7, {100, 90, 12, 12, 12, 12, 12}, {0}, {20, 20, 12, 12, 12, 12, 12}},
        /* Below five lines nothing is shown, and nothing is cut. */
        {3, {300, 1, 1}, {0}, {300, 1, 1}},
        /* One voucher for all; for two thirds; for nearly all, where no other may come to weigh more than a fifth. */
        {6, {10, 10, 10, 10, 10, 10}, {7, 7, 7, 7, 7, 7}, {10, 10, 10, 10, 10, 10}},
        {12,
         {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10},
         {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 0, 0},
         {5, 5, 5, 5, 5, 5, 5, 5, 10, 10, 10, 10}},
        {13,
         {30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0},
         {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 30}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        double weights[LINES_MAX], whole = 0;
        weight_days(rows[r].days, rows[r].days, rows[r].vouchers, rows[r].lines, weights);
        for (uint32_t l = 0; l < rows[r].lines; l++) {
            whole += rows[r].sums[l];
            if (fabs(rows[r].days[l] * weights[l] - rows[r].sums[l]) > 1e-9)
                fail_msg("row %zu, line %u: %g", r, l, rows[r].days[l] * weights[l]);
        }
        double largest = weight_largest(rows[r].days, weights, rows[r].lines);
        assert_true(rows[r].lines < WEIGHT_LINES_MIN || largest <= 0.2 + 1e-9);
        assert_true(largest >= 1.0 / rows[r].lines - 1e-9 && whole > 0);
    }
}

static void a_line_weighs_the_days_expected(void **state)
{
    static const struct {
        uint32_t lines, days[LINES_MAX], due[LINES_MAX];
        double sums[LINES_MAX];
    } rows[] = {
        /* Off every other day; a quarter of the days; less often, when a day would speak of more than it saw. */
        {6, {10, 20, 20, 20, 20, 20}, {20, 20, 20, 20, 20, 20}, {20, 20, 20, 20, 20, 20}},
        {6, {5, 20, 20, 20, 20, 20}, {20, 20, 20, 20, 20, 20}, {20, 20, 20, 20, 20, 20}},
        {6, {1, 20, 20, 20, 20, 20}, {20, 20, 20, 20, 20, 20}, {4, 20, 20, 20, 20, 20}},
        /* A test that is made every tenth day is so on all lines. */
        {6, {2, 2, 2, 2, 2, 2}, {20, 20, 20, 20, 20, 20}, {8, 8, 8, 8, 8, 8}},
        /* None more than a fifth, whatever was expected of it. */
        {5, {100, 10, 10, 10, 10}, {300, 10, 10, 10, 10}, {10, 10, 10, 10, 10}},
        {3, {1, 2, 3}, {300, 2, 3}, {4, 2, 3}},
    };
    static const uint32_t nobody[LINES_MAX];
    for (size_t r = 0; r < COUNT(rows); r++) {
        double weights[LINES_MAX];
        weight_days(rows[r].days, rows[r].due, nobody, rows[r].lines, weights);
        for (uint32_t l = 0; l < rows[r].lines; l++)
            if (fabs(rows[r].days[l] * weights[l] - rows[r].sums[l]) > 1e-9)
                fail_msg("row %zu, line %u: %g", r, l, rows[r].days[l] * weights[l]);
    }
}

/* Of five lines one loses everything: the mean must not be a fifth of its value. */
static void one_line_is_not_the_mean(void **state)
{
    static const struct {
        double values[5], mean;
    } rows[] = {
        {{1, 2, 3, 4, 5}, 3},
        {{0, 0, 0, 0, 100}, 0},
        {{1, 1, 1, 1, 100}, (3 + 1 + 15) / 5.0},
        {{100, 1, 1, 1, 2}, (3 + 2 + 15) / 5.0},
        {{10, 1, 1, 1, 2}, 3},
        /* Nor are two: what is left would be what the second says. */
        {{0, 0, 0, 50, 100}, 0},
        {{1, 1, 50, 1, 100}, (3 + 15 + 15) / 5.0},
        {{0, 0, 0, 0, 0}, 0},
    };
    static const double weights[] = {1, 1, 1, 1, 1};
    const struct stat_what mean = {STAT_MEAN, 0};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_sample samples[10];
        for (uint32_t i = 0; i < COUNT(samples); i++)
            samples[i] = (struct stat_sample){rows[r].values[i % 5], i % 5};
        weight_cut_mean(samples, COUNT(samples), 5, weights);
        assert_true(fabs(stat_value(&mean, samples, COUNT(samples), weights) - rows[r].mean) < 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_weighs_more_than_a_fifth),
        cmocka_unit_test(a_line_weighs_the_days_expected),
        cmocka_unit_test(one_line_is_not_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
