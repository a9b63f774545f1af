#include "tests/unit/collector/cells.h"

#include "collector/figure/random.h"
#include "common/json.h"

#include <math.h>

static void days_are_told_of_the_country_alone(void **state)
{
    struct cells *c = fill(10, 3, "op", NULL);
    json_t *days = cells_days(c);
    assert_int_equal(json_array_size(days), 3);
    const json_t *first = json_array_get(days, 0);
    assert_string_equal(word(first, "indicator"), "TST1");
    assert_string_equal(word(first, "country"), "BJ");
    assert_string_equal(word(first, "source"), "measured");
    assert_string_equal(word(first, "day"), "2024-10-04");
    assert_true(number(first, "value") == 14.5 && number(first, "low") == 6.3 && number(first, "high") == 40);
    assert_true(number(first, "n_probes") == 10);
    json_decref(days);
    cells_free(c);
}

/* What ten lines of an operator, ten others and `beside` more say for thirty days, and then for thirty. */
struct halves {
    double op[2], others[2], more[2];
    size_t beside;
};

static size_t days_shown(const struct halves *h)
{
    struct indicator mean;
    struct fault f;
    char names_of[32][4];
    assert_int_equal(indicator_read(HEADER_OF("mean") "SELECT 1", &mean, &f), 0);
    struct cells *c = cells_new(&mean, false);
    for (size_t p = 0; p < 20 + h->beside; p++) {
        snprintf(names_of[p], sizeof names_of[p], "%02u", (unsigned)(p % 100));
        for (int d = 0; d < 60; d++)
            cells_add(c, &(struct probe_day){
                             .probe = names_of[p],
                             .day = 20000 + d,
                             .first = 20000,
                             .last = 20059,
                             .source = "measured",
                             .network = names_of[p],
                             .country = "BJ",
                             .carrier = p < 10 ? "op" : NULL,
                             .value = (p >= 20  ? h->more
                                       : p < 10 ? h->op
                                                : h->others)[d >= 30],
                         });
    }
    json_t *figures = cells_figures(c), *days = cells_days(c);
    assert_string_equal(word(find(figures, "op", NULL), "floor"), "met");
    size_t shown = json_array_size(days);
    json_decref(figures);
    json_decref(days);
    cells_free(c);
    indicator_free(&mean);
    return shown;
}

static void days_and_an_operator_leave_no_line(void **state)
{
    static const struct {
        struct halves says;
        size_t shown;
    } rows[] = {
        {{{0, 1}, {1, 0}, {0, 5}, 0}, 60},
        /* Later days leave, less all that the operator's figure says, what one more line says beside them. */
        {{{0, 1}, {1, 0}, {0, 5}, 1}, 50},
        /* Points cut it, which the figures have whole: what these leave of it, less the points, is the line's. */
        {{{0, 0.5}, {1, 0}, {0, 40}, 1}, 0},
        /* The figures cut it too, by a tenth: which is near enough. Or by more than a fifth. */
        {{{0, 0.0005}, {1, 0}, {0, 50}, 1}, 0},
        {{{0, 0.0005}, {1, 0}, {0, 60}, 1}, 57},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        size_t shown = days_shown(&rows[r].says);
        if (shown != rows[r].shown)
            fail_msg("row %zu: %zu days", r, shown);
    }
}

static void operators_that_differ_have_their_places(void **state)
{
    static const struct {
        const char *carriers; /* of the lines, in the order of what they measure */
        int a_low, a_high, b_low, b_high;
    } rows[] = {{"aaaaaabbbbbb", 1, 1, 2, 2}, {"abbaabbaabba", 1, 2, 1, 2}, {"bbbbbbaaaaaa", 2, 2, 1, 1}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&indicator, false);
        for (size_t p = 0; p < 12; p++)
            add(c, p, 10, rows[r].carriers[p] == 'a' ? "a" : "b", NULL);
        json_t *figures = cells_figures(c);
        const json_t *a = find(figures, "a", NULL), *b = find(figures, "b", NULL);
        assert_true(number(a, "rank_low") == rows[r].a_low && number(a, "rank_high") == rows[r].a_high);
        assert_true(number(b, "rank_low") == rows[r].b_low && number(b, "rank_high") == rows[r].b_high);
        assert_null(json_object_get(find(figures, NULL, NULL), "rank_low"));
        json_decref(figures);
        cells_free(c);
    }
}

