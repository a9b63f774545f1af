#include "tests/unit/check.h"

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
        cmocka_unit_test(no_days_are_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
