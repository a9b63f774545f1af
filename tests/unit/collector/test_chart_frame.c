#include "tests/unit/collector/drawing.h"

static const struct chart_frame whole = {
    .subtitle = "Temps d’aller-retour vers les serveurs du Bénin, médiane des lignes, en millisecondes",
    .mark = "Données simulées : elles ne disent rien de l’Internet réel",
    .source =
        "Source : InternetMetre.bj & <autres>, méthode 3 ; les chiffres sont sous licence CC BY 4.0, la carte sous MIT",
    .date = "22 novembre 2026",
    .base = "n = 120 lignes",
};
#define LONG_TITLE                                                                                                     \
    "Latence vers le Bénin : deux mois de mesures dans les douze départements & <toutes> les communes rurales"

static const struct chart_bar bars[] = {
    {"Bénin", 30, 20, 45, NULL, true},
    {"Atacora–Donga (communes rurales)", 1234.5, NAN, NAN, NULL, false},
    {"Petit", NAN, NAN, NAN, "n<5", false},
};

static struct chart chart_in(enum chart_form form, const struct chart_frame *frame)
{
    return (struct chart){.id = "c1",
                          .title = LONG_TITLE,
                          .description = "d",
                          .words = &french,
                          .decimals = 1,
                          .unit = "ms",
                          .form = form,
                          .frame = frame};
}

static void a_page_gets_no_style(void **state)
{
    struct chart c = chart_in(CHART_PAGE, &whole);
    struct buf b = {0};
    chart_bars(&c, bars, COUNT(bars), &b);
    check_drawing(&b);
    assert_null(strstr(b.data, "<style>"));
    assert_null(strstr(b.data, "InternetMetre"));
    assert_ptr_equal(strstr(b.data, "<svg class=\"chart\" viewBox=\"0 0 400 114\" role="), b.data);
    buf_free(&b);
}

/* WeasyPrint gives what stands in a document none of the document's style. */
static void a_report_gets_the_style_alone(void **state)
{
    struct chart c = chart_in(CHART_REPORT, &whole);
    struct buf b = {0};
    chart_bars(&c, bars, COUNT(bars), &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "<style>"), 1);
    assert_null(strstr(b.data, "font:")); /* nor does it know the shorthand */
    assert_null(strstr(b.data, "InternetMetre"));
    assert_non_null(strstr(b.data, "viewBox=\"0 0 640 114\""));
    buf_free(&b);
}

static void a_file_says_all(void **state)
{
    static const enum chart_form forms[] = {CHART_A4, CHART_SQUARE};
    for (size_t f = 0; f < COUNT(forms); f++) {
        struct chart c = chart_in(forms[f], &whole);
        struct buf b = {0};
        chart_bars(&c, bars, COUNT(bars), &b);
        check_drawing(&b);
        assert_ptr_equal(strstr(b.data, "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" lang=\"fr\""),
                         b.data);
        assert_true(count_of(&b, "class=\"title\"") >= 2); /* it is wrapped, and nothing of it is lost */
        assert_non_null(strstr(b.data, "rurales</text>"));
        assert_non_null(strstr(b.data, ">Données simulées : elles"));
        assert_non_null(strstr(b.data, "InternetMetre.bj &amp; &lt;autres&gt;"));
        assert_non_null(strstr(b.data, ">22 novembre 2026 · n = 120 lignes<"));
        assert_non_null(tag_of(b.data, "rect", "ground"));
        assert_non_null(strstr(b.data, "\"Liberation Sans\",Arial"));
        buf_free(&b);
    }
}

/* 170 mm are as much of the drawing as the view box is wide, and as high as it is. */
static void an_a4_file_has_the_measures_of_its_view(void **state)
{
    struct chart c = chart_in(CHART_A4, NULL);
    struct buf b = {0};
    double width, height;
    chart_bars(&c, bars, COUNT(bars), &b);
    check_drawing(&b);
    assert_int_equal(sscanf(attribute(b.data, "viewBox"), "0 0 %lf %lf", &width, &height), 2);
    assert_true(fabs(number_of(b.data, "height") / number_of(b.data, "width") - height / width) < 0.001);
    assert_int_equal(count_of(&b, "class=\"foot\""), 0);
    buf_free(&b);
}

/* Rows grow a little, then there is white; many become lower, then smaller. */
static void a_square_holds_few_and_many(void **state)
{
    static struct chart_bar many[40];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = bars[1];
    for (size_t n = 1; n <= COUNT(many); n++) {
        struct chart c = chart_in(CHART_SQUARE, &whole);
        struct buf b = {0};
        chart_bars(&c, many, n, &b);
        check_drawing(&b);
        assert_non_null(strstr(b.data, "width=\"1080\" height=\"1080\" viewBox=\"0 0 432 432\""));
        assert_int_equal(strstr(b.data, "scale(") != NULL, n > 7);
        buf_free(&b);
    }
}

static void a_line_fills_a_square(void **state)
{
    const struct chart_point point = {20000, 5, NAN, NAN};
    struct chart c = chart_in(CHART_SQUARE, NULL);
    struct buf bare = {0}, full = {0};
    chart_line(&c, &point, 1, &bare);
    c.frame = &whole;
    chart_line(&c, &point, 1, &full);
    check_drawing(&bare);
    check_drawing(&full);
    assert_true(number_of(tag_of(bare.data, "circle", "dot"), "cy") > 0);
    assert_true(chart_room(&c, 196) > 196 && chart_room(&c, 196) < 432 - 100);
    assert_null(strstr(full.data, "scale("));
    buf_free(&bare);
    buf_free(&full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_gets_no_style),
        cmocka_unit_test(a_report_gets_the_style_alone),
        cmocka_unit_test(a_file_says_all),
        cmocka_unit_test(an_a4_file_has_the_measures_of_its_view),
        cmocka_unit_test(a_square_holds_few_and_many),
        cmocka_unit_test(a_line_fills_a_square),
    };
    return cmocka_run_group_tests(tests, words_setup, words_teardown);
}
