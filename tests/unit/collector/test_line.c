#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/line.h"

static void a_line_has_one_value(void **state)
{
    static const struct {
        struct stat_what what;
        double values[3]; /* of lines 1, 4 and 9 */
    } rows[] = {
        {{STAT_QUANTILE, 0.5}, {2, 0.5, 0.75}},
        {{STAT_QUANTILE, 0.95}, {2, 0.5, 0.75}},
        {{STAT_MEAN, 0}, {4, 0.5, 0.75}},
        {{STAT_SHARE, 0}, {100, 100, 100}},
    };
    static const uint32_t numbers[] = {1, 4, 9};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_sample days[] = {{9, 1}, {1, 9}, {0, 4}, {1, 1}, {0.5, 9}, {1, 4}, {2, 1}};
        size_t count;
        struct line *lines = line_values(&rows[r].what, days, COUNT(days), &count);
        assert_int_equal(count, COUNT(numbers));
        for (size_t l = 0; l < count; l++) {
            assert_int_equal(lines[l].number, numbers[l]);
            assert_true(lines[l].value == rows[r].values[l]);
        }
        free(lines);
    }
}

/* 80/80: line l of five has eleven days at l + 10, l + 9, … l Mbit/s. Its 20th percentile is at rank 0.2 × (11 - 1) =
 * 2, the third from below, l + 2: nine of eleven days reach it. Of 3, 4, 5, 6, 7 the 20th percentile lies at rank 0.2 ×
 * (5 - 1) = 0.8, between 3 and 4: at 3.8, which four lines of five reach. Of medians it would be 6.8. */
static void four_lines_in_five_hold_it_four_days_in_five(void **state)
{
    enum { LINES = 5, DAYS = 11 };
    const struct stat_what what = {.kind = STAT_QUANTILE, .q = 0.2, .days = 0.2};
    struct stat_sample days[LINES * DAYS], said[LINES];
    size_t count, good_lines = 0;
    for (uint32_t n = 0; n < COUNT(days); n++)
        days[n] = (struct stat_sample){n / DAYS + 1 + (n * 7) % DAYS, n / DAYS};
    struct line *lines = line_values(&what, days, COUNT(days), &count);
    assert_int_equal(count, LINES);
    for (size_t l = 0; l < count; l++) {
        size_t good_days = 0;
        assert_true(fabs(lines[l].value - (double)(l + 3)) < 1e-9);
        for (size_t n = 0; n < COUNT(days); n++)
            good_days += days[n].cluster == l && days[n].value >= lines[l].value - 1e-9;
        assert_int_equal(good_days, 9);
        said[l] = (struct stat_sample){lines[l].value, (uint32_t)l};
    }
    double figure = stat_value(&what, said, count, NULL);
    assert_true(fabs(figure - 3.8) < 1e-9);
    for (size_t l = 0; l < count; l++)
        good_lines += lines[l].value >= figure;
    assert_int_equal(good_lines, 4);
    free(lines);
}

static void no_days_are_no_lines(void **state)
{
    size_t count;
    struct line *lines = line_values(&(struct stat_what){STAT_MEAN, 0}, NULL, 0, &count);
    assert_int_equal(count, 0);
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_one_value),
        cmocka_unit_test(four_lines_in_five_hold_it_four_days_in_five),
        cmocka_unit_test(no_days_are_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
