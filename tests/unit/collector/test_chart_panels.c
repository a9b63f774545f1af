#include "tests/unit/collector/drawing.h"

#define DAYS 60

static struct chart_point points[2][DAYS];
static const struct chart_panel panels[] = {
    {"Alibori & <nord>", points[0], DAYS, NULL},
    {"Atacora–Donga (communes rurales)", points[1], DAYS, NULL},
    {"Borgou", NULL, 0, NULL},
    {"Collines", points[0], 1, NULL},
    {"Couffo", points[0], 0, "n<5"},
    {"Donga", points[1], DAYS, "masqué"},
};

static int setup(void **state)
{
    for (int i = 0; i < DAYS; i++) {
        points[0][i] = (struct chart_point){20700 + i + (i >= 30 ? 5 : 0), 20, NAN, NAN};
        points[1][i] = (struct chart_point){20700 + i, 80, NAN, NAN};
    }
    return words_setup(state);
}

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){
        .id = "p", .title = "Départements", .description = "d", .words = w, .decimals = 1, .unit = "ms", .form = form};
}

static void each_department_has_its_place(void **state)
{
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, form % 2 ? &english : &french);
        struct buf b = {0};
        chart_panels(&c, panels, COUNT(panels), &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, "class=\"line\""), 3);
        assert_int_equal(count_of(&b, "class=\"dot\""), 1); /* the one of one day */
        assert_int_equal(count_of(&b, "url(#p-none)"), 3);
        assert_int_equal(count_of(&b, form % 2 ? ">no data<" : ">pas de données<"), 1);
        assert_int_equal(count_of(&b, ">n&lt;5<") + count_of(&b, ">masqué<"), 2);
        assert_int_equal(count_of(&b, form % 2 ? ">80.0<" : ">80,0<"), 1); /* none where the value is not told */
        assert_non_null(strstr(b.data, ">Atacora–Donga"));
        assert_true(count_of(&b, "class=\"small label\"") >= 2); /* its two lines */
        assert_int_equal(count_of(&b, form % 2 ? "4 Sept – 7 Nov" : "4 sept. – 7 nov.") + count_of(&b, "4 Sep – 7 Nov"),
                         1);
        buf_free(&b);
    }
}

/* 20 and 80 on one scale: a quarter as high, and the days begin together. */
static void all_have_the_same_scale(void **state)
{
    struct chart c = chart_in(CHART_A4, &french);
    struct buf b = {0};
    double x[2], y[2], zero;
    chart_panels(&c, panels, 2, &b);
    check_drawing(&b);
    const char *at = tag_of(b.data, "path", "line");
    assert_int_equal(sscanf(attribute(at, "d"), "M%lf %lf", &x[0], &y[0]), 2);
    assert_int_equal(sscanf(attribute(tag_of(at + 1, "path", "line"), "d"), "M%lf %lf", &x[1], &y[1]), 2);
    assert_int_equal(sscanf(attribute(tag_of(b.data, "path", "axis"), "d"), "M%*f %lf", &zero), 1);
    assert_true(x[1] > x[0] + 100 && zero > y[0]);
    assert_true(fabs((zero - y[1]) / (zero - y[0]) - 4) < 0.05);
    size_t strokes = 0;
    for (const char *d = attribute(at, "d"); *d != '"'; d++)
        strokes += *d == 'M';
    assert_int_equal(strokes, 2); /* five days without a point */
    buf_free(&b);
}

static void none_one_and_many(void **state)
{
    static struct chart_panel many[30];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = panels[i % COUNT(panels)];
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_panels(&c, many, 0, &b);
        assert_int_equal(b.len, 0);
        for (size_t n = 1; n <= COUNT(many); n += 7) {
            chart_panels(&c, many, n, &b);
            check_drawing(&b);
            buf_clear(&b);
        }
        chart_panels(&c, &panels[2], 1, &b); /* nothing is known at all */
        check_drawing(&b);
        assert_non_null(strstr(b.data, ">pas de données<"));
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_department_has_its_place),
        cmocka_unit_test(all_have_the_same_scale),
        cmocka_unit_test(none_one_and_many),
    };
    return cmocka_run_group_tests(tests, setup, words_teardown);
}
