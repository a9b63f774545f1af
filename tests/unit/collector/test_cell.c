#include "tests/unit/collector/cells.h"

#include <math.h>

static void publishes_cells_above_the_floor(void **state)
{
    struct cells *c = fill(9, 4, "op", NULL);
    json_t *figures = cells_figures(c);
    assert_int_equal(cells_count(c), 36);
    assert_int_equal(json_array_size(figures), 3); /* country, operator, family */
    const json_t *f = find(figures, NULL, NULL);
    assert_string_equal(word(f, "floor"), "met");
    assert_string_equal(word(f, "interval_kind"), "order95");
    assert_true(number(f, "value") == 14 && number(f, "n_samples") == 252 && number(f, "n_days") == 36);
    assert_true(number(f, "n_probes") == 9 && number(f, "n_networks") == 9);
    assert_true(number(f, "low") == 6.3 && number(f, "high") == 40);
    assert_string_equal(word(find(figures, "op", NULL), "floor"), "met");
    assert_true(number(find(figures, NULL, "ipv4"), "value") == 14);
    json_decref(figures);
    cells_free(c);
}

/* Days on which every test fails: they count as failures, and nowhere else. */
static void days_without_a_value_stand_behind_nothing(void **state)
{
    struct cells *c = cells_new(&indicator, false);
    for (size_t p = 0; p < 9; p++) {
        add(c, p, 4, "op", NULL);
        for (int d = 0; d < 30; d++)
            cells_add(c, &(struct probe_day){
                             .probe = names[p],
                             .day = 20010 + d,
                             .source = "measured",
                             .network = names[p],
                             .country = "BJ",
                             .carrier = p == 0 ? "mute" : NULL,
                             .value = NAN,
                             .failed = 2,
                         });
    }
    json_t *figures = cells_figures(c), *days = cells_days(c);
    assert_int_equal(cells_count(c), 36);
    assert_int_equal(json_array_size(figures), 3); /* none of the operator that has no value */
    assert_int_equal(json_array_size(days), 4);
    const json_t *f = find(figures, NULL, NULL);
    assert_true(number(f, "value") == 14 && number(f, "n_samples") == 252 && number(f, "n_days") == 36);
    assert_true(number(f, "n_failed") == 9 * 60 && number(f, "n_probes") == 9);
    assert_true(number(find(figures, "op", NULL), "n_failed") == 0);
    json_decref(figures);
    json_decref(days);
    cells_free(c);
}

/* Eight lines of sixty days; the last fails on all but every other day, and moves in the middle. Where it stands, it is
 * one of as many lines as before: their mean is the mean of lines. */
static void a_line_counts_where_it_last_measured(void **state)
{
    struct indicator mean;
    struct fault f;
    _cleanup_text_ char *text = alloc_format("%s-- aggregate: mean\nSELECT 1", HEADER);
    assert_int_equal(indicator_read(text, &mean, &f), 0);
    struct cells *c = cells_new(&mean, true);
    for (size_t p = 0; p < 8; p++)
        for (int d = p == 7 ? 4 : 0; d < 60; d += p == 7 ? 2 : 1)
            cells_add(c, &(struct probe_day){
                             .probe = names[p],
                             .day = 20000 + d,
                             .first = 20000,
                             .last = 20059,
                             .silent = p == 0,
                             .source = "measured",
                             .network = names[p],
                             .country = "BJ",
                             .carrier = p < 7 || d < 30 ? "op" : NULL,
                             .value = p == 7 ? 8 : 4,
                         });
    json_t *figures = cells_figures(c);
    size_t i, found = 0;
    const json_t *figure;
    json_array_foreach(figures, i, figure)
    {
        if (strcmp(word(figure, "statistic"), "mean") != 0)
            continue;
        bool whole = !json_object_get(figure, "operator");
        double own = whole ? 60 : 13 * 60 / 28.0; /* of its 28 days, which stand for 60, 13 lie with the operator */
        assert_true(fabs(number(figure, "value") - (7 * 60 * 4 + own * 8) / (7 * 60 + own)) < 1e-6);
        assert_true(number(figure, "n_silent") == 1);
        found++;
    }
    assert_int_equal(found, 2);
    json_decref(figures);
    cells_free(c);
    indicator_free(&mean);
}

