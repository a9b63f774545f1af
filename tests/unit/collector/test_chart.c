#include "tests/unit/collector/drawing.h"

#include "collector/format/chart.h"
#include "collector/format/date.h"

static const struct chart chart = {
    .id = "c1", .title = "A & <B>", .description = "d \"e\"", .words = &french, .decimals = 1, .unit = "ms"};

static void check_named(const struct buf *b)
{
    check_drawing(b);
    assert_non_null(strstr(b->data, "<title id=\"c1-t\">A &amp; &lt;B&gt;</title>"));
    assert_non_null(strstr(b->data, "<desc id=\"c1-d\">d &quot;e&quot;</desc>"));
}

static void steps(void **state)
{
    static const struct {
        double max;
        int most;
        double step;
    } rows[] = {{1, 5, 0.2},     {10, 5, 2},    {11, 5, 5},       {40, 4, 10}, {41, 4, 20},
                {0.03, 4, 0.01}, {1e6, 4, 5e5}, {1e-9, 4, 5e-10}, {99, 4, 50}, {3, 3, 1}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (fabs(chart_step(rows[i].max, rows[i].most) / rows[i].step - 1) > 1e-9)
            fail_msg("%g: %g, wanted %g", rows[i].max, chart_step(rows[i].max, rows[i].most), rows[i].step);
}

static void lines(void **state)
{
    struct chart_point p[40] = {0};
    struct buf b = {0};
    chart_line(&chart, p, 0, &b);
    assert_int_equal(b.len, 0);
    for (int i = 0; i < 40; i++)
        p[i] = (struct chart_point){20000 + i + (i >= 20 ? 3 : 0), 30 + i, 25 + i, 40 + i};
    chart_line(&chart, p, 40, &b);
    check_named(&b);
    assert_int_equal(count_of(&b, "class=\"line\""), 2); /* three days without a point break it */
    assert_int_equal(count_of(&b, "class=\"band\""), 2);
    assert_non_null(strstr(b.data, ">4 oct.<"));
    assert_non_null(strstr(b.data, ": 69,0<"));
    buf_clear(&b);
    /* One day, a zero, no interval: the first hour of a new collector. */
    p[0] = (struct chart_point){20000, 0, NAN, NAN};
    chart_line(&chart, p, 1, &b);
    check_named(&b);
    assert_int_equal(count_of(&b, "<circle"), 1);
    assert_int_equal(count_of(&b, "class=\"line\""), 0);
    buf_free(&b);
}

/* Forty days from 20000 on; the line is drawn up to the day before and from the day on. */
static void breaks(void **state)
{
    static const struct {
        int32_t day;
        size_t drawn, lines;
    } rows[] = {{0, 0, 1}, {19999, 0, 1}, {20000, 0, 1}, {20010, 1, 2}, {20039, 1, 1}, {20040, 0, 1}};
    struct chart_point p[40];
    for (int i = 0; i < 40; i++)
        p[i] = (struct chart_point){20000 + i, 30 + i, NAN, NAN};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf b = {0};
        struct chart broken = chart;
        broken.break_day = rows[r].day;
        broken.break_label = "cibles & 2";
        chart_line(&broken, p, 40, &b);
        check_named(&b);
        assert_int_equal(count_of(&b, "class=\"break\""), rows[r].drawn);
        assert_int_equal(count_of(&b, ">cibles &amp; 2<"), rows[r].drawn);
        assert_int_equal(count_of(&b, "class=\"line\""), rows[r].lines);
        buf_free(&b);
    }
}

static void bars(void **state)
{
    static const struct chart_bar rows[] = {
        {"Bénin", 30, 20, 45, NULL, true},
        {"<b>MTN</b>", 40, NAN, NAN, NULL, false},
        {"Zéro", 0, NAN, NAN, NULL, false},
        {"Petit", NAN, NAN, NAN, "n<5", false},
    };
    struct buf b = {0};
    chart_bars(&chart, rows, 0, &b);
    assert_int_equal(b.len, 0);
    chart_bars(&chart, rows, COUNT(rows), &b);
    check_named(&b);
    assert_int_equal(count_of(&b, "class=\"bar\""), 2);
    assert_int_equal(count_of(&b, "class=\"ref\""), 1);
    assert_int_equal(count_of(&b, "class=\"whisker\""), 1);
    assert_non_null(strstr(b.data, ">n&lt;5<"));
    assert_non_null(strstr(b.data, "&lt;b&gt;MTN"));
    buf_clear(&b);
    chart_bars(&chart, rows + 3, 1, &b);
    check_named(&b);
    buf_free(&b);
}

static void dates(void **state)
{
    char text[DATE_TEXT_SIZE];
    int32_t day;
    assert_int_equal(date_read("2026-11-22 05:12", &day), 0);
    assert_string_equal(date_long(&french, day, text), "22 novembre 2026");
    assert_string_equal(date_long(&english, day, text), "22 November 2026");
    assert_string_equal(date_short(&french, day, text), "22 nov.");
    assert_int_equal(date_read("2024-02-29", &day), 0);
    assert_string_equal(date_short(&english, day + 1, text), "1 Mar");
    assert_string_equal(date_short(&french, day + 1, text), "1er mars");
    assert_string_equal(date_long(&french, 0, text), "1er janvier 1970");
    assert_true(date_read("2026-13-01", &day) < 0 && date_read("", &day) < 0 && date_read("22/11/2026", &day) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps), cmocka_unit_test(lines), cmocka_unit_test(breaks),
        cmocka_unit_test(bars),  cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
