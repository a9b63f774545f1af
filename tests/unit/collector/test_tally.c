#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/tally.h"

/* Lines of ten days each; line l measures l + 1 every day, behind a network of its own. */
static struct tally make(uint32_t lines, uint32_t networks)
{
    struct tally_day *days = alloc_zero(lines * 10, sizeof *days);
    for (uint32_t d = 0; d < lines * 10; d++)
        days[d] = (struct tally_day){
            d / 10 + 1, networks ? d / 10 % networks + 1 : 0, 0, (int32_t)d % 10, d / 10 + 1, 3, 0, 1, false};
    struct tally t = tally_days(days, lines * 10);
    free(days);
    return t;
}

static void counts_whom_it_speaks_of(void **state)
{
    _cleanup_tally_ struct tally t = make(12, 7), none = make(12, 0);
    assert_true(t.lines == 12 && t.networks == 7 && t.results == 360 && t.count == 120);
    assert_true(fabs(t.largest - 1.0 / 12) < 1e-12);
    assert_int_equal(none.networks, 0);
}

/* Lines of forty days: eight that measure, whose last ten days have no value, and `mute` that never have one. */
static void failures_are_those_of_lines_that_may_be_told_of(void **state)
{
    static const struct {
        uint32_t mute, networks;
        int64_t failed;
    } rows[] = {{0, 1, 8 * 50}, {4, 4, 8 * 50}, {5, 5, 8 * 50 + 5 * 40 * 5}, {6, 4, 8 * 50}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        uint32_t lines = 8 + rows[r].mute;
        struct tally_day *days = alloc_zero((size_t)lines * 40, sizeof *days);
        for (uint32_t d = 0; d < lines * 40; d++) {
            uint32_t line = d / 40, network = line < 8 ? line : 8 + line % rows[r].networks;
            bool fails = line >= 8 || d % 40 >= 30;
            days[d] = (struct tally_day){
                line + 1,      network + 1, 0,    (int32_t)(d % 40), fails ? NAN : line, fails ? 0 : 3,
                fails ? 5 : 0, !fails,      false};
        }
        _cleanup_tally_ struct tally t = tally_days(days, (size_t)lines * 40);
        assert_true(t.lines == 8 && t.networks == 8 && t.count == 8 * 30 && t.results == 8 * 30 * 3);
        assert_int_equal(t.failed, rows[r].failed);
        free(days);
    }
}

/* Ten lines that measure; some of them fail as often as is said, and the others not. */
static void failures_are_dominated_by_who_fails_most(void **state)
{
    static const struct {
        int64_t failed[4];
        bool dominated;
    } rows[] = {
        {{0}, false},           {{1}, true},           {{192, 192}, true},
        {{100, 50, 20}, false}, {{101, 50, 20}, true}, {{20, 50, 9, 1}, false},
        {{20, 51, 9, 1}, true},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct tally_day days[10];
        int64_t all = 0;
        for (uint32_t l = 0; l < COUNT(days); l++) {
            int64_t failed = l < 4 ? rows[r].failed[l] : 0;
            days[l] = (struct tally_day){.line = l + 1, .network = l + 1, .value = 1, .due = 1, .failed = failed};
            all += failed;
        }
        _cleanup_tally_ struct tally t = tally_days(days, COUNT(days));
        if (t.failed != all || t.failed_dominated != rows[r].dominated)
            fail_msg("row %zu: %d", r, (int)t.failed);
    }
}

/* Six lines: what they measure is known on as many days as `values` says, of the thirty that were expected. The first
 * measures 100, and fails on most days; the others 0. */
