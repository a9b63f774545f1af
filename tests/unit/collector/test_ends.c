#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/ends.h"

static const struct stat_what median = {STAT_QUANTILE, 0.5}, part = {STAT_QUANTILE, 0.5, 100};

static void near(double is, double wanted)
{
    if (!(fabs(is - wanted) <= 1e-12 * fabs(wanted)))
        fail_msg("%.17g, wanted %.17g", is, wanted);
}

/* Of lines that say `first`, `last`, and in between the rest of six: the ends are those two. */
static struct interval told(const struct stat_what *what, double first, double last)
{
    struct stat_sample samples[6];
    for (uint32_t l = 0; l < 6; l++)
        samples[l] = (struct stat_sample){l < 1 ? first : l < 5 ? (first + last) / 2 : last, l};
    return ends_told((struct interval){first, last, "order95", NULL}, what, samples, 6);
}

static void are_preferred_numbers_a_fifth_away(void **state)
{
    static const struct {
        const struct stat_what *what;
        double first, last, low, high;
    } rows[] = {
        {&median, 10, 80, 6.3, 100},
        {&median, 1.25, 1.3, 1, 1.6},
        {&median, 12.4, 84, 6.3, 160},
        {&median, 0.5, 0.52, 0.4, 0.63},
        {&median, 0, 0, 0, 0},
        {&median, 0.0009, 9e5, 0.00063, 1.6e6},
        {&median, -80, 10, -100, 16},
        {&median, -80, -10, -100, -6.3},
        {&median, 3, 99.5, 1.6, 160},
        {&part, 99.5, 99.9, 99.37, 99.937},
        {&part, 3, 97, 1.6, 100 - 1.6},
        {&part, 40, 60, 25, 75},
        {&part, 60, 61, 37, 75},
        {&part, 0, 100, 0, 100},
        {&part, 99.9992, 100, 99.999, 100},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct interval i = told(rows[r].what, rows[r].first, rows[r].last);
        near(i.low, rows[r].low);
        near(i.high, rows[r].high);
    }
}

/* Whatever the line says; and there are lines of which the same is told, of which one says half as much again. */
static void tell_no_line_within_a_fifth(void **state)
{
    double last = 0, from = 0;
    for (double x = 3; x < 40000; x *= 1.0007) {
        struct interval i = told(&median, x / 1e3, x);
        assert_true(i.high >= 1.2 * x * (1 - 1e-9) && i.high <= 1.2 * x * 1.6);
        assert_true(i.low <= 0.8 * x / 1e3 * (1 + 1e-9) && i.low >= 0.8 * x / 1e3 / 1.6);
        if (i.high > last * 1.01) {
            assert_true(from == 0 || last < 16 || x / from > 1.56);
            last = i.high;
            from = x;
        }
    }
}

/* Ten lines say 1 to 10, `more` at either end the same as the first and the last: five there are told of as they are.
 */
static void of_five_lines_are_their_own(void **state)
{
    for (uint32_t more = 3; more <= 4; more++) {
        struct stat_sample samples[18];
        uint32_t count = 10 + 2 * more;
        for (uint32_t l = 0; l < count; l++)
            samples[l] = (struct stat_sample){fmin(10, fmax(1, l < more ? 0 : l - more + 1.0)), l};
        struct interval i = ends_told((struct interval){1, 10, "order95", NULL}, &median, samples, count);
        assert_true(more == 4 ? i.low == 1 && i.high == 10 : i.low == 0.63 && i.high == 16);
    }
}

static void of_none_are_none(void **state)
{
    struct stat_sample samples[6] = {{0}};
    struct interval i = ends_told((struct interval){.why = INTERVAL_LINES}, &median, samples, 6);
    assert_true(!i.kind && i.low == 0 && i.high == 0);
    assert_string_equal(i.why, INTERVAL_LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_preferred_numbers_a_fifth_away),
        cmocka_unit_test(tell_no_line_within_a_fifth),
        cmocka_unit_test(of_five_lines_are_their_own),
        cmocka_unit_test(of_none_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
