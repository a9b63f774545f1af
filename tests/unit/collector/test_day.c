#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/day.h"

static const struct stat_what median = {STAT_QUANTILE, 0.5, 0, 6}, mean = {STAT_MEAN, 0, 0, 6};
static const struct past_days nothing = {.after = INT32_MIN, .until = INT32_MAX, .as_of = INT32_MIN};

/* Lines of `days` days each, and of the first line `more` days more; line l measures l + 1 every day, behind a network
 * of its own. */
static json_t *make(uint32_t lines, int32_t days, int32_t more, bool lifted)
{
    struct tally_day *rows = alloc_zero((size_t)lines * (size_t)(days + more), sizeof *rows);
    size_t count = 0;
    for (uint32_t l = 0; l < lines; l++)
        for (int32_t d = 0; d < days + (l == 0 ? more : 0); d++)
            rows[count++] = (struct tally_day){l + 1, l + 1, 0, 20000 + d, l + 1, 3, 0, 9, false};
    json_t *figures = day_figures(rows, count, &median, lifted ? NULL : &nothing, NULL, NULL);
    free(rows);
    return figures;
}

static double number(const json_t *figure, const char *name)
{
    assert_non_null(json_object_get(figure, name));
    return json_number_value(json_object_get(figure, name));
}

static void a_day_has_a_median_and_its_interval(void **state)
{
    json_t *days = make(10, 3, 0, false);
    assert_int_equal(json_array_size(days), 3);
    const json_t *last = json_array_get(days, 2);
    assert_string_equal(json_string_value(json_object_get(last, "day")), "2024-10-06");
    assert_true(number(last, "value") == 5.5);
    /* the lines of ranks 2 and 9 hold 97.9 of 100: no less is bridged, but they are told from further out */
    assert_true(number(last, "low") == 1.6 && number(last, "high") == 16);
    assert_true(number(last, "n_probes") == 10 && number(last, "n_networks") == 10);
    json_decref(days);
    days = make(5, 6, 0, false);
    assert_int_equal(json_array_size(days), 6);
    assert_null(json_object_get(json_array_get(days, 0), "low"));
    json_decref(days);
}

/* Of thirty lines: a day of which series said something else has no point, and who came late to them is in none. */
static void series_and_points_tell_of_the_same_lines(void **state)
{
    static struct tally_day rows[120];
    for (uint32_t n = 0; n < COUNT(rows); n++)
        rows[n] = (struct tally_day){.line = n % 30 + 1,
                                     .network = n % 30 + 1,
                                     .day = 20000 + (int32_t)(n / 30),
                                     .value = n % 30 + 1,
                                     .late = n / 30 == 2 && n % 30 == 4,
                                     .barred = n == 31};
    json_t *days = day_figures(rows, COUNT(rows), &median, &nothing, NULL, NULL);
    assert_int_equal(json_array_size(days), 3);
    for (size_t d = 0; d < 3; d++) {
        const json_t *day = json_array_get(days, d);
        assert_string_not_equal(json_string_value(json_object_get(day, "day")), "2024-10-05");
        assert_true(number(day, "n_probes") == (d == 1 ? 29 : 30) && number(day, "value") == (d == 1 ? 16 : 15.5));
    }
    json_decref(days);
}

