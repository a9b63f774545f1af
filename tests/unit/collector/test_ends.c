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
    return ends_told((struct interval){first, last, "order95", NULL}, what, samples, 6, NAN);
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

/* Nor where the figure lies between two numbers, and the line beyond it. */
static void figures_leave_room(void **state)
{
    static const struct {
        const struct stat_what *what;
        double low, value, high, told_low, told_high;
    } rows[] = {
        {&median, 10, 11, 12, 4, 25},     /* 6.3 would be of 7.9 to 11, 16 of 11 to 13.3 */
        {&median, 10, 12.2, 20, 4, 25},   /* of 7.9 to 12.2 */
        {&median, 10, 12.5, 20, 6.3, 25}, /* of 7.9 to 12.5 */
        {&median, 10, 14, 20, 6.3, 40},   /* 25 would be of 14 to 20.8 */
        {&median, -12, -11, -10, -25, -4}, {&part, 99.9, 99.95, 99.96, 99.84, 99.975}, /* of what they lack of all */
        {&part, 88, 89, 90, 75, 96},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_sample samples[] = {{rows[r].low, 0}, {rows[r].high, 1}};
        struct interval i = ends_told((struct interval){rows[r].low, rows[r].high, "order95", NULL}, rows[r].what,
                                      samples, 2, rows[r].value);
        near(i.low, rows[r].told_low);
        near(i.high, rows[r].told_high);
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
        struct interval i = ends_told((struct interval){1, 10, "order95", NULL}, &median, samples, count, 0);
        assert_true(more == 4 ? i.low == 1 && i.high == 10 : i.low == 0.63 && i.high == 16);
    }
}

static void of_none_are_none(void **state)
{
    struct stat_sample samples[6] = {{0}};
    struct interval i = ends_told((struct interval){.why = INTERVAL_LINES}, &median, samples, 6, 0);
    assert_true(!i.kind && i.low == 0 && i.high == 0);
    assert_string_equal(i.why, INTERVAL_LINES);
}

/* Both are as far off as the farther one, and that is a preferred number; no end is beyond what lines can say. */
static void of_means_are_off_by_a_preferred_number(void **state)
{
    static const struct {
        double least, most; /* of what lines say; most 0: any */
        double low, value, high, told_low, told_high;
    } rows[] = {
        {1, 0, 4.2, 5, 6.1, 3.4375, 6.5625},
        {1, 0, 4, 5, 6, 4, 6},
        {0, 0, 0.1, 1, 1.8, 0, 3.5},
        {-1, 0, 0.1, 1, 3.5, -2.125, 4.125},
        {0, 0, 0.3, 1, 1.7, 0.2125, 1.7875},
        {0, 100, 99, 99.5, 99.7, 98.7164375, 100},
        {-8, 0, -6, -5, -4.1, -6, -4},
        {0, 100, 40, 70, 80, 35, 100},
        {5, 0, 5, 5, 5, 5, 5},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        const struct stat_what mean = {STAT_MEAN, 0, rows[r].most};
        const struct stat_sample samples[] = {{rows[r].least, 0}, {rows[r].value, 1}};
        struct interval i = ends_told((struct interval){rows[r].low, rows[r].high, "studentised95", NULL}, &mean,
                                      samples, 2, rows[r].value);
        near(i.low, rows[r].told_low);
        near(i.high, rows[r].told_high);
    }
    struct interval share = ends_told((struct interval){12, 77, "exact95", NULL},
                                      &(struct stat_what){STAT_SHARE, 0, 100}, (struct stat_sample[]){{0, 0}, {100, 1}},
                                      2, 50);
    assert_true(share.low == 12 && share.high == 77);
}

/* Ten lines whose changes are `step` times -4.5, -3.5, … 4.5 from the middle. */
static struct stat_interval of_change(const struct stat_what *what, double low, double middle, double high, double step)
{
    struct pair pairs[10];
    for (uint32_t l = 0; l < 10; l++)
        pairs[l] = (struct pair){50, 50 + middle + step * (l - 4.5), 0};
    return ends_of_change(&(struct pair_change){50, 50 + middle, {low, high}}, what, pairs, 10);
}

static void of_changes_as_well(void **state)
{
    static const struct stat_what mean = {STAT_MEAN, 0}, share = {STAT_SHARE, 0, 100};
    static const struct {
        const struct stat_what *what;
        double step, low, middle, high, told_low, told_high;
    } rows[] = {
        {&median, 1, -3, -2, 1, -6, 2},       {&median, 9, -3, -2, -1.8, -3, -1.8},
        {&median, 0.1, -3, -2, -1.8, -3, -1}, {&part, 1, -40, -38, 1, -78, 2},
        {&mean, 9, -3, -2, 1, -6, 2},         {&share, 1, -3, -2, 1, -3, 1},
        {&part, 1, -48, -48, 20, -100, 52},   {&mean, 0, 3, 3, 3, 3, 3},
        {&median, 0, 0, 0, 0, 0, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_interval i = of_change(rows[r].what, rows[r].low, rows[r].middle, rows[r].high, rows[r].step);
        near(i.low, rows[r].told_low);
        near(i.high, rows[r].told_high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_preferred_numbers_a_fifth_away),
        cmocka_unit_test(tell_no_line_within_a_fifth),
        cmocka_unit_test(figures_leave_room),
        cmocka_unit_test(of_five_lines_are_their_own),
        cmocka_unit_test(of_none_are_none),
        cmocka_unit_test(of_means_are_off_by_a_preferred_number),
        cmocka_unit_test(of_changes_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
