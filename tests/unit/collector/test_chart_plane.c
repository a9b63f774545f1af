#include "tests/unit/collector/drawing.h"

static struct chart chart_in(enum chart_form form)
{
    return (struct chart){.id = "p", .title = "t", .description = "d", .words = &french, .unit = "ms", .form = form};
}

static void the_axis_ends_at_a_round_number(void **state)
{
    static const struct {
        double greatest, max;
    } rows[] = {{0, 1}, {-5, 1}, {1, 1}, {40, 40}, {41, 60}, {99, 100}, {0.03, 0.03}, {1234567, 1500000}};
    struct chart c = chart_in(CHART_A4);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct chart_plane p = chart_plane_of(&c, rows[r].greatest, 30, 200, 10, 20);
        if (fabs(p.max / rows[r].max - 1) > 1e-9)
            fail_msg("%g: up to %g, wanted %g", rows[r].greatest, p.max, rows[r].max);
        assert_int_equal(p.right, 630);
        assert_int_equal(p.bottom, 180);
        assert_true(chart_plane_y(&p, 0) == 180 && fabs(chart_plane_y(&p, p.max) - 30) < 1e-9);
        assert_true(fabs(chart_plane_y(&p, p.max / 2) - 105) < 1e-9);
    }
}

/* The numbers of an axis have room beside it, whatever their size. */
static void numbers_are_not_cut_off(void **state)
{
    for (double greatest = 1e-5; greatest < 1e9; greatest *= 3) {
        struct chart c = chart_in(CHART_A4);
        struct buf b = {0};
        struct chart_plane p = chart_plane_of(&c, greatest, 30, 200, 10, 20);
        chart_open(&c, 200, &b);
        chart_plane_values(&c, &p, &b);
        chart_close(&c, &b);
        check_drawing(&b);
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_axis_ends_at_a_round_number),
        cmocka_unit_test(numbers_are_not_cut_off),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
