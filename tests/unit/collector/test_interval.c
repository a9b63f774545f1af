#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/interval.h"

static const struct stat_what median = {STAT_QUANTILE, 0.5}, mean = {STAT_MEAN, 0}, share = {STAT_SHARE, 0};

static void near(double is, double wanted, double within)
{
    if (!(fabs(is - wanted) <= within))
        fail_msg("%.17g, wanted %.17g within %g", is, wanted, within);
}

/* Lines that say 1, 2, … and weigh the same. */
static struct interval of_ranks(const struct stat_what *what, size_t count)
{
    struct stat_sample samples[100];
    double weights[100];
    for (uint32_t l = 0; l < count; l++) {
        samples[l] = (struct stat_sample){l + 1, l};
        weights[l] = 365;
    }
    return interval_of(what, samples, count, weights, 1);
}

/* 1 and 6 of 6 cover 96.9 %, which is let be, as 2 and 9 of 10 (97.9 %). 1 and 8 of 8 cover 99.2 %, 2 and 7 93 %: there
 * it lies between, by how much is Nyblom's formula, here worked by hand. */
static void medians_lie_between_two_ranks(void **state)
{
    static const struct {
        size_t lines;
        double part; /* of the way from that rank to the next inwards */
        int rank;
    } rows[] = {
        {6, 0, 1},
        {8, 1 / (1 + 1.0 / 7 * (9.0 / 256 - 0.025) / (0.025 - 1.0 / 256)), 1},
        {10, 0, 2},
        {11, 1 / (1 + 2.0 / 9 * (67.0 / 2048 - 0.025) / (0.025 - 12.0 / 2048)), 2},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct interval i = of_ranks(&median, rows[r].lines);
        assert_string_equal(i.kind, "order95");
        near(i.low, rows[r].rank + rows[r].part, 1e-9);
        near(i.high, (double)rows[r].lines + 1 - rows[r].rank - rows[r].part, 1e-9);
    }
}

/* Nair (1940), Table of confidence intervals for the median in samples from any continuous population: of 6 to 65
 * values the k-th from either end. Ours are the same where those hold 98 of 100 or less, and else lie between that
 * value and the next. */
static void medians_are_those_of_nairs_table(void **state)
{
    static const int nair[] = {1,  1,  1,  2,  2,  2,  3,  3,  3,  4,  4,  5,  5,  5,  6,  6,  6,  7,  7,  8,
                               8,  8,  9,  9,  10, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16,
                               16, 17, 17, 18, 18, 19, 19, 19, 20, 20, 21, 21, 22, 22, 22, 23, 23, 24, 24, 25};
    for (size_t r = 0; r < COUNT(nair); r++) {
        const size_t n = r + 6;
        double beyond = 0, next = pow(0.5, (double)n); /* of a median beyond the k-th value */
        for (int k = 0; k < nair[r]; k++) {
            beyond += next;
            next *= (double)(n - (size_t)k) / (k + 1);
        }
        struct interval i = of_ranks(&median, n);
        if (beyond >= 0.01)
            near(i.low, nair[r], 0);
        else
            assert_true(i.low > nair[r] && i.low < nair[r] + 1);
        near(i.high, (double)n + 1 - i.low, 1e-9);
    }
}

static struct interval of_values(const struct stat_what *what, const double *values, size_t count)
{
    struct stat_sample samples[300];
    double weights[300];
    for (uint32_t l = 0; l < count; l++) {
        samples[l] = (struct stat_sample){values[l], l};
        weights[l] = 1;
    }
    return interval_of(what, samples, count, weights, 1);
}

/* The example of ci.median in Bonett's statpsych (Snedecor and Cochran 1989): 10.8 to 30.9, which hold 98.1 of 100. */
static void a_median_is_that_of_a_worked_example(void **state)
{
    static const double values[] = {0,    5.1,  10.2, 10.5, 10.8, 10.8, 15.1, 20.4, 20.5, 20.7,
                                    20.8, 20.9, 25,   30.2, 30.9, 40,   50.8, 50.9, 60.8};
    struct interval i = of_values(&median, values, COUNT(values));
    assert_true(i.low == 10.8 && i.high > 30.2 && i.high < 30.9);
}