/* Eight lines of sixty days, of which the last gives nothing on ten: its box had no power, or it had. */
static void a_box_without_power_stands_for_nothing(void **state)
{
    static const struct {
        int from, to; /* days without a result */
        bool power;
        double weight; /* of the line, in days */
    } rows[] = {{0, 10, false, 50}, {30, 40, false, 50}, {50, 60, false, 50}, {30, 40, true, 60}, {50, 60, true, 60}};
    struct indicator mean;
    struct fault f;
    _cleanup_text_ char *text = alloc_format("%s-- aggregate: mean\nSELECT 1", HEADER);
    assert_int_equal(indicator_read(text, &mean, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&mean, true);
        for (size_t p = 0; p < 8; p++)
            for (int d = 0; d < 60; d++) {
                int off = p == 7 && !rows[r].power ? rows[r].to - rows[r].from : 0;
                if (p == 7 && d >= rows[r].from && d < rows[r].to)
                    continue;
                cells_add(c, &(struct probe_day){.probe = names[p],
                                                 .day = 20000 + d,
                                                 .first = 20000,
                                                 .last = 20059 - off,
                                                 .idle = d >= rows[r].to ? off : 0,
                                                 .source = "measured",
                                                 .network = names[p],
                                                 .country = "BJ",
                                                 .value = p == 7 ? 8 : 4});
            }
        json_t *figures = cells_figures(c);
        const json_t *figure = json_array_get(figures, json_array_size(figures) - 1);
        assert_string_equal(word(figure, "statistic"), "mean");
        double wanted = (7 * 60 * 4 + rows[r].weight * 8) / (7 * 60 + rows[r].weight);
        assert_true(fabs(number(figure, "value") - wanted) < 1e-6);
        json_decref(figures);
        cells_free(c);
    }
    indicator_free(&mean);
}

static void hides_cells_below_the_floor(void **state)
{
    static const struct {
        size_t probes;
        int days;
        const char *network, *note;
        int lines;
    } rows[] = {
        {9, 3, NULL, "not enough days yet: fewer than 30 days of measurement", 5}, /* 27 of them */
        {4, 50, NULL, "not enough lines yet: 3 or 4 of 5", 3},
        {12, 50, "one line", "not enough lines yet: 1 or 2 of 5", 1}, /* twelve keys */
        {12, 50, "", "not enough lines yet: none of 5", 0},           /* brought on sticks */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = fill(rows[r].probes, rows[r].days, "op", rows[r].network);
        json_t *figures = cells_figures(c), *days = cells_days(c);
        const json_t *country = find(figures, NULL, NULL), *small = find(figures, "op", NULL);
        assert_string_equal(word(country, "floor"), "n<5");
        assert_string_equal(word(country, "note"), rows[r].note);
        assert_true(number(country, "lines") == rows[r].lines);
        assert_string_equal(word(small, "floor"), "n<5");
        static const char *const hidden[] = {"value",  "low",      "high",       "n_samples", "n_failed",
                                             "n_days", "n_probes", "n_networks", "n_silent"};
        for (size_t h = 0; h < COUNT(hidden); h++) {
            assert_null(json_object_get(small, hidden[h]));
            assert_null(json_object_get(country, hidden[h]));
        }
        assert_int_equal(json_array_size(days), 0);
        json_decref(figures);
        json_decref(days);
        cells_free(c);
    }
}

/* One operator has all lines but `others`: the country less it must not tell them. */
static void hides_what_others_would_give_away(void **state)
{
    static const char *const floors[] = {"met", "hidden", "hidden", "hidden", "hidden", "met"};
    for (size_t others = 0; others < COUNT(floors); others++) {
        struct cells *c = fill(6, 50, "op", NULL);
        for (size_t p = 6; p < 6 + others; p++)
            add(c, p, 50, NULL, NULL);
        json_t *figures = cells_figures(c);
        const json_t *f = find(figures, "op", NULL);
        assert_string_equal(word(find(figures, NULL, NULL), "floor"), "met");
        assert_string_equal(word(f, "floor"), floors[others]);
        if (!strcmp(floors[others], "hidden")) {
            assert_null(json_object_get(f, "value"));
            assert_string_equal(word(f, "note"),
                                "would tell of too few lines by subtraction; counted in the figure of all lines");
        }
        json_decref(figures);
        cells_free(c);
    }
}

static void below_six_probes_no_interval(void **state)
{
    for (size_t probes = 5; probes <= 6; probes++) {
        struct cells *c = fill(probes, 6, NULL, NULL);
        json_t *figures = cells_figures(c);
        const json_t *f = find(figures, NULL, NULL);
        assert_string_equal(word(f, "floor"), "met");
        assert_int_equal(json_object_get(f, "interval_kind") != NULL, probes == 6);
        assert_int_equal(json_object_get(f, "low") != NULL, probes == 6);
        assert_int_equal(json_object_get(f, "high") != NULL, probes == 6);
        json_decref(figures);
        cells_free(c);
    }
}