static void a_line_that_fails_counts_for_the_days_expected(void **state)
{
    static const struct {
        uint32_t values, silent;
        double mean; /* without the bound to a fifth, and the cut of means */
    } rows[] = {
        {30, 0, 1.0 / 6}, {15, 0, 1.0 / 6}, {8, 1, 1.0 / 6}, {3, 1, 12.0 / (12 + 5 * 30)}, {1, 0, 4.0 / (4 + 5 * 30)}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct tally_day days[6 * 30];
        size_t count = 0;
        for (uint32_t line = 0; line < 6; line++)
            for (uint32_t d = 0; d < (line ? 30 : rows[r].values); d++)
                days[count++] = (struct tally_day){
                    line + 1, line + 1, 0, (int32_t)d, 0, 3, 0, !line && d == 0 ? 31 - rows[r].values : 1, false};
        days[rows[r].values - 1].ended = rows[r].silent;
        _cleanup_tally_ struct tally t = tally_days(days, count);
        double own = t.weights[0], whole = own;
        for (uint32_t line = 1; line < 6; line++)
            whole += t.weights[line];
        if (fabs(own / whole - rows[r].mean) > 1e-9)
            fail_msg("row %zu: %g", r, own / whole);
        assert_int_equal(t.silent, rows[r].silent);
    }
}

static void a_tail_is_more_than_one_line(void **state)
{
    static const struct {
        uint32_t lines;
        double q;
        bool tells;
    } rows[] = {
        {5, 0.5, true},  {10, 0.1, false},  {11, 0.1, true},  {10, 0.9, false},
        {11, 0.9, true}, {20, 0.95, false}, {21, 0.95, true},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_tally_ struct tally t = make(rows[r].lines, rows[r].lines);
        assert_int_equal(tally_tells(&t, &(struct stat_what){STAT_QUANTILE, rows[r].q}), rows[r].tells);
        assert_true(tally_tells(&t, &(struct stat_what){STAT_MEAN, 0}));
    }
}

/* The first line says 1 on two days of three, else 9, twelve times; the others say 2, 3, 4, 5, 6 once, for four days.
 */
static void a_line_says_one_thing(void **state)
{
    static const struct {
        struct stat_what what;
        double value;
    } rows[] = {{{STAT_QUANTILE, 0.5}, 3.5}, {{STAT_QUANTILE, 0.8}, 5}, {{STAT_MEAN, 0}, (11 / 3.0 + 20) / 6}};
    struct tally_day days[12 + 5];
    for (uint32_t d = 0; d < COUNT(days); d++) {
        bool first = d < 12;
        days[d] = (struct tally_day){.line = first ? 1 : d, .day = (int32_t)d, .due = first ? d < 4 : 4};
        days[d].value = !first ? d - 10 : d % 3 ? 1 : 9;
    }
    _cleanup_tally_ struct tally t = tally_days(days, COUNT(days));
    assert_int_equal(t.lines, 6);
    for (size_t r = 0; r < COUNT(rows); r++)
        if (fabs(tally_value(&t, &rows[r].what) - rows[r].value) > 1e-9)
            fail_msg("row %zu: %g", r, tally_value(&t, &rows[r].what));
}

static void has_an_interval_from_six_lines_on(void **state)
{
    static const struct stat_what median = {STAT_QUANTILE, 0.5};
    for (uint32_t lines = 5; lines <= 6; lines++) {
        _cleanup_tally_ struct tally t = make(lines, lines);
        struct interval i = tally_interval(&t, &median, 1);
        double value = tally_value(&t, &median);
        assert_true((i.kind != NULL) == (lines == 6) && (i.why != NULL) == (lines == 5));
        assert_true(!i.kind || (i.low < value && value < i.high));
    }
}

static void a_mean_of_what_is_not_negative_is_not_either(void **state)
{
    struct tally_day days[12];
    for (uint32_t d = 0; d < COUNT(days); d++)
        days[d] = (struct tally_day){.line = d + 1, .value = d == 0 ? 6 : 0.01 * d, .due = 1};
    _cleanup_tally_ struct tally t = tally_days(days, COUNT(days));
    struct interval i = tally_interval(&t, &(struct stat_what){STAT_MEAN, 0}, 1);
    assert_true(i.kind && i.low == 0 && i.high > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_whom_it_speaks_of),
        cmocka_unit_test(failures_are_those_of_lines_that_may_be_told_of),
        cmocka_unit_test(failures_are_dominated_by_who_fails_most),
        cmocka_unit_test(a_line_that_fails_counts_for_the_days_expected),
        cmocka_unit_test(a_tail_is_more_than_one_line),
        cmocka_unit_test(a_line_says_one_thing),
        cmocka_unit_test(has_an_interval_from_six_lines_on),
        cmocka_unit_test(a_mean_of_what_is_not_negative_is_not_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
