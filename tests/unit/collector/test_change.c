#include "tests/unit/check.h"

#include <math.h>
#include <string.h>

#include "collector/figure/change.h"
#include "common/json.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {where} {%s}\n-- headline.en: {where} {%s}\n"              \
    "-- definition.fr: d\n-- definition.en: d\n-- aggregate: %s\n-- dimensions: operator\n"                            \
    "-- decimals: 1\nSELECT 1"

static struct indicator indicator;
static const struct change_told nothing;

static void choose(const char *statistic)
{
    struct fault f;
    _cleanup_text_ char *text = alloc_format(HEADER, statistic, statistic, statistic);
    indicator_free(&indicator);
    assert_int_equal(indicator_read(text, &indicator, &f), 0);
}

/* Days of the n-th line, of the so many that were expected from the first on. */
static void add(struct cells *c, const char *probe, const char *line, int n, double times, int from, int to, int due)
{
    for (int d = from; d < to; d++)
        cells_add(c, &(struct probe_day){.probe = probe,
                                         .day = 20000 + d,
                                         .first = 20000 + from,
                                         .last = 20000 + due - 1,
                                         .source = "measured",
                                         .network = line,
                                         .line = line,
                                         .country = "BJ",
                                         .value = times * n * n,
                                         .samples = 1});
}

/* Lines a to z; of upper case: the box that took the place of the line's first, half-way where both are there. */
static struct cells *year(const char *probes, int days)
{
    struct cells *c = cells_new(&indicator, false);
    for (const char *at = probes; *at; at++) {
        bool second = *at < 'a', both = strchr(probes, *at ^ 0x20);
        char line = (char)(*at | 0x20);
        int from = both && second ? days / 2 : 0, to = both && !second ? days / 2 : days;
        add(c, (const char[]){*at, 0}, (const char[]){line, 0}, line - 'a' + 1, 1, from, to, to);
    }
    return c;
}

static struct cells *first_lines(int count, double times, int days)
{
    struct cells *c = cells_new(&indicator, false);
    for (int n = 1; n <= count; n++) {
        const char name[] = {(char)('a' + n / 26), (char)('a' + n % 26), 0};
        add(c, name, name, n, times, 0, days, days);
    }
    return c;
}

/* Forty lines of ten days, and some of which more was expected. */
static struct cells *uneven(int lines, int step)
{
    struct cells *c = cells_new(&indicator, false);
    for (int n = 1; n <= 40; n++) {
        const char name[] = {(char)('a' + n / 26), (char)('a' + n % 26), 0};
        add(c, name, name, n, 1, 0, 10, n <= lines ? 10 + n * step : 10);
    }
    return c;
}

static double whole(struct cells *c)
{
    _cleanup_json_ json_t *figures = cells_figures(c);
    return json_number_value(json_object_get(json_array_get(figures, 0), "value"));
}

static double member(const json_t *told, const char *name)
{
    return json_number_value(json_object_get(json_array_get(told, 0), name));
}

/* How many lines it takes, and more: so many that some changed by as much as the ends of what is told. */
static const struct {
    const char *name;
    int lines;
} statistics[] = {{"p50", 20}, {"mean", 36}};

/* Nothing changed for anybody, but the panel's figure. */
static void a_panel_that_grows_changes_nothing(void **state)
{
    for (size_t s = 0; s < COUNT(statistics); s++) {
        choose(statistics[s].name);
        struct cells *from = first_lines(statistics[s].lines, 1, 10), *to = first_lines(2 * statistics[s].lines, 1, 7);
        _cleanup_json_ json_t *told = json_array();
        assert_true(change_over_lines(&(struct change_years){&indicator, from, to}, "BJ", "measured", &nothing, told));
        assert_true(whole(to) > 2 * whole(from));
        assert_true(member(told, "value_from") == member(told, "value_to"));
        assert_true(member(told, "low") == 0 && member(told, "high") == 0);
        assert_int_equal(json_array_size(json_object_get(json_array_get(told, 0), "lines")), statistics[s].lines);
        cells_free(from);
        cells_free(to);
    }
}

static void lines_that_double_double(void **state)
{
    for (size_t s = 0; s < COUNT(statistics); s++) {
        choose(statistics[s].name);
        struct cells *from = first_lines(statistics[s].lines, 1, 10), *to = first_lines(statistics[s].lines + 5, 2, 10);
        _cleanup_json_ json_t *told = json_array();
        assert_true(change_over_lines(&(struct change_years){&indicator, from, to}, "BJ", "measured", &nothing, told));
        /* each of the two is told to the next tenth */
        assert_true(fabs(member(told, "value_to") - 2 * member(told, "value_from")) < 0.15 + 1e-9);
        assert_true(member(told, "low") > 0);
        cells_free(from);
        cells_free(to);
    }
}