/* Of a cell that is shown. */
static void days_of_too_few_lines_are_left_out(void **state)
{
    static const struct {
        uint32_t lines;
        int32_t days, more;
        bool lifted;
        size_t shown;
    } rows[] = {
        {6, 10, 0, false, 10}, {6, 10, 1, false, 5}, /* five days of six lines are thirty days, with the lone one */
        {6, 10, 1, true, 11},  {4, 10, 0, false, 0}, {4, 10, 0, true, 10}, {6, 3, 1, false, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        json_t *days = make(rows[r].lines, rows[r].days, rows[r].more, rows[r].lifted);
        if (json_array_size(days) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(days));
        json_decref(days);
    }
}

/* Ten lines measured for nine days, of which four were told before: nobody learns of a line that came late to those, or
 * left them, by taking all days from the whole. */
static void a_day_that_was_told_has_its_point(void **state)
{
    static const struct {
        int32_t until;
        uint32_t late; /* days of one line */
        bool cover;
        size_t shown;
    } rows[] = {{INT32_MAX, 0, false, 5},
                {20008, 0, false, 2},
                {20003, 0, false, 0},
                {INT32_MAX, 3, false, 2},
                {INT32_MAX, 0, true, 2}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past_days past = {.after = 20003, .until = rows[r].until, .cover = rows[r].cover, .before = true};
        struct tally_day days[90];
        size_t shown;
        for (uint32_t d = 0; d < COUNT(days); d++)
            days[d] = (struct tally_day){d / 9 + 1, d / 9 + 1, 0, 20000 + (int32_t)(d % 9), 1, 3};
        if (rows[r].late)
            crowd_add(&past.late, 1, 1, rows[r].late);
        json_t *figures = day_figures(days, COUNT(days), &median, &past, NULL, NULL);
        shown = json_array_size(figures);
        if (shown != rows[r].shown)
            fail_msg("row %zu: %zu days", r, shown);
        if (shown)
            assert_string_equal(json_string_value(json_object_get(json_array_get(figures, 0), "day")), "2024-10-08");
        json_decref(figures);
    }
}

/* Twelve lines for ten days; lines of one kind count in the figure of them all what a day of them stands for, some
 * measured on every other day only. Each of the other kind lies in a place of its own where `apart`. */
static void a_line_that_counts_otherwise_is_covered(void **state)
{
    static const struct {
        uint32_t others;     /* of twenty */
        double counts, step; /* of the first of them; each is that much more */
        bool cover;
        size_t shown;
    } rows[] = {
        {0, 1, 0, false, 10},     /* all measure every day: nothing is left */
        {0, 1, 0, true, 8},       /* but for what told days come to weigh, which two days of twenty cover */
        {1, 2, 0, false, 8},      /* one does not */
        {5, 2, 0, false, 10},     /* five cover each other */
        {5, 2, 0, true, 10},      /* and what told days come to weigh */
        {20, 1, 0.05, false, 10}, /* no two are alike */
        {20, 1, 0.05, true, 10},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past_days past = nothing;
        static struct tally_day days[200];
        past.weighed = rows[r].cover;
        for (uint32_t d = 0; d < COUNT(days); d++) {
            uint32_t line = d / 10;
            double counts = line < rows[r].others ? rows[r].counts + rows[r].step * line : 1;
            days[d] = (struct tally_day){
                .line = line + 1, .network = line + 1, .day = 20000 + (int32_t)(d % 10), .value = 1, .counts = counts};
        }
        json_t *figures = day_figures(days, COUNT(days), &mean, &past, NULL, NULL);
        if (json_array_size(figures) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(figures));
        json_decref(figures);
        figures = day_figures(days, COUNT(days), &median, &past, NULL, NULL);
        assert_int_equal(json_array_size(figures), 10); /* which is no sum */
        json_decref(figures);
    }
}

/* A mean cuts down what one of ten lines says on a day: the point says what others do, and takes nothing of that line
 * off. Days that are hidden have to cover what it says, and not its days alone. */
static void a_line_that_a_mean_cuts_is_in_no_point(void **state)
{
    static const struct {
        double value; /* of the first line, on so many of ten days */
        uint32_t days;
        size_t shown;
    } rows[] = {
        {40, 3, 10}, /* five times eight others: it is not cut */
        {41, 3, 7},  /* nor so that it is not told: three days of ten cover what is */
        {51, 3, 6},  /* three days of it and four others are no more than five times four days of eight */
        {200, 3, 0}, {900, 10, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct tally_day days[100];
        for (uint32_t d = 0; d < COUNT(days); d++)
            days[d] = (struct tally_day){.line = d / 10 + 1,
                                         .network = d / 10 + 1,
                                         .day = 20000 + (int32_t)(d % 10),
                                         .value = d < rows[r].days ? rows[r].value : 1,
                                         .counts = 1};
        json_t *figures = day_figures(days, COUNT(days), &mean, &nothing, NULL, NULL);
        if (json_array_size(figures) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(figures));
        json_decref(figures);
    }
}

/* Twelve lines for twenty days, of which ten were told: one of them has come to weigh less on those, or so much more is
 * counted of them than was. */
static void what_was_told_and_weighs_otherwise_is_covered(void **state)
{
    static const struct {
        uint32_t others; /* lines that weigh something else than they did */
        double before;
        size_t shown; /* of ten */
        double value; /* of the first line; 0: one, as of all others */
    } rows[] = {
        {0, 1, 10},    {12, 2, 10}, /* all do, and alike */
        {1, 2, 7},     /* three times ten and three days are no more than those and three days of eleven others */
        {1, 3, 5},     /* three times twenty and five */
        {1, 9, 0},     /* of which ten days are no cover */
        {6, 2, 10},    /* that are a crowd */
        {6, 2, 0, 30}, /* or not, by what they say */
        {1, 0, 7}, /* the last figure had not: what ten days give is covered by one day, which is not hidden by itself
                    */
        {12, 0, 10},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past_days past = {.after = 20009, .until = INT32_MAX, .before = true};
        static struct tally_day days[240];
        for (uint32_t d = 0; d < COUNT(days); d++) {
            uint32_t line = d / 20;
            days[d] = (struct tally_day){.line = line + 1,
                                         .network = line + 1,
                                         .day = 20000 + (int32_t)(d % 20),
                                         .value = line || !rows[r].value ? 1 : rows[r].value,
                                         .counts = 1};
            days[d].before = d % 20 >= 10 ? 0 : line < rows[r].others ? rows[r].before : 1;
        }
        json_t *figures = day_figures(days, COUNT(days), &mean, &past, NULL, NULL);
        if (json_array_size(figures) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(figures));
        json_decref(figures);
    }
}

/* Eighteen lines that say the same, and two more. */
static double point_of(double small, double first, double second)
{
    struct tally_day days[20];
    for (uint32_t l = 0; l < COUNT(days); l++)
        days[l] = (struct tally_day){.line = l + 1,
                                     .network = l + 1,
                                     .day = 20000,
                                     .value = l == 4    ? first
                                              : l == 11 ? second
                                                        : small};
    json_t *figures = day_figures(days, COUNT(days), &mean, NULL, NULL, NULL);
    double value = json_number_value(json_object_get(json_array_get(figures, 0), "value"));
    json_decref(figures);
    return value;
}

/* Who knows one of them, and the point: the other may as well say twice what it does, or others less by a fifth of
 * it. */
static void two_large_lines_are_not_told_by_each_other(void **state)
{
    static const double small[] = {0, 0.1, 1}, large[][2] = {{80, 30}, {30, 80}, {80, 80}, {80, 2}};
    for (size_t s = 0; s < COUNT(small); s++)
        for (size_t l = 0; l < COUNT(large); l++) {
            double first = large[l][0], second = large[l][1], point = point_of(small[s], first, second);
            bool as_well = fabs(point_of(small[s], 2 * first, second) - point) < 1e-9;
            if (!as_well && 18 * small[s] < first / 5)
                fail_msg("18 of %g, %g is told by who says %g", small[s], first, second);
        }
}

/* Six lines of a place for six days, then seven of another: beside what is shown of both, a line that measured with the
 * first is told of. */
static void days_that_places_would_explain_are_left_out(void **state)
{
    static const struct {
        uint32_t others; /* that measured with the first */
        size_t shown;
    } rows[] = {{0, 12}, {1, 1}, {5, 12}}; /* one day of seven lines leaves five of six */
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(calendar_freep) struct calendar *places = calendar_new();
        struct tally_day days[18 * 6];
        size_t count = 0;
        for (uint32_t l = 0; l < 13 + rows[r].others; l++)
            for (int32_t d = 0; d < 6; d++) {
                int32_t day = 20000 + d + (l >= 6 && l < 13 ? 6 : 0);
                days[count++] = (struct tally_day){l + 1, l + 1, 0, day, 1, 3};
                calendar_add(places, day, l + 1, l + 1, (const uint32_t[CALENDAR_CUTS]){l < 6 ? 1 : 2});
            }
        json_t *figures = day_figures(days, count, &median, &nothing, places, NULL);
        assert_int_equal(json_array_size(figures), rows[r].shown);
        json_decref(figures);
    }
}

/* Ten lines of an operator and ten others were told of for thirty days, all in their last figures or not; then a
 * collector that was behind has sixty days at once. Others say one in the first thirty of these, lines of the operator
 * in the last, and one line more says five then: what came to the operator's figure, taken off the points of those
 * days, would leave it. What was told is out in the last figures, and covers nobody; days of both kinds have to. */
static void days_that_come_at_once_are_not_covered_by_what_is_out(void **state)
{
    static const struct {
        double before, first; /* what the operator's lines say on the first of those that come */
        size_t shown;
    } rows[] = {{1, 0, 50}, {0, 0, 60}, {1, 1, 60}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past_days past = {.after = 20029, .until = INT32_MAX, .before = true};
        static struct tally_day days[21 * 90];
        struct cellsets parts = {0};
        uint32_t none = cellsets_number(&parts, (const size_t[]){0}, 1, 0),
                 op = cellsets_number(&parts, (const size_t[]){0, 1}, 2, 0);
        size_t hidden[2] = {30, 30}, i;
        for (uint32_t d = 0; d < COUNT(days); d++) {
            uint32_t line = d / 90, third = d % 90 / 30;
            days[d] = (struct tally_day){.line = line + 1,
                                         .network = line + 1,
                                         .day = 20000 + (int32_t)(d % 90),
                                         .place = line < 10 ? op : none,
                                         .counts = 1,
                                         .before = third ? 0 : rows[r].before};
            days[d].value = line < 10   ? (const double[]){1, rows[r].first, 1}[third]
                            : line < 20 ? third < 2
                                        : 5 * (third == 2);
        }
        json_t *figures = day_figures(days, COUNT(days), &mean, &past, NULL, &parts), *day;
        if (json_array_size(figures) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(figures));
        json_array_foreach(figures, i, day)
            hidden[strcmp(json_string_value(json_object_get(day, "day")), "2024-12-03") >= 0]--;
        /* Of each kind nine lines' days say a fifth of what the one does. */
        assert_true(rows[r].shown == 60 || (9 * hidden[0] >= 30 - hidden[1] && 9 * hidden[1] >= 30 - hidden[1]));
        json_decref(figures);
        cellsets_free(&parts);
    }
}

/* Thirty days were told; then the first of two operators says one for thirty, beside a line that says five, and the
 * other for thirty more. Of the figures alone, what others and the second operator said on days that were told may make
 * up for the line, where that had no figure then: so they do not tell of it, but points of its days and the first
 * operator's figure do. */
static void who_may_not_be_told_by_figures_is_not_told_by_points(void **state)
{
    static const struct {
        double others; /* what they say on its days */
        size_t shown;
    } rows[] = {{0, 0}, {1, 60}};
    enum { LINES = 31, DAYS = 90 };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past_days past = {.after = 20029, .until = INT32_MAX, .before = true};
        static struct tally_day days[LINES * DAYS];
        struct cellsets parts = {0};
        uint32_t places[] = {cellsets_number(&parts, (const size_t[]){0, 1}, 2, 0),
                             cellsets_number(&parts, (const size_t[]){0, 2}, 2, 0),
                             cellsets_number(&parts, (const size_t[]){0}, 1, 0)};
        for (uint32_t d = 0; d < COUNT(days); d++) {
            uint32_t line = d / DAYS, third = d % DAYS / 30, place = line < 30 ? line / 10 : 2;
            double says[][3] = {{1, 1, 0}, {1, 0, 1}, {1, rows[r].others, 0}};
            days[d] = (struct tally_day){.line = line + 1,
                                         .network = line + 1,
                                         .day = 20000 + (int32_t)(d % DAYS),
                                         .place = places[place],
                                         .counts = 1,
                                         .before = third == 0,
                                         .value = line < 30 ? says[place][third] : 5 * (third == 1)};
        }
        json_t *figures = day_figures(days, COUNT(days), &mean, &past, NULL, &parts);
        if (json_array_size(figures) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(figures));
        json_decref(figures);
        cellsets_free(&parts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_has_a_median_and_its_interval),
        cmocka_unit_test(series_and_points_tell_of_the_same_lines),
        cmocka_unit_test(days_of_too_few_lines_are_left_out),
        cmocka_unit_test(a_day_that_was_told_has_its_point),
        cmocka_unit_test(a_line_that_counts_otherwise_is_covered),
        cmocka_unit_test(a_line_that_a_mean_cuts_is_in_no_point),
        cmocka_unit_test(what_was_told_and_weighs_otherwise_is_covered),
        cmocka_unit_test(two_large_lines_are_not_told_by_each_other),
        cmocka_unit_test(days_that_places_would_explain_are_left_out),
        cmocka_unit_test(days_that_come_at_once_are_not_covered_by_what_is_out),
        cmocka_unit_test(who_may_not_be_told_by_figures_is_not_told_by_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
