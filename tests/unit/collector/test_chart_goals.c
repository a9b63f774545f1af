#include "tests/unit/collector/drawing.h"

static const struct chart_goal goals[] = {
    {"Habitants & <tous>", "%", 1, 102.3, "2024", 100, CHART_AT_LEAST, 2030, CHART_REACHED},
    {"Ménages connectés", "%", 1, 57.5, "2024", 100, CHART_AT_LEAST, 2030, CHART_ON_THE_WAY},
    {"Prix du panier mobile", "%", 2, 4, "2025", 2, CHART_AT_MOST, 2025, CHART_LATE},
    {"Atacora–Donga (communes rurales) : parité des femmes et des hommes", "", 2, NAN, NULL, 1, CHART_PARITY, 2030,
     CHART_UNTOLD},
};

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){.id = "g", .title = "Objectifs", .description = "d", .words = w, .form = form};
}

static void each_standing_has_words_and_a_shape(void **state)
{
    static const char *const shown[] = {"atteint",
                                        "en bonne voie",
                                        "en retard",
                                        "pas encore jugé",
                                        "102,3\u00A0% (2024)",
                                        "pas de données",
                                        "objectif pour 2025 : au plus 2,00\u00A0%",
                                        "objectif pour 2030 : parité, 1,00"};
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_goals(&c, goals, COUNT(goals), &b);
        check_drawing(&b);
        for (size_t i = 0; i < COUNT(shown); i++) {
            _cleanup_text_ char *text = alloc_format(">%s<", shown[i]);
            if (count_of(&b, text) != 1)
                fail_msg("form %d: \"%s\" %zu times", (int)form, shown[i], count_of(&b, text));
        }
        assert_int_equal(count_of(&b, "class=\"sign\""), 2);
        assert_int_equal(count_of(&b, "class=\"tick\""), 1);
        assert_null(strstr(b.data, "…")); /* the longest name has two lines */
        assert_non_null(strstr(b.data, "hommes<"));
        assert_int_equal(count_of(&b, "class=\"sign-late\""), 1);
        assert_int_equal(count_of(&b, "class=\"sign-untold\""), 1);
        assert_int_equal(count_of(&b, "url(#g-none)"), 1);
        buf_free(&b);
    }
}

static void what_is_said_stands_in_place_of_the_standing(void **state)
{
    struct chart c = chart_in(CHART_REPORT, &french);
    struct chart_goal said = goals[COUNT(goals) - 1];
    struct buf b = {0};
    said.standing = CHART_UNTOLD;
    said.says = "chiffres d’autres âges";
    chart_goals(&c, &said, 1, &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, ">chiffres d’autres âges<"), 1);
    assert_null(strstr(b.data, "pas encore jugé"));
    buf_free(&b);
}

/* From 0 to the greater of value and goal: 57.5 of 100, and 4 where 2 is the goal. */
static void bars_and_goals_are_where_they_belong(void **state)
{
    static const struct {
        const struct chart_goal *goal;
        const char *bar;
        double value, wanted;
    } rows[] = {
        {&goals[0], "bar-reached", 1, 100 / 102.3}, {&goals[1], "bar-way", 0.575, 1}, {&goals[2], "bar-late", 1, 0.5}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct chart c = chart_in(CHART_A4, &english);
        struct buf b = {0};
        chart_goals(&c, rows[r].goal, 1, &b);
        check_drawing(&b);
        double track = number_of(tag_of(b.data, "rect", "track"), "width");
        double mark = strtod(attribute(tag_of(b.data, "path", "goal"), "d") + 1, NULL) - 1;
        assert_true(track == 638);
        assert_true(fabs(number_of(tag_of(b.data, "rect", rows[r].bar), "width") / track - rows[r].value) < 0.001);
        assert_true(fabs(mark / track - rows[r].wanted) < 0.001);
        buf_free(&b);
    }
}

static void odd_values_are_drawn(void **state)
{
    static const struct chart_goal odd[] = {
        {"Zéro", "%", 0, 0, NULL, 0, CHART_AT_MOST, 2030, CHART_REACHED},
        {"Négatif", "%", 0, -3, NULL, 5, CHART_AT_LEAST, 2030, CHART_LATE},
        {"Un très grand nombre de choses dont le nom est long", "kilogrammes par habitant", 6, 123456789, "2024-S1",
         1e12, CHART_AT_LEAST, 2030, CHART_UNTOLD},
    };
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &english);
        struct buf b = {0};
        chart_goals(&c, odd, 0, &b);
        assert_int_equal(b.len, 0);
        chart_goals(&c, odd, COUNT(odd), &b);
        check_drawing(&b);
        assert_null(strstr(b.data, "width=\"-"));
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_standing_has_words_and_a_shape),
        cmocka_unit_test(what_is_said_stands_in_place_of_the_standing),
        cmocka_unit_test(bars_and_goals_are_where_they_belong),
        cmocka_unit_test(odd_values_are_drawn),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
