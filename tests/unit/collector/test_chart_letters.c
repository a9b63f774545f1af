#include "tests/unit/collector/drawing.h"

/* Widths that were measured: DejaVu Sans, the wider of the fonts that charts name. */
static void texts_are_as_wide_as_the_widest_font(void **state)
{
    static const struct {
        const char *text;
        bool bold;
        double dejavu; /* in heights of a letter */
    } rows[] = {{"", false, 0},
                {"Bénin", false, 2.847},
                {"Bénin", true, 3.207},
                {"Atacora–Donga (communes rurales)", false, 18.050},
                {"Atacora–Donga (communes rurales)", true, 20.155},
                {"12\u202F345,6\u00A0Mbit/s", false, 7.49}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        double width = chart_text_width(rows[r].text, 10, rows[r].bold) / 10;
        if (width < rows[r].dejavu * 0.985 || width > rows[r].dejavu * 1.06)
            fail_msg("%s: %g, measured %g", rows[r].text, width, rows[r].dejavu);
    }
}

static void what_is_too_long_ends_in_dots(void **state)
{
    static const char text[] = "Ouémé – communes éloignées";
    for (double width = 0; width < 200; width += 0.5) {
        _cleanup_text_ char *fits = chart_fit(text, 12, false, width);
        assert_true(chart_text_width(fits, 12, false) <= fmax(width, 14));
        size_t len = strlen(fits);
        if (chart_text_width(text, 12, false) <= width) {
            assert_string_equal(fits, text);
            continue;
        }
        assert_true(len >= 3 && !strcmp(fits + len - 3, "…") && !strncmp(fits, text, len - 3));
        assert_true(len == 3 || fits[len - 4] != ' ');
        assert_true(((unsigned char)text[len - 3] & 0xC0) != 0x80); /* no letter is cut in two */
    }
}

static void lines_end_at_blanks(void **state)
{
    static const struct {
        const char *text;
        double width;
        size_t most;
        const char *lines[4];
    } rows[] = {
        {"", 100, 3, {NULL}},
        {"un deux trois", 1000, 3, {"un deux trois"}},
        {"un deux trois", 50, 3, {"un deux", "trois"}},
        {"un deux trois", 50, 1, {"un de…"}},
        {"un  deux trois", 1, 4, {"…", "…", "…"}},
        {"n°\u00A01 deux", 45, 3, {"n°\u00A01", "deux"}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        char *lines[4] = {NULL};
        size_t count = chart_wrap(rows[r].text, 12, false, rows[r].width, rows[r].most, lines);
        for (size_t l = 0; l < COUNT(lines); l++) {
            if (rows[r].lines[l])
                assert_string_equal(lines[l], rows[r].lines[l]);
            assert_int_equal(l < count, rows[r].lines[l] != NULL);
            free(lines[l]);
        }
    }
}

static void texts_make_room_for_each_other(void **state)
{
    static const struct {
        double wished[4], sizes[4], low, high, middles[4];
        size_t count;
    } rows[] = {
        {{0}, {0}, 0, 100, {0}, 0},
        {{50}, {10}, 0, 100, {50}, 1},
        {{2}, {10}, 0, 100, {5}, 1},
        {{99}, {10}, 0, 100, {95}, 1},
        {{20, 60}, {10, 10}, 0, 100, {20, 60}, 2},
        {{50, 52}, {10, 10}, 0, 100, {42, 52}, 2},
        {{98, 99, 99}, {10, 20, 10}, 0, 100, {65, 80, 95}, 3},
        {{1, 1, 1}, {10, 20, 10}, 0, 100, {5, 20, 35}, 3},
        {{5, 5, 5}, {10, 10, 10}, 0, 20, {5, 15, 25}, 3}, /* no room: past the end, and not over each other */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        double middles[4];
        memcpy(middles, rows[r].wished, sizeof middles);
        chart_part(middles, rows[r].sizes, rows[r].count, rows[r].low, rows[r].high);
        for (size_t i = 0; i < rows[r].count; i++)
            if (fabs(middles[i] - rows[r].middles[i]) > 1e-9)
                fail_msg("row %zu: %zu is at %g, wanted %g", r, i, middles[i], rows[r].middles[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_as_wide_as_the_widest_font),
        cmocka_unit_test(what_is_too_long_ends_in_dots),
        cmocka_unit_test(lines_end_at_blanks),
        cmocka_unit_test(texts_make_room_for_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