/* Newcombe (1998), Statistics in Medicine 17, the exact method of his comparison; Conover (1999) for 5 of 25. */
static void shares_are_those_of_newcombes_table(void **state)
{
    static const struct {
        size_t yes, lines;
        double low, high; /* of a hundred */
    } rows[] = {
        {81, 263, 25.27, 36.76}, {15, 148, 5.78, 16.17}, {0, 20, 0, 16.84}, {1, 29, 0.09, 17.76}, {5, 25, 6.8, 40.7},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        double values[300] = {0};
        for (size_t l = rows[r].lines - rows[r].yes; l < rows[r].lines; l++)
            values[l] = 100;
        struct interval i = of_values(&share, values, rows[r].lines);
        near(i.low, rows[r].low, 0.05);
        near(i.high, rows[r].high, 0.05);
    }
}

/* Bootstraps that answered with NaN: scipy's pull 14351 and issue 14804, Bootstrap.jl's issue 40. */
static void lines_that_all_say_the_same_are_no_number(void **state)
{
    double values[40];
    for (size_t l = 0; l < COUNT(values); l++)
        values[l] = 10000;
    assert_string_equal(of_values(&mean, values, 35).why, INTERVAL_ALIKE);
    struct interval same = of_values(&median, values, 35);
    assert_true(same.low == 10000 && same.high == 10000);
    for (size_t l = 0; l < COUNT(values); l++)
        values[l] = l < 6 ? 0.928571 : 1;
    struct interval few = of_values(&mean, values, COUNT(values));
    assert_true(few.why ? !few.kind : few.low < few.high && few.low > 0.9 && few.high < 1.1);
}

static void too_few_lines_have_none(void **state)
{
    static const struct {
        struct stat_what what;
        uint32_t lines;
    } rows[] = {
        {{STAT_QUANTILE, 0.5}, 6},   {{STAT_QUANTILE, 0.1}, 36},  {{STAT_QUANTILE, 0.9}, 36},
        {{STAT_QUANTILE, 0.95}, 72}, {{STAT_QUANTILE, 0.75}, 13}, {{STAT_MEAN, 0}, 12},
        {{STAT_SHARE, 0}, 6},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        assert_int_equal(interval_lines(&rows[r].what), rows[r].lines);
        struct interval few = of_ranks(&rows[r].what, rows[r].lines - 1),
                        enough = of_ranks(&rows[r].what, rows[r].lines);
        assert_null(few.kind);
        assert_string_equal(few.why, INTERVAL_LINES);
        assert_true(enough.kind && enough.low < enough.high && !enough.why);
    }
}

/* Of twelve lines of which one weighs nearly all, a mean is one line's. */
static void few_that_weigh_much_are_few(void **state)
{
    struct stat_sample samples[24];
    double weights[24];
    for (uint32_t l = 0; l < COUNT(samples); l++) {
        samples[l] = (struct stat_sample){l, l};
        weights[l] = l < 12 ? 1 : 0.01;
    }
    assert_string_equal(interval_of(&mean, samples, COUNT(samples) - 1, weights, 1).kind, "studentised95");
    weights[3] = 5;
    assert_string_equal(interval_of(&mean, samples, COUNT(samples), weights, 1).why, INTERVAL_LINES);
    /* A quantile's ends are moved outwards. */
    for (uint32_t l = 0; l < 12; l++)
        weights[l] = l % 2 ? 1 : 10;
    struct interval uneven = interval_of(&median, samples, 12, weights, 1), even = of_ranks(&median, 12);
    assert_true(uneven.kind && uneven.high - uneven.low > even.high - even.low);
}