/* What lines say, and what is told of how that changed, differ from tenths by a third of one. */
static void changes_have_the_decimals_of_their_indicator(void **state)
{
    static const char *const names[] = {"value_from", "value_to", "low", "high"};
    for (size_t s = 0; s < COUNT(statistics); s++) {
        choose(statistics[s].name);
        struct cells *from = first_lines(statistics[s].lines, 1.0 / 30, 10),
                     *to = first_lines(statistics[s].lines, 2.0 / 30, 10);
        _cleanup_json_ json_t *told = json_array();
        assert_true(change_over_lines(&(struct change_years){&indicator, from, to}, "BJ", "measured", &nothing, told));
        for (size_t n = 0; n < COUNT(names); n++)
            if (fabs(10 * member(told, names[n]) - round(10 * member(told, names[n]))) > 1e-9)
                fail_msg("%s, %s: %.17g", statistics[s].name, names[n], member(told, names[n]));
        assert_true(member(told, "low") <= member(told, "value_to") - member(told, "value_from") + 1e-9);
        assert_true(member(told, "high") >= member(told, "value_to") - member(told, "value_from") - 1e-9);
        cells_free(from);
        cells_free(to);
    }
}

static void means_take_more_lines(void **state)
{
    for (int lines = 35; lines <= 36; lines++) {
        choose("mean");
        struct cells *from = first_lines(lines, 1, 10), *to = first_lines(lines, 2, 10);
        _cleanup_json_ json_t *told = json_array();
        assert_int_equal(
            change_over_lines(&(struct change_years){&indicator, from, to}, "BJ", "measured", &nothing, told),
            lines == 36);
        assert_int_equal(json_array_size(told), lines == 36);
        cells_free(from);
        cells_free(to);
    }
}

static void who_is_common(void **state)
{
    static const struct {
        const char *from, *to, *before;
        size_t lines; /* 0: it is not told */
    } rows[] = {
        {"abcdefghij", "abcdefghij", NULL, 10},
        {"abcdefghij", "ABCDEFGHIJ", NULL, 10},      /* all boxes were replaced */
        {"abcdefghij", "aAbBcdefghij", NULL, 10},    /* two of them within the year */
        {"abcdefghijklmno", "abcdefghij", NULL, 10}, /* five went */
        {"abcdefghijklm", "abcdefghij", NULL, 0},    /* three: the first year less the common ones */
        {"abcdefghij", "abcdefghijklm", NULL, 0},    /* three came */
        {"abcdeklmno", "abcdepqrst", NULL, 0},       /* five have no interval */
        {"abcdefghij", "klmnopqrst", NULL, 0},
        {"abcdefghijklmno", "abcdefghij", "abcdefghi", 0}, /* one more than when it was told last */
        {"abcdefghijklmno", "abcdefghij", "abcdefghij", 10},
    };
    choose("p50");
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *from = year(rows[r].from, 10), *to = year(rows[r].to, 10);
        _cleanup_json_ json_t *told = json_array(), *before = json_object();
        for (const char *l = rows[r].before; l && *l; l++)
            json_object_set_new(before, (const char[]){*l, 0}, json_integer(0));
        _cleanup_json_ json_t *out = json_pack("[O]", before);
        bool is_told = change_over_lines(&(struct change_years){&indicator, from, to}, "BJ", "measured",
                                         &(struct change_told){out, out}, told);
        if (is_told != (rows[r].lines > 0) ||
            json_array_size(json_object_get(json_array_get(told, 0), "lines")) != rows[r].lines)
            fail_msg("row %zu", r);
        cells_free(from);
        cells_free(to);
    }
}

/* A figure weighs lines by the days expected of them, a change does not: what it takes off leaves those that differ. */
static void lines_that_weigh_otherwise_are_not_few(void **state)
{
    static const struct {
        int lines, step;
        bool is_told;
    } rows[] = {{0, 0, true}, {1, 10, false}, {4, 2, false}, {6, 1, true}, {30, 1, true}};
    choose("mean");
    for (size_t r = 0; r < COUNT(rows); r++)
        for (int second = 0; second < 2; second++) {
            struct cells *one = uneven(0, 0), *other = uneven(rows[r].lines, rows[r].step);
            const struct change_years years = {&indicator, second ? one : other, second ? other : one};
            _cleanup_json_ json_t *told = json_array();
            if (change_over_lines(&years, "BJ", "measured", &nothing, told) != rows[r].is_told)
                fail_msg("row %zu", r);
            cells_free(one);
            cells_free(other);
        }
}

static int teardown(void **state)
{
    indicator_free(&indicator);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_panel_that_grows_changes_nothing),
        cmocka_unit_test(lines_that_double_double),
        cmocka_unit_test(changes_have_the_decimals_of_their_indicator),
        cmocka_unit_test(means_take_more_lines),
        cmocka_unit_test(who_is_common),
        cmocka_unit_test(lines_that_weigh_otherwise_are_not_few),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