/* 24 lines of three operators, whose values are drawn; their places, in the order of names. */
static void places_of(bool backwards, uint64_t seed, double ret[static 6])
{
    struct cells *c = cells_new(&indicator, false);
    char probe[24][8];
    double values[24];
    for (size_t p = 0; p < 24; p++)
        values[p] = (double)(random_next(&seed) % 1000) + (double)(p % 3) * 250;
    for (size_t n = 0; n < 24; n++) {
        size_t p = backwards ? 23 - n : n;
        snprintf(probe[p], sizeof probe[p], "p%zu", p);
        for (int d = 0; d < 10; d++)
            add_probe_value(c, probe[p], d, names[p % 3], values[p]);
    }
    json_t *figures = cells_figures(c);
    for (size_t o = 0; o < 3; o++) {
        ret[2 * o] = number(find(figures, names[o], NULL), "rank_low");
        ret[2 * o + 1] = number(find(figures, names[o], NULL), "rank_high");
    }
    json_decref(figures);
    cells_free(c);
}

static void places_do_not_hang_on_who_came_first(void **state)
{
    for (uint64_t seed = 1; seed <= 100; seed++) {
        double forwards[6], backwards[6];
        places_of(false, seed, forwards);
        places_of(true, seed, backwards);
        assert_memory_equal(forwards, backwards, sizeof forwards);
    }
}

static void hidden_cells_and_lone_ones_have_none(void **state)
{
    struct cells *c = cells_new(&indicator, false);
    for (size_t p = 0; p < 12; p++)
        add(c, p, 10, p < 8 ? "a" : "b", NULL);
    json_t *figures = cells_figures(c);
    assert_null(json_object_get(find(figures, "a", NULL), "rank_low"));
    assert_null(json_object_get(find(figures, "b", NULL), "rank_low"));
    json_decref(figures);
    cells_free(c);
}

static void has_two_decimals(const json_t *figure, const char *name)
{
    double scaled = number(figure, name) * 100;
    if (fabs(scaled - round(scaled)) > 1e-9)
        fail_msg("%s: %.17g", name, number(figure, name));
}

/* Twelve lines say parts of whole numbers, which add up to another value each. What is told, for everybody, of the
 * country, the operator and each day, are hundredths. */
static void figures_have_the_decimals_of_their_indicator(void **state)
{
    static const char *const aggregates[] = {"p50", "mean"}, *const told[] = {"value", "low", "high"};
    for (size_t a = 0; a < COUNT(aggregates); a++) {
        struct indicator fractions;
        struct fault f;
        _cleanup_text_ char *text = alloc_format("%s-- decimals: 2\n%sSELECT 1", HEADER,
                                                 a > 0 ? "-- aggregate: mean\n" : "");
        assert_int_equal(indicator_read(text, &fractions, &f), 0);
        struct cells *c = cells_new(&fractions, false);
        for (size_t p = 0; p < 12; p++)
            for (int d = 0; d < 10; d++)
                add_value(c, p, d, "op", 100 * ((double)p + 3) / (double)(17 + p + (size_t)d));
        json_t *figures = cells_figures(c), *days = cells_days(c), *figure;
        assert_true(json_array_size(figures) >= 2 && json_array_size(days) == 10);
        assert_true(fabs(number(find_statistic(figures, NULL, NULL, aggregates[a]), "value") - 32) < 4);
        size_t i;
        json_array_extend(figures, days);
        json_array_foreach(figures, i, figure) for (size_t n = 0; n < COUNT(told);
                                                    n++) if (n == 0 || json_object_get(figure, told[n]))
            has_two_decimals(figure, told[n]);
        json_decref(days);
        json_decref(figures);
        cells_free(c);
        indicator_free(&fractions);
    }
}

/* The lines of one are less than those of the other by a thousandth: both are told alike, and still one is before the
 * other. */
static void places_are_of_what_is_not_rounded(void **state)
{
    struct indicator hundredths;
    struct fault f;
    assert_int_equal(indicator_read(HEADER "-- decimals: 2\nSELECT 1", &hundredths, &f), 0);
    struct cells *c = cells_new(&hundredths, false);
    for (size_t p = 0; p < 12; p++)
        for (int d = 0; d < 10; d++)
            add_value(c, p, d, p < 6 ? "a" : "b", 10 + (double)p / 1e6 + (p < 6 ? 0 : 0.001));
    json_t *figures = cells_figures(c);
    const json_t *a = find(figures, "a", NULL), *b = find(figures, "b", NULL);
    assert_true(number(a, "value") == 10 && number(b, "value") == 10);
    assert_true(number(a, "rank_high") == 1 && number(b, "rank_low") == 2);
    json_decref(figures);
    cells_free(c);
    indicator_free(&hundredths);
}