/* All but three of fifteen say 0: nothing tells how far the others may go. */
static void lines_that_are_alike_tell_of_no_spread(void **state)
{
    struct stat_sample samples[15];
    double weights[15];
    for (uint32_t l = 0; l < COUNT(samples); l++) {
        samples[l] = (struct stat_sample){l < 12 ? 0 : 1, l};
        weights[l] = 1;
    }
    assert_string_equal(interval_of(&mean, samples, COUNT(samples), weights, 1).why, INTERVAL_ALIKE);
    assert_string_equal(interval_of(&mean, samples, 12, weights, 1).why, INTERVAL_ALIKE);
    struct interval i = interval_of(&median, samples, COUNT(samples), weights, 1);
    assert_true(i.kind && i.low == 0 && i.high <= 1);
}

/* Of twelve lines one is of another kind. Most draws that leave it out are all but sure of what they say, which the
 * lines themselves are not: nothing is told farther from the mean than what is twice as sure as they would have it. */
static void draws_of_one_kind_are_not_sure(void **state)
{
    struct stat_sample samples[12];
    double weights[12], mean_of = 0, squares = 0;
    for (uint32_t l = 0; l < COUNT(samples); l++) {
        samples[l] = (struct stat_sample){l == 0 ? 4 : 1 + 0.01 * l, l};
        weights[l] = 1;
        mean_of += samples[l].value / 12;
    }
    for (size_t l = 0; l < COUNT(samples); l++)
        squares += pow(samples[l].value - mean_of, 2);
    struct interval i = interval_of(&mean, samples, COUNT(samples), weights, 1);
    double error = sqrt(squares / 11 / 12);
    assert_true(i.kind && i.low < mean_of - error && i.high > mean_of + error && i.high < mean_of + 3 * error);
}

/* Published values: Clopper and Pearson of 0 and 5 of 10, and 81 of 263 (Newcombe 1998, table I). */
static void shares_are_exact(void **state)
{
    static const struct {
        size_t yes, of;
        double low, high;
    } rows[] = {{0, 10, 0, 30.85}, {5, 10, 18.71, 81.29}, {10, 10, 69.15, 100}, {81, 263, 25.27, 36.76}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_sample samples[263];
        double weights[263];
        for (uint32_t l = 0; l < rows[r].of; l++) {
            samples[l] = (struct stat_sample){l + rows[r].yes < rows[r].of ? 0 : 100, l};
            weights[l] = 30;
        }
        struct interval i = interval_of(&share, samples, rows[r].of, weights, 1);
        assert_string_equal(i.kind, "exact95");
        near(i.low, rows[r].low, 0.011);
        near(i.high, rows[r].high, 0.011);
    }
}

static void equal_seeds_are_equal_intervals(void **state)
{
    struct interval a = of_ranks(&mean, 40), b = of_ranks(&mean, 40);
    near(a.low, b.low, 0);
    near(a.high, b.high, 0);
    /* Of values that are not skewed it is what theory says, a little wider. */
    double width = 2 * 2.02 * sqrt(40.0 * 41 / 12) / sqrt(40);
    near((a.low + a.high) / 2, 20.5, 0.1 * width);
    assert_true(a.high - a.low > width && a.high - a.low < 1.2 * width);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_lie_between_two_ranks),
        cmocka_unit_test(too_few_lines_have_none),
        cmocka_unit_test(medians_are_those_of_nairs_table),
        cmocka_unit_test(a_median_is_that_of_a_worked_example),
        cmocka_unit_test(shares_are_those_of_newcombes_table),
        cmocka_unit_test(lines_that_all_say_the_same_are_no_number),
        cmocka_unit_test(few_that_weigh_much_are_few),
        cmocka_unit_test(lines_that_are_alike_tell_of_no_spread),
        cmocka_unit_test(draws_of_one_kind_are_not_sure),
        cmocka_unit_test(shares_are_exact),
        cmocka_unit_test(equal_seeds_are_equal_intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
