#include "tests/unit/collector/drawing.h"

#define EVENING (1u << 18 | 1u << 19 | 1u << 20 | 1u << 21)

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){
        .id = "h", .title = "Heures", .description = "d", .words = w, .decimals = 1, .unit = "ms", .form = form};
}

/* Hour h has h + 1, and an interval of half as much around it. */
static void fill(struct chart_hour *hours)
{
    for (int h = 0; h < CHART_HOURS; h++)
        hours[h] = (struct chart_hour){h + 1, (h + 1) * 0.75, (h + 1) * 1.25};
}

static void a_day_with_its_peak(void **state)
{
    struct chart_hour hours[CHART_HOURS];
    fill(hours);
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, form % 2 ? &english : &french);
        struct buf b = {0};
        chart_hours(&c, hours, EVENING, &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, "class=\"peak\""), 1);
        assert_int_equal(count_of(&b, form % 2 ? ">peak hours<" : ">heures de pointe<"), 1);
        assert_int_equal(count_of(&b, form % 2 ? ">18:00<" : ">18 h<"), 1);
        assert_int_equal(count_of(&b, "class=\"dot\""), CHART_HOURS);
        assert_int_equal(count_of(&b, "class=\"line\""), 1);
        assert_int_equal(count_of(&b, "class=\"band\""), 1);
        assert_int_equal(count_of(&b, "url(#h-none)"), 0);
        buf_free(&b);
    }
}

/* Hours are as far from each other, in their middle; 24 is twice as high as 12. */
static void values_and_hours_are_where_they_belong(void **state)
{
    struct chart_hour hours[CHART_HOURS];
    double x[CHART_HOURS], y[CHART_HOURS];
    struct chart c = chart_in(CHART_A4, &french);
    struct buf b = {0};
    fill(hours);
    chart_hours(&c, hours, EVENING, &b);
    const char *axis = attribute(tag_of(b.data, "path", "axis"), "d"), *at = b.data,
               *peak = tag_of(b.data, "rect", "peak");
    double left = strtod(axis + 1, NULL), zero = strtod(strchr(axis, ' '), NULL);
    for (int h = 0; h < CHART_HOURS; h++, at++) {
        at = tag_of(at, "circle", "dot");
        x[h] = number_of(at, "cx");
        y[h] = number_of(at, "cy");
        assert_true(h == 0 || fabs((zero - y[h]) / (zero - y[0]) / (h + 1) - 1) < 0.02);
    }
    double hour = (x[23] - x[0]) / 23;
    for (int h = 0; h < CHART_HOURS; h++)
        assert_true(fabs(x[h] - left - (h + 0.5) * hour) < 0.2);
    assert_true(fabs(number_of(peak, "x") - left - 18 * hour) < 0.2 && fabs(number_of(peak, "width") - 4 * hour) < 0.2);
    buf_free(&b);
}

/* The peak goes over midnight; some hours have nothing; one stands alone; one has no interval. */
static void gaps_and_midnight(void **state)
{
    struct chart_hour hours[CHART_HOURS];
    struct chart c = chart_in(CHART_PAGE, &french);
    struct buf b = {0};
    fill(hours);
    hours[3].value = hours[4].value = hours[6].value = NAN;
    hours[20].low = hours[20].high = NAN;
    chart_hours(&c, hours, 1u << 23 | 1u, &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "class=\"peak\""), 2);
    assert_int_equal(count_of(&b, ">heures de pointe<"), 1);
    assert_int_equal(count_of(&b, "url(#h-none)"), 3);
    assert_int_equal(count_of(&b, "class=\"line\""), 3);
    assert_int_equal(count_of(&b, "class=\"band\""), 1); /* of hours 0 to 2 */
    assert_int_equal(count_of(&b, "r=\"4\""), 1);
    buf_free(&b);
}

/* Above the evening's four hours, and not above the one at noon that comes first. */
static void the_longest_peak_has_the_name(void **state)
{
    struct chart_hour hours[CHART_HOURS];
    struct chart c = chart_in(CHART_A4, &french);
    struct buf b = {0};
    fill(hours);
    chart_hours(&c, hours, EVENING | 1u << 12, &b);
    check_drawing(&b);
    const char *text = strstr(b.data, ">heures de pointe<"),
               *last = tag_of(tag_of(b.data, "rect", "peak") + 1, "rect", "peak");
    while (*text != '<' || text[1] != 't')
        text--;
    assert_true(fabs(number_of(text, "x") - number_of(last, "x") - number_of(last, "width") / 2) < 0.2);
    buf_free(&b);
}

static void zero_and_nothing(void **state)
{
    struct chart_hour hours[CHART_HOURS];
    struct chart c = chart_in(CHART_PAGE, &french);
    struct buf b = {0};
    for (int h = 0; h < CHART_HOURS; h++)
        hours[h] = (struct chart_hour){NAN, NAN, NAN};
    chart_hours(&c, hours, EVENING, &b);
    assert_int_equal(b.len, 0);
    hours[7].value = 0;
    chart_hours(&c, hours, 0, &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "class=\"dot\""), 1);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_with_its_peak), cmocka_unit_test(values_and_hours_are_where_they_belong),
        cmocka_unit_test(gaps_and_midnight),   cmocka_unit_test(the_longest_peak_has_the_name),
        cmocka_unit_test(zero_and_nothing),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
