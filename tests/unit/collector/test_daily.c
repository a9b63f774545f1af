#include "tests/unit/check.h"

#include <math.h>

#include "collector/report/daily.h"

#define MAX 16

static struct daily of(const char *indicator, size_t count, const double (*days)[3])
{
    static struct chart_point points[4][MAX];
    static size_t turn;
    struct daily d = {.points = points[turn++ % 4], .count = count};
    for (size_t p = 0; p < count; p++)
        d.points[p] = (struct chart_point){(int32_t)p, days[p][0], days[p][1], days[p][2]};
    daily_sum(&d, indicator_find(indicator));
    return d;
}

static void percentiles_have_a_median_and_its_ends(void **state)
{
    const struct daily odd = of("PER1", 3, (const double[][3]){{30, 25, 36}, {10, 9, 12}, {20, 12, 31}});
    assert_float_equal(odd.value, 20, 0);
    assert_float_equal(odd.low, 12, 0);
    assert_float_equal(odd.high, 31, 0);
    /* Between two days; ends go outwards in the decimals of the indicator. */
    const struct daily even = of("PER1", 2, (const double[][3]){{10.2, 9.1, 11.2}, {10.4, 9.2, 11.3}});
    assert_float_equal(even.value, 10.3, 1e-9);
    assert_float_equal(even.low, 9.1, 1e-9);
    assert_float_equal(even.high, 11.3, 1e-9);
    /* A day without ends leaves them open: half of them leave nothing. */
    const struct daily some = of("PER1", 3, (const double[][3]){{10, 9, 11}, {11, NAN, NAN}, {12, 10, 14}});
    assert_float_equal(some.low, 9, 0);
    assert_float_equal(some.high, 14, 0);
    assert_true(isnan(of("PER1", 2, (const double[][3]){{10, 9, 11}, {11, NAN, NAN}}).low));
    assert_true(isnan(of("PER1", 0, NULL).value));
}

static void means_have_a_mean(void **state)
{
    const struct daily d = of("PER8", 3, (const double[][3]){{0, NAN, NAN}, {0, NAN, NAN}, {3, NAN, NAN}});
    assert_float_equal(d.value, 1, 0);
    assert_true(isnan(d.low) && isnan(d.high));
}

static void changes_are_more_than_chance(void **state)
{
    static struct chart_point unused[1];
    static const struct {
        struct daily from, to;
        enum daily_change wanted;
        const char *word;
    } rows[] = {
        {{unused, 30, .low = 1, .high = 2}, {unused, 30, .low = 2.1, .high = 3}, DAILY_ROSE, "rose"},
        {{unused, 30, .low = 2, .high = 3}, {unused, 30, .low = 1, .high = 1.9}, DAILY_FELL, "fell"},
        {{unused, 30, .low = 1, .high = 2}, {unused, 30, .low = 2, .high = 3}, DAILY_STEADY, "steady"},
        {{unused, 30, .low = 1, .high = 9}, {unused, 30, .low = 2, .high = 3}, DAILY_STEADY, "steady"},
        {{unused, 30, .low = NAN, .high = NAN}, {unused, 30, .low = 2, .high = 3}, DAILY_UNSURE, "unsure"},
        {{unused, 6, .low = 1, .high = 2}, {unused, 30, .low = 3, .high = 4}, DAILY_FEW, "few"},
        {{unused, 30, .low = 1, .high = 2}, {unused, 6, .low = 3, .high = 4}, DAILY_FEW, "few"},
        {{unused, 0}, {unused, 30, .low = 3, .high = 4}, DAILY_NONE, "none"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        assert_int_equal(daily_change(&rows[r].from, &rows[r].to), rows[r].wanted);
        assert_string_equal(daily_change_word(rows[r].wanted), rows[r].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(percentiles_have_a_median_and_its_ends),
                                       cmocka_unit_test(means_have_a_mean),
                                       cmocka_unit_test(changes_are_more_than_chance)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