/* A tenth of ten lines is one line. */
static void a_percentile_is_of_more_than_one_line(void **state)
{
    struct indicator tails;
    struct fault f;
    _cleanup_text_ char *text = alloc_format("%s-- aggregate: p10\nSELECT 1", HEADER);
    assert_int_equal(indicator_read(text, &tails, &f), 0);
    for (size_t probes = 10; probes <= 11; probes++) {
        struct cells *c = cells_new(&tails, false);
        for (size_t p = 0; p < probes; p++)
            add(c, p, 10, NULL, NULL);
        json_t *figures = cells_figures(c);
        size_t i;
        const json_t *figure;
        json_array_foreach(figures, i, figure)
        {
            bool shown = !strcmp(word(figure, "statistic"), "p50") || probes == 11;
            assert_string_equal(word(figure, "floor"), shown ? "met" : "hidden");
            assert_int_equal(json_object_get(figure, "value") != NULL, shown);
        }
        json_decref(figures);
        cells_free(c);
    }
    indicator_free(&tails);
}

/* Five lines of an operator were told of, and one of them has a day more, which others wait for. Another operator comes
 * with five, which the floor would show. */
static void what_waits_says_why(void **state)
{
    static const char *const keys[] = {"[\"BJ\",\"measured\",null,null,null,null]",
                                       "[\"BJ\",\"measured\",null,\"old\",null,null]"};
    static const char *const carriers[] = {"old", "new", NULL};
    char probes[15][2], marks[60 * 8 + 1];
    memset(marks, '0', sizeof marks - 1);
    marks[sizeof marks - 1] = '\0';
    struct past *past = past_new(20062, indicator.method);
    for (size_t k = 0; k < COUNT(keys); k++)
        past_cell(past, keys[k], 20061, indicator.method);
    struct cells *c = cells_new(&indicator, false);
    for (size_t p = 0; p < COUNT(probes); p++) {
        snprintf(probes[p], sizeof probes[p], "%c", (int)('a' + p));
        if (p < 5)
            past_told(past, probes[p], probes[p], "20000 20060", marks, "0 1");
        for (int d = 0; d < (p ? 60 : 61); d++)
            cells_add(c, &(struct probe_day){.probe = probes[p],
                                             .day = 20000 + d,
                                             .source = "measured",
                                             .network = probes[p],
                                             .country = "BJ",
                                             .carrier = carriers[p / 5],
                                             .first = 20000,
                                             .last = 20060,
                                             .value = 10 + (double)p,
                                             .samples = 7});
    }
    cells_remember(c, past);
    json_t *figures = cells_figures(c);
    const json_t *new = find(figures, "new", NULL);
    assert_string_equal(word(new, "floor"), "hidden");
    assert_string_equal(word(new, "note"),
                        "would tell of too few lines by subtraction; counted in the figure of all lines");
    json_decref(figures);
    cells_free(c);
}

/* The operator's last boxes are those of one household: it is counted once, and alone it is no crowd. */
static void a_replaced_box_is_the_same_line(void **state)
{
    static const char *const homes[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "l", "l"};
    static const struct {
        size_t first; /* of the operator's boxes */
        const char *floor;
        int lines, rank;
    } rows[] = {{6, "met", 5, 2}, {7, "n<5", 0, 0}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&indicator, false);
        lines = homes;
        for (size_t p = 0; p < 12; p++)
            add(c, p, 10, p < 6 ? "a" : p >= rows[r].first ? "b" : NULL, NULL);
        lines = names;
        json_t *figures = cells_figures(c);
        const json_t *b = find(figures, "b", NULL);
        assert_string_equal(word(b, "floor"), rows[r].floor);
        if (rows[r].lines) {
            assert_true(number(b, "n_probes") == rows[r].lines && number(b, "rank_low") == rows[r].rank);
            assert_null(json_object_get(b, "low")); /* five lines have no interval, whatever their boxes */
            assert_true(number(b, "n_days") == 60);
        }
        json_decref(figures);
        cells_free(c);
    }
}

/* Seven lines say one, one of two boxes ninety: what is cut is what both come to. */
static void two_boxes_weigh_as_one_line(void **state)
{
    struct indicator mean;
    struct fault f;
    _cleanup_text_ char *text = alloc_format("%s-- aggregate: mean\nSELECT 1", HEADER);
    assert_int_equal(indicator_read(text, &mean, &f), 0);
    struct cells *c = cells_new(&mean, true);
    for (size_t p = 0; p < 9; p++)
        for (int d = 0; d < 10; d++)
            cells_add(c, &(struct probe_day){.probe = names[p],
                                             .line = p < 2 ? "home" : NULL,
                                             .day = 20000 + d,
                                             .first = 20000,
                                             .last = 20009,
                                             .source = "measured",
                                             .network = names[p],
                                             .country = "BJ",
                                             .value = p < 2 ? 90 : 1});
    json_t *figures = cells_figures(c);
    /* Seven ones, and of the household five times what six of them give: over 2 × 10 days of it and 70 of theirs, cut
     * to a fifth. */
    const json_t *figure = json_array_get(figures, json_array_size(figures) - 1);
    assert_string_equal(word(figure, "statistic"), "mean");
    assert_true(fabs(number(figure, "value") - (70 + 5 * 60) / (70 + 70 / 4.0)) < 1e-6);
    assert_true(number(figure, "n_probes") == 8 && number(figure, "n_days") == 90);
    json_decref(figures);
    cells_free(c);
    indicator_free(&mean);
}

