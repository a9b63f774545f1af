#include "tests/unit/collector/drawing.h"

static const struct chart_year benin[] = {{2020, 20}, {2021, 24}, {2022, 30}, {2023, 34}};
static const struct chart_year togo[] = {{2020, 21}, {2022, 33.5}, {2023, 34.1}};
static const struct chart_year niger[] = {{2019, 10}, {2020, 12}};
static const struct chart_series series[] = {
    {"Bénin", benin, COUNT(benin), true},
    {"Togo & <fils>", togo, COUNT(togo), false},
    {"Afrique subsaharienne (hors pays à revenu élevé)", niger, COUNT(niger), false},
    {"Nulle part", NULL, 0, false},
};

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){
        .id = "y", .title = "Usage", .description = "d", .words = w, .decimals = 1, .unit = "%", .form = form};
}

static void lines_and_their_ends(void **state)
{
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_years(&c, series, COUNT(series), &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, "class=\"line\""), 1);
        assert_int_equal(count_of(&b, "class=\"other\""), 2);
        assert_non_null(strstr(b.data, ">Bénin 34,0<"));
        assert_non_null(strstr(b.data, ">Togo &amp; &lt;fils&gt; 34,1<"));
        assert_non_null(strstr(b.data, "… 12,0 (2020)<")); /* the name gives way, and the year is told */
        assert_null(strstr(b.data, "Nulle part"));
        buf_free(&b);
    }
}

/* A value twice as large is twice as far from the axis; a year is as wide as another. */
static void values_are_where_they_belong(void **state)
{
    static const struct chart_year points[] = {{2020, 10}, {2021, 20}, {2022, 40}};
    const struct chart_series one = {"Bénin", points, COUNT(points), true};
    struct chart c = chart_in(CHART_A4, &english);
    struct buf b = {0};
    double x[3], y[3];
    chart_years(&c, &one, 1, &b);
    check_drawing(&b);
    const char *path = attribute(tag_of(b.data, "path", "line"), "d"),
               *axis = attribute(tag_of(b.data, "path", "axis"), "d");
    assert_int_equal(sscanf(path, "M%lf %lfL%lf %lfL%lf %lf", x, y, x + 1, y + 1, x + 2, y + 2), 6);
    double zero = strtod(strchr(axis, ' '), NULL);
    assert_true(fabs((zero - y[1]) / (zero - y[0]) - 2) < 0.01 && fabs((zero - y[2]) / (zero - y[0]) - 4) < 0.01);
    assert_true(fabs(x[2] - x[1] - (x[1] - x[0])) < 0.11);
    assert_non_null(strstr(b.data, ">Bénin 40.0<"));
    buf_free(&b);
}

static void a_missing_year_breaks_the_line(void **state)
{
    struct chart c = chart_in(CHART_A4, &french);
    struct buf b = {0};
    chart_years(&c, &series[1], 1, &b);
    check_drawing(&b);
    const char *path = attribute(tag_of(b.data, "path", "other"), "d");
    size_t strokes = 0;
    for (const char *at = path; *at != '"'; at++)
        strokes += *at == 'M';
    assert_int_equal(strokes, 2);
    buf_free(&b);
}

/* Ten countries that end at the same value: their names do not lie over each other. */
static void names_do_not_overlap(void **state)
{
    static const struct chart_year end = {2023, 50};
    struct chart_series same[10];
    double last = -INFINITY;
    for (size_t i = 0; i < COUNT(same); i++)
        same[i] = (struct chart_series){"Atacora–Donga (communes rurales)", &end, 1, i == 4};
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++, last = -INFINITY) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_years(&c, same, COUNT(same), &b);
        check_drawing(&b);
        for (const char *at = b.data; (at = strstr(at, "<text ")) != NULL; at++) {
            if (!has_class(at, "label") && !has_class(at, "value"))
                continue;
            assert_true(number_of(at, "y") >= last + 12);
            last = number_of(at, "y");
        }
        assert_true(last > 0);
        buf_free(&b);
    }
}

static void one_year_and_none(void **state)
{
    static const struct chart_year zero = {2023, 0};
    const struct chart_series one = {"Bénin", &zero, 1, true};
    struct chart c = chart_in(CHART_SQUARE, &french);
    struct buf b = {0};
    chart_years(&c, &series[3], 1, &b);
    chart_years(&c, NULL, 0, &b);
    assert_int_equal(b.len, 0);
    chart_years(&c, &one, 1, &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "class=\"mark-own\""), 1);
    assert_non_null(strstr(b.data, ">2023<"));
    buf_free(&b);
}

/* Sixty years: those below the axis keep their distance. */
static void many_years_are_thinned_out(void **state)
{
    static struct chart_year points[60];
    const struct chart_series one = {"Bénin", points, COUNT(points), true};
    double last = INFINITY;
    for (int i = 0; i < 60; i++)
        points[i] = (struct chart_year){1965 + i, i};
    struct chart c = chart_in(CHART_PAGE, &french);
    struct buf b = {0};
    chart_years(&c, &one, 1, &b);
    check_drawing(&b);
    for (const char *at = b.data; (at = strstr(at, "text-anchor=\"middle\"")) != NULL; at++) {
        const char *tag = at;
        while (*tag != '<')
            tag--;
        assert_true(number_of(tag, "x") <= last - 36);
        last = number_of(tag, "x");
    }
    assert_non_null(strstr(b.data, ">2024<"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_their_ends),
        cmocka_unit_test(values_are_where_they_belong),
        cmocka_unit_test(a_missing_year_breaks_the_line),
        cmocka_unit_test(names_do_not_overlap),
        cmocka_unit_test(one_year_and_none),
        cmocka_unit_test(many_years_are_thinned_out),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
