#include "tests/unit/check.h"

#include "collector/figure/cell.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {p50}\n-- headline.en: {p50}\n-- definition.fr: d\n"       \
    "-- definition.en: d\n-- aggregate: p50\n-- dimensions: operator, department, family\n"

static struct indicator indicator;

static int setup(void **state)
{
    struct fault f;
    return indicator_read(HEADER "SELECT 1", &indicator, &f);
}

static int teardown(void **state)
{
    indicator_free(&indicator);
    return 0;
}

static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};

/* `probes` lines of `days` days each, probe p measuring 10 + p every day. */
static struct cells *fill(size_t probes, int days, const char *carrier, const char *network)
{
    struct cells *c = cells_new(&indicator);
    for (size_t p = 0; p < probes; p++)
        for (int d = 0; d < days; d++)
            for (int family = 0; family < 2; family++)
                cells_add(c, &(struct probe_day){
                                 .probe = names[p],
                                 .day = 20000 + d,
                                 .source = "measured",
                                 .network = network ? network : names[p],
                                 .country = "BJ",
                                 .carrier = carrier,
                                 .family = family ? "ipv4" : NULL,
                                 .value = 10 + (double)p,
                                 .samples = 7,
                             });
    return c;
}

/* The figure of the cell with these members, NULL for those it must not have. */
static const json_t *find(const json_t *figures, const char *carrier, const char *family)
{
    size_t i;
    const json_t *f;
    json_array_foreach(figures, i, f)
    {
        const char *o = json_string_value(json_object_get(f, "operator"));
        const char *a = json_string_value(json_object_get(f, "family"));
        if ((carrier ? o && !strcmp(o, carrier) : !o) && (family ? a && !strcmp(a, family) : !a))
            return f;
    }
    return NULL;
}

static double number(const json_t *figure, const char *name)
{
    assert_non_null(figure);
    assert_non_null(json_object_get(figure, name));
    return json_number_value(json_object_get(figure, name));
}

static const char *word(const json_t *figure, const char *name)
{
    assert_non_null(figure);
    return json_string_value(json_object_get(figure, name));
}

static void publishes_cells_above_the_floor(void **state)
{
    struct cells *c = fill(9, 4, "op", NULL);
    json_t *figures = cells_figures(c);
    assert_int_equal(cells_count(c), 36);
    assert_int_equal(json_array_size(figures), 3); /* country, operator, family */
    const json_t *f = find(figures, NULL, NULL);
    assert_string_equal(word(f, "floor"), "met");
    assert_string_equal(word(f, "interval_kind"), "bootstrap95");
    assert_true(number(f, "value") == 14 && number(f, "n_samples") == 252 && number(f, "n_days") == 36);
    assert_true(number(f, "n_probes") == 9 && number(f, "n_networks") == 9);
    assert_true(number(f, "low") >= 10 && number(f, "low") < 14 && number(f, "high") > 14 && number(f, "high") <= 18);
    assert_string_equal(word(find(figures, "op", NULL), "floor"), "met");
    assert_true(number(find(figures, NULL, "ipv4"), "value") == 14);
    json_decref(figures);
    cells_free(c);
}

static void hides_small_cells_and_marks_the_country(void **state)
{
    static const struct {
        size_t probes;
        int days;
        const char *network, *interval;
    } rows[] = {
        {9, 3, NULL, "bootstrap95"},         /* 27 probe-days */
        {4, 50, NULL, "range"},              /* four networks */
        {12, 50, "one line", "bootstrap95"}, /* twelve keys on one line */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = fill(rows[r].probes, rows[r].days, "op", rows[r].network);
        json_t *figures = cells_figures(c);
        const json_t *country = find(figures, NULL, NULL), *small = find(figures, "op", NULL);
        assert_string_equal(word(country, "floor"), "below");
        assert_string_equal(word(country, "interval_kind"), rows[r].interval);
        assert_true(number(country, "value") > 0);
        assert_string_equal(word(small, "floor"), "n<5");
        assert_non_null(strstr(word(small, "note"), "counted in the country"));
        static const char *const hidden[] = {"value", "low", "high", "n_samples", "n_days", "n_probes", "n_networks"};
        for (size_t h = 0; h < COUNT(hidden); h++)
            assert_null(json_object_get(small, hidden[h]));
        json_decref(figures);
        cells_free(c);
    }
}

static void below_six_probes_the_range(void **state)
{
    struct cells *c = fill(5, 6, NULL, NULL);
    json_t *figures = cells_figures(c);
    const json_t *f = find(figures, NULL, NULL);
    assert_string_equal(word(f, "floor"), "met");
    assert_string_equal(word(f, "interval_kind"), "range");
    assert_true(number(f, "low") == 10 && number(f, "high") == 14);
    json_decref(figures);
    cells_free(c);
}

static void days_have_a_median_and_its_interval(void **state)
{
    struct cells *c = fill(10, 2, "op", NULL);
    json_t *days = cells_days(c);
    assert_int_equal(json_array_size(days), 2);
    const json_t *first = json_array_get(days, 0);
    assert_string_equal(word(first, "day"), "2024-10-04");
    assert_true(number(first, "value") == 14.5 && number(first, "low") == 11 && number(first, "high") == 18);
    assert_true(number(first, "n_probes") == 10);
    json_decref(days);
    cells_free(c);
    c = fill(5, 1, "op", NULL);
    days = cells_days(c);
    assert_null(json_object_get(json_array_get(days, 0), "low"));
    json_decref(days);
    cells_free(c);
}

static void nothing_gives_nothing(void **state)
{
    struct cells *c = cells_new(&indicator);
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
        cmocka_unit_test(publishes_cells_above_the_floor), cmocka_unit_test(hides_small_cells_and_marks_the_country),
        cmocka_unit_test(below_six_probes_the_range),      cmocka_unit_test(days_have_a_median_and_its_interval),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