/* Six lines of an operator and six of none: of the first operator's one says `first`, all others one. It is cut by what
 * all twelve say, once: its operator less the others is not what it says, nor is anything else. */
static void a_line_is_cut_once_in_the_country(void **state)
{
    static const struct {
        double first, cut;
        const char *floor; /* of the operator's figure */
    } rows[] = {{20, 20, "met"}, {21, 21, "hidden"}, {50, 50, "hidden"}, {60, 50, "hidden"}, {1000, 50, "hidden"}};
    struct indicator mean;
    struct fault f;
    _cleanup_text_ char *text = alloc_format("%s-- aggregate: mean\nSELECT 1", HEADER);
    assert_int_equal(indicator_read(text, &mean, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&mean, false);
        for (size_t p = 0; p < 12; p++)
            for (int d = 0; d < 10; d++)
                add_value(c, p, d, p < 6 ? "op" : NULL, p == 0 ? rows[r].first : 1);
        json_t *figures = cells_figures(c);
        const json_t *country = find_statistic(figures, NULL, NULL, "mean"),
                     *op = find_statistic(figures, "op", NULL, "mean");
        assert_string_equal(word(country, "floor"), "met");
        if (fabs(number(country, "value") - (11 + rows[r].cut) / 12) > 1e-6)
            fail_msg("row %zu: %g", r, number(country, "value"));
        assert_string_equal(word(op, "floor"), rows[r].floor);
        if (!strcmp(rows[r].floor, "hidden"))
            assert_string_equal(
                word(op, "note"),
                "one line would be most of it, or of its difference from others; counted in the figure of all lines");
        json_decref(figures);
        cells_free(c);
    }
    indicator_free(&mean);
}

/* Four lines that were measured and three that were simulated. */
static void the_floor_may_be_lifted_for_simulated_lines_alone(void **state)
{
    struct cells *c = cells_new(&indicator, false);
    cells_lift_simulated(c);
    for (size_t p = 0; p < 7; p++)
        for (int d = 0; d < 10; d++)
            cells_add(c, &(struct probe_day){.probe = names[p],
                                             .day = 20000 + d,
                                             .first = 20000,
                                             .last = 20009,
                                             .source = p < 4 ? "measured" : "simulated",
                                             .network = names[p],
                                             .country = "BJ",
                                             .value = 10 + (double)p});
    json_t *figures = cells_figures(c), *days = cells_days(c), *figure, *day;
    size_t i;
    assert_int_equal(json_array_size(figures), 2);
    json_array_foreach(figures, i, figure)
    {
        bool measured = !strcmp(word(figure, "source"), "measured");
        assert_string_equal(word(figure, "floor"), measured ? "n<5" : "off");
        assert_true(measured ? !json_object_get(figure, "value") : number(figure, "value") == 15);
    }
    assert_int_equal(json_array_size(days), 10);
    json_array_foreach(days, i, day) assert_string_equal(word(day, "source"), "simulated");
    assert_true(cells_lifted(c, "simulated") && !cells_lifted(c, "measured"));
    json_decref(figures);
    json_decref(days);
    cells_free(c);
}

static void nothing_gives_nothing(void **state)
{
    struct cells *c = cells_new(&indicator, false);
    json_t *figures = cells_figures(c), *days = cells_days(c);
    assert_int_equal(json_array_size(figures) + json_array_size(days), 0);
    json_decref(figures);
    json_decref(days);
    cells_free(c);
    cells_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(publishes_cells_above_the_floor),
        cmocka_unit_test(hides_cells_below_the_floor),
        cmocka_unit_test(days_without_a_value_stand_behind_nothing),
        cmocka_unit_test(a_line_counts_where_it_last_measured),
        cmocka_unit_test(a_box_without_power_stands_for_nothing),
        cmocka_unit_test(hides_what_others_would_give_away),
        cmocka_unit_test(below_six_probes_no_interval),
        cmocka_unit_test(a_percentile_is_of_more_than_one_line),
        cmocka_unit_test(the_floor_may_be_lifted_for_simulated_lines_alone),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(what_waits_says_why),
        cmocka_unit_test(a_replaced_box_is_the_same_line),
        cmocka_unit_test(two_boxes_weigh_as_one_line),
        cmocka_unit_test(a_line_is_cut_once_in_the_country),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