#define ZONED HEADER "-- dimensions: operator, zone\nSELECT 1"

/* A line of those days in that zone. */
static void add_zoned(struct cells *c, size_t p, const char *zone, int from, int to)
{
    for (int d = from; d < to; d++)
        cells_add(c, &(struct probe_day){.probe = names[p],
                                         .day = 20000 + d,
                                         .first = 20000 + from,
                                         .last = 20000 + to - 1,
                                         .source = "measured",
                                         .network = names[p],
                                         .country = "BJ",
                                         .zone = zone,
                                         .value = 10 + (double)p,
                                         .samples = 7});
}

static const char *floor_of(const json_t *figures, const char *zone)
{
    size_t i;
    const json_t *f;
    json_array_foreach(figures, i, f) if (word(f, "zone") && !strcmp(word(f, "zone"), zone)) return word(f, "floor");
    return "none";
}

static void zones_are_parts_of_the_country(void **state)
{
    static const struct {
        size_t urban, rural; /* lines, of twelve */
        const char *town, *countryside;
    } rows[] = {{6, 6, "met", "met"}, {9, 3, "hidden", "n<5"}, {7, 0, "met", "none"}, {12, 0, "met", "none"}};
    struct indicator zoned;
    struct fault f;
    assert_int_equal(indicator_read(ZONED, &zoned, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&zoned, false);
        for (size_t p = 0; p < 12; p++)
            add_zoned(c, p, p < rows[r].urban ? "urban" : p < rows[r].urban + rows[r].rural ? "rural" : NULL, 0, 10);
        _cleanup_json_ json_t *figures = cells_figures(c), *keep = cells_keep(c);
        assert_string_equal(floor_of(figures, "urban"), rows[r].town);
        assert_string_equal(floor_of(figures, "rural"), rows[r].countryside);
        /* As the country's figure was told before there were zones. */
        assert_string_equal(word(json_array_get(json_object_get(keep, "cells"), 0), "key"),
                            "[\"BJ\",\"measured\",null,null,null,null]");
        cells_free(c);
    }
    indicator_free(&zoned);
}

static void operators_have_figures_by_technology(void **state)
{
    static const struct {
        size_t fibre; /* lines of one operator, of twelve; the others are mobile */
        const char *floor, *mobile, *note;
    } rows[] = {{6, "met", "met", NULL}, {9, "hidden", "n<5", "below the publication floor; counted in the operator"}};
    struct indicator by_technology;
    struct fault f;
    assert_int_equal(indicator_read(HEADER "-- dimensions: operator, technology\nSELECT 1", &by_technology, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&by_technology, false);
        for (size_t p = 0; p < 12; p++)
            for (int d = 0; d < 10; d++)
                cells_add(c, &(struct probe_day){.probe = names[p],
                                                 .day = 20000 + d,
                                                 .first = 20000,
                                                 .last = 20009,
                                                 .source = "measured",
                                                 .network = names[p],
                                                 .country = "BJ",
                                                 .carrier = "op",
                                                 .technology = p < rows[r].fibre ? "fibre" : "4g",
                                                 .value = 10 + (double)p,
                                                 .samples = 7});
        _cleanup_json_ json_t *figures = cells_figures(c);
        size_t i, found = 0;
        const json_t *figure;
        json_array_foreach(figures, i, figure)
        {
            const char *technology = word(figure, "technology");
            if (!technology || !word(figure, "operator"))
                continue;
            bool mobile = !strcmp(technology, "4g");
            assert_string_equal(word(figure, "floor"), mobile ? rows[r].mobile : rows[r].floor);
            if (mobile && rows[r].note)
                assert_string_equal(word(figure, "note"), rows[r].note);
            found++;
        }
        assert_int_equal(found, 2);
        cells_free(c);
    }
    indicator_free(&by_technology);
}

