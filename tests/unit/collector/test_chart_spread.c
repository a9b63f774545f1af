#include "tests/unit/collector/drawing.h"

static const struct chart_spread spreads[] = {
    {"Toutes les lignes", 8, 14, 25, 44, 80, NULL, true},
    {"MTN & <fils>", 10, 20, 30, 50, 100, NULL, false},
    {"Atacora–Donga (communes rurales), un nom vraiment long qui ne tient pas", 1, 2, 3, 4, 5, NULL, false},
    {"Petit", NAN, NAN, NAN, NAN, NAN, "n<5", false},
};

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){
        .id = "s", .title = "Latence", .description = "d", .words = w, .decimals = 1, .unit = "ms", .form = form};
}

static void boxes_of_operators(void **state)
{
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_spreads(&c, spreads, COUNT(spreads), &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, "class=\"box\""), 2);
        assert_int_equal(count_of(&b, "class=\"box-ref\""), 1);
        assert_int_equal(count_of(&b, "class=\"median\""), 3);
        assert_int_equal(count_of(&b, ">30,0<"), 1);
        assert_int_equal(count_of(&b, ">n&lt;5<"), 1);
        assert_non_null(strstr(b.data, ">MTN &amp; &lt;fils&gt;<"));
        assert_non_null(strstr(b.data, ">Barre : médiane"));
        buf_free(&b);
    }
}

/* 10, 20, 30, 50, 100 ms of an axis that ends at 100, from its 0. */
static void percentiles_are_where_they_belong(void **state)
{
    struct chart c = chart_in(CHART_A4, &english);
    struct buf b = {0};
    double p10, p90, middle, p50;
    chart_spreads(&c, &spreads[1], 1, &b);
    check_drawing(&b);
    double zero = strtod(attribute(tag_of(b.data, "path", "axis"), "d") + 1, NULL);
    const char *box = tag_of(b.data, "rect", "box");
    assert_int_equal(sscanf(attribute(tag_of(b.data, "path", "range"), "d"), "M%lf %lfH%lf", &p10, &middle, &p90), 3);
    assert_int_equal(sscanf(attribute(tag_of(b.data, "path", "median"), "d"), "M%lf", &p50), 1);
    double unit = (p90 - zero) / 100;
    assert_true(unit > 5);
    assert_true(fabs(p10 - zero - 10 * unit) < 0.2 && fabs(p50 - zero - 30 * unit) < 0.2);
    assert_true(fabs(number_of(box, "x") - zero - 20 * unit) < 0.2 && fabs(number_of(box, "width") - 30 * unit) < 0.2);
    assert_non_null(strstr(b.data, ">30.0<"));
    buf_free(&b);
}

static void none_and_odd_ones(void **state)
{
    static const struct chart_spread odd[] = {{"Zéro", 0, 0, 0, 0, 0, NULL, false},
                                              {"Pareil", 1e7, 1e7, 1e7, 1e7, 1e7, NULL, false}};
    struct chart c = chart_in(CHART_PAGE, &french);
    struct buf b = {0};
    chart_spreads(&c, odd, 0, &b);
    assert_int_equal(b.len, 0);
    for (size_t n = 1; n <= COUNT(odd); n++) {
        chart_spreads(&c, odd, n, &b);
        check_drawing(&b);
        buf_clear(&b);
    }
    chart_spreads(&c, &spreads[3], 1, &b); /* nothing but n<5 */
    check_drawing(&b);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_of_operators),
        cmocka_unit_test(percentiles_are_where_they_belong),
        cmocka_unit_test(none_and_odd_ones),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
