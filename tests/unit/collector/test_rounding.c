#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/rounding.h"

static void is_exactly(double is, double wanted)
{
    if (is != wanted || signbit(is) != signbit(wanted))
        fail_msg("%.17g, wanted %.17g", is, wanted);
}

static void goes_to_the_nearest_and_halves_away_from_zero(void **state)
{
    static const struct {
        double value;
        int decimals;
        double told;
    } rows[] = {
        {200 / 7.0, 2, 28.57}, {200 / 7.0, 0, 29}, {200 / 7.0, 6, 28.571429},
        {12.25, 1, 12.3},      {-12.25, 1, -12.3}, {0.5, 0, 1},
        {2.5, 0, 3},           {-0.004, 2, 0},     {0, 1, 0},
        {1.005, 2, 1},         {99.96, 1, 100},    {1.23456, 4, 1.2346},
        {0.1 + 0.2, 1, 0.3},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        is_exactly(rounding_nearest(rows[r].value, rows[r].decimals), rows[r].told);
}

static void ends_go_outwards_and_stay_within_bounds(void **state)
{
    static const struct {
        double low, high;
        int decimals;
        double told_low, told_high;
    } rows[] = {
        {12.31, 12.31, 1, 12.3, 12.4},
        {-12.31, -12.31, 1, -12.4, -12.3},
        {0, 100, 2, 0, 100},
        {0.001, 99.999, 2, 0, 100},
        {-0.04, -0.04, 1, -0.1, 0},
        {0.1 + 0.2, 0.1 + 0.2, 1, 0.3, 0.3},
        {0.7 - 0.4, 12.3 - 2.5, 1, 0.3, 9.8},
        {6.3, 25, 0, 6, 25},
        {0.63, 1.6, 1, 0.6, 1.6},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_interval i = rounding_outwards(rows[r].low, rows[r].high, rows[r].decimals);
        is_exactly(i.low, rows[r].told_low);
        is_exactly(i.high, rows[r].told_high);
    }
}

/* What lies between its ends does so as it is told. */
static void a_value_stays_between_its_ends(void **state)
{
    for (double value = -3; value < 3; value += 0.00037)
        for (int decimals = 0; decimals <= 6; decimals++)
            for (double off = 0; off < 0.02; off += 0.0049) {
                double told = rounding_nearest(value, decimals);
                struct stat_interval i = rounding_outwards(value - off, value + off, decimals);
                assert_true(i.low <= told && told <= i.high);
                assert_true(i.high - i.low <= 2 * off + 2 * pow(10, -decimals));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_to_the_nearest_and_halves_away_from_zero),
        cmocka_unit_test(ends_go_outwards_and_stay_within_bounds),
        cmocka_unit_test(a_value_stays_between_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