/* Six lines of the countryside measure first, and one of the town beside them: those days, less the countryside's
 * figure, are that one's. Nor may days tell it that are all others: two of those are left out too, so that thirty of
 * lines are. */
static void days_and_a_zone_leave_no_line(void **state)
{
    static const struct {
        const char *rural;
        size_t shown;
    } rows[] = {{NULL, 40}, {"rural", 18}};
    struct indicator zoned;
    struct fault f;
    assert_int_equal(indicator_read(ZONED, &zoned, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = cells_new(&zoned, false);
        for (size_t p = 0; p < 12; p++)
            add_zoned(c, p, p < 6 ? rows[r].rural : NULL, p < 7 ? 0 : 20, p < 6 ? 20 : 40);
        _cleanup_json_ json_t *days = cells_days(c), *figures = cells_figures(c);
        assert_string_equal(floor_of(figures, "rural"), rows[r].rural ? "met" : "none");
        if (json_array_size(days) != rows[r].shown)
            fail_msg("row %zu: %zu days", r, json_array_size(days));
        cells_free(c);
    }
    indicator_free(&zoned);
}

/* An edition of twelve lines of ten days, after those whose keys and marks are in `kept`; failed: of the first line,
 * and of each of the others. The caller owns both. */
static json_t *edition(const json_t *kept, int32_t today, const int64_t failed[2], json_t **ret_keep)
{
    struct past *past = past_new(today, indicator.method);
    struct cells *c = cells_new(&indicator, false);
    size_t i;
    const json_t *each;
    json_array_foreach(json_object_get(kept, "cells"), i, each)
    {
        size_t cell = past_cell(past, json_string_value(json_object_get(each, "key")), today - 40, indicator.method);
        if (json_is_true(json_object_get(each, "failed_hidden")))
            past_hid_failed(past, cell);
    }
    for (size_t p = 0; p < COUNT(names); p++)
        for (int d = 0; d < 10; d++)
            cells_add(c, &(struct probe_day){.probe = names[p],
                                             .day = 20000 + d,
                                             .first = 20000,
                                             .last = 20009,
                                             .source = "measured",
                                             .network = names[p],
                                             .country = "BJ",
                                             .carrier = "op",
                                             .value = (double)p,
                                             .samples = 9,
                                             .failed = failed[p > 0]});
    cells_remember(c, past);
    json_t *figures = cells_figures(c);
    *ret_keep = cells_keep(c);
    cells_free(c);
    return figures;
}

/* Hidden where one line has nearly all, and from then on: the edition in which it came back would tell that the line's
 * are five times those of others. */
static void failures_of_a_country_do_not_come_back(void **state)
{
    static const struct {
        int64_t failed[3][2];
        bool told[3];
    } rows[] = {
        {{{1, 1}, {10, 1}, {1, 1}}, {true, true, true}},
        {{{1, 1}, {100, 1}, {1, 1}}, {true, false, false}},
        {{{100, 1}, {1, 1}, {100, 100}}, {false, false, false}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        json_t *kept = NULL, *keep;
        for (size_t e = 0; e < COUNT(rows[r].told); e++) {
            _cleanup_json_ json_t *figures = edition(kept, 20100 + 40 * (int32_t)e, rows[r].failed[e], &keep);
            const json_t *country = find(figures, NULL, NULL);
            assert_true(number(country, "value") == 5.5);
            if ((json_object_get(country, "n_failed") != NULL) != rows[r].told[e])
                fail_msg("row %zu, edition %zu", r, e);
            assert_non_null(json_object_get(find(figures, "op", NULL), "n_failed")); /* which nobody is told */
            json_decref(kept);
            kept = keep;
        }
        json_decref(kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_told_of_the_country_alone),
        cmocka_unit_test(days_and_an_operator_leave_no_line),
        cmocka_unit_test(zones_are_parts_of_the_country),
        cmocka_unit_test(operators_have_figures_by_technology),
        cmocka_unit_test(days_and_a_zone_leave_no_line),
        cmocka_unit_test(operators_that_differ_have_their_places),
        cmocka_unit_test(places_do_not_hang_on_who_came_first),
        cmocka_unit_test(hidden_cells_and_lone_ones_have_none),
        cmocka_unit_test(figures_have_the_decimals_of_their_indicator),
        cmocka_unit_test(places_are_of_what_is_not_rounded),
        cmocka_unit_test(failures_of_a_country_do_not_come_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
