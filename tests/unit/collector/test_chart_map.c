#include "tests/unit/collector/drawing.h"

#include "collector/db/schema.h"
#include "collector/format/chart_map.h"

static struct map *benin;

static struct chart_area departments[] = {
    {"BJ-AL", "Alibori", 12.3, NULL}, {"BJ-AK", "Atacora", NAN, NULL},   {"BJ-AQ", "Atlantique", 45.1, NULL},
    {"BJ-BO", "Borgou", 33.3, NULL},  {"BJ-CO", "Collines", 21.1, NULL}, {"BJ-KO", "Couffo", 44, "n<5"},
    {"BJ-DO", "Donga", 8.8, NULL},    {"BJ-LI", "Littoral", 68.2, NULL}, {"BJ-MO", "Mono", 38, NULL},
    {"BJ-OU", "Ouémé", 52.7, NULL},   {"BJ-PL", "Plateau", 27.4, NULL},  {"BJ-ZO", "Zou", 1031.5, NULL},
};

static int setup(void **state)
{
    const struct embedded *file = schema_file("countries/BJ.geo.json");
    struct fault f;
    return words_setup(state) < 0 || map_read(file->path, file->text, file->len, "BJ", &benin, &f) < 0;
}

static int teardown(void **state)
{
    map_free(benin);
    return words_teardown(state);
}

static struct chart chart_in(enum chart_form form, const struct words *w)
{
    return (struct chart){.id = "m",
                          .title = "Carte & <titre>",
                          .description = "d",
                          .words = w,
                          .decimals = 1,
                          .unit = "%",
                          .form = form};
}

/* What is not known stays in the picture, whatever the unit's length. */
static void long_unit_leaves_room_for_the_key(void **state)
{
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        c.unit = "heures par ligne et par an, et encore bien d’autres mots que nul n’attend ici";
        chart_map(&c, benin, CHART_QUANTILES, departments, COUNT(departments), &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, ">pas de données<"), 1);
        assert_non_null(strstr(b.data, ">heures par ligne"));
        assert_non_null(strstr(b.data, "…<"));
        buf_free(&b);
    }
}

/* In a document, where the map is half as wide as the column: the longest unit that there is, and a long word in the
 * place of a value in narrow departments. */
static void a_narrow_one_loses_no_name(void **state)
{
    struct chart_area areas[COUNT(departments)];
    struct chart c = chart_in(CHART_REPORT, &french);
    struct buf b = {0};
    memcpy(areas, departments, sizeof areas);
    areas[6].instead = areas[11].instead = "masqué"; /* Donga, Zou */
    c.width = 500;
    c.unit = "coupures par ligne et par an";
    chart_map(&c, benin, CHART_QUANTILES, areas, COUNT(areas), &b);
    check_drawing(&b);
    assert_non_null(strstr(b.data, ">coupures par ligne et par an<"));
    assert_non_null(strstr(b.data, "viewBox=\"0 0 500 "));
    for (size_t d = 0; d < COUNT(areas); d++)
        if (!strstr(b.data, areas[d].name))
            fail_msg("%s is not there: %s", areas[d].name, b.data);
    buf_free(&b);
}

static void each_form_shows_every_department(void **state)
{
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_map(&c, benin, CHART_QUANTILES, departments, COUNT(departments), &b);
        check_drawing(&b);
        for (size_t d = 0; d < COUNT(departments); d++) {
            char number[NUMBER_TEXT_SIZE];
            const char *value = departments[d].instead        ? "n&lt;5"
                                : isnan(departments[d].value) ? "–"
                                                              : lang_number(LANG_FR, departments[d].value, 1, number);
            _cleanup_text_ char *alone = alloc_format(">%s<", value),
                                *named = alloc_format(">%s %s<", departments[d].name, value);
            if (!strstr(b.data, alone) && !strstr(b.data, named))
                fail_msg("form %d: %s is not there: %s", (int)form, departments[d].name, b.data);
        }
        assert_int_equal(count_of(&b, ">limites indicatives<"), 1);
        assert_int_equal(count_of(&b, ">pas de données<"), 1);
        assert_int_equal(count_of(&b, "id=\"m-none\""), 1);
        assert_int_equal(count_of(&b, "fill-rule=\"evenodd\" fill=\"url(#m-none)\""),
                         3); /* Atacora, and Couffo twice */
        buf_free(&b);
    }
}

/* Twelve shapes of the country, six of them again beside it: no seventh. */
static void the_small_ones_are_drawn_again(void **state)
{
    struct chart c = chart_in(CHART_A4, &english);
    struct buf b = {0};
    chart_map(&c, benin, CHART_EVEN, departments, COUNT(departments), &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "fill-rule"), 12 + 6);
    assert_int_equal(count_of(&b, "class=\"look\""), 2);
    assert_non_null(strstr(b.data, ">Littoral 68.2<"));
    assert_non_null(strstr(b.data, ">1,031.5<"));
    assert_non_null(strstr(b.data, ">indicative boundaries<"));
    buf_free(&b);
}

/* From what has no decimals to numbers that have no room beside each other. */
static void numbers_of_any_length_have_room(void **state)
{
    struct chart_area areas[COUNT(departments)];
    memcpy(areas, departments, sizeof areas);
    for (double factor = 1e-3; factor < 1e8; factor *= 10)
        for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
            struct chart c = chart_in(form, &french);
            struct buf b = {0};
            for (size_t d = 0; d < COUNT(areas); d++)
                areas[d].value = departments[d].value * factor;
            chart_map(&c, benin, (enum chart_classes)(form % 2), areas, COUNT(areas), &b);
            check_drawing(&b);
            buf_free(&b);
        }
}

static void nothing_known_is_hatched(void **state)
{
    struct chart c = chart_in(CHART_A4, &english);
    struct buf b = {0};
    chart_map(&c, benin, CHART_EVEN, NULL, 0, &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "class=\"edge c"), 0);
    assert_int_equal(count_of(&b, "url(#m-none)"), 12 + 6 + 1);
    assert_int_equal(count_of(&b, "class=\"unit\""), 0);
    buf_free(&b);
}

static void all_known_needs_no_hatching(void **state)
{
    struct chart_area known[COUNT(departments)];
    struct chart c = chart_in(CHART_A4, &english);
    struct buf b = {0};
    for (size_t d = 0; d < COUNT(known); d++)
        known[d] = (struct chart_area){departments[d].iso, departments[d].name, 5, NULL};
    chart_map(&c, benin, CHART_EVEN, known, COUNT(known), &b);
    check_drawing(&b);
    assert_int_equal(count_of(&b, "url(#m-none)"), 0);
    assert_int_equal(count_of(&b, "class=\"edge c1\""), 12 + 6 + 1);
    buf_free(&b);
}

/* A value must not get lost because the chapter's map is older than its departments. */
static void whom_the_map_has_not_is_told_below(void **state)
{
    const struct chart_area areas[] = {{"BJ-LI", "Littoral", 4, NULL}, {"BJ-XX", "Neuf & <beau>", 7, NULL}};
    struct chart c = chart_in(CHART_REPORT, &french);
    struct buf b = {0};
    chart_map(&c, benin, CHART_EVEN, areas, COUNT(areas), &b);
    check_drawing(&b);
    assert_non_null(strstr(b.data, ">limites indicatives · Neuf &amp; &lt;beau&gt; 7,0<"));
    buf_free(&b);
}

/* A wide country of two: nothing small, what the colours say above it. */
static void a_wide_country_takes_the_width(void **state)
{
    static const char text[] = "{\"type\":\"FeatureCollection\",\"features\":["
                               "{\"properties\":{\"iso\":\"XX-A\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":["
                               "[[0,0],[8,0],[8,3],[0,3],[0,0]]]}},"
                               "{\"properties\":{\"iso\":\"XX-B\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":["
                               "[[8,0],[10,0],[10,3],[8,3],[8,0]]]}}]}";
    const struct chart_area areas[] = {{"XX-A", "Atacora–Donga (communes rurales)", 1, NULL}, {"XX-B", "Est", 2, NULL}};
    struct fault f;
    _cleanup_map_ struct map *m = NULL;
    assert_int_equal(map_read("x", text, strlen(text), "XX", &m, &f), 0);
    for (enum chart_form form = CHART_PAGE; form <= CHART_SQUARE; form++) {
        struct chart c = chart_in(form, &french);
        struct buf b = {0};
        chart_map(&c, m, CHART_EVEN, areas, COUNT(areas), &b);
        check_drawing(&b);
        assert_int_equal(count_of(&b, "class=\"look\""), 0);
        assert_int_equal(count_of(&b, "fill-rule"), 2);
        buf_free(&b);
    }
}

static void what_stands_for_a_value(void **state)
{
    char number[NUMBER_TEXT_SIZE];
    struct chart c = chart_in(CHART_PAGE, &french);
    struct sheet s = {.c = &c, .areas = departments, .count = COUNT(departments)};
    assert_string_equal(chart_area_text(&s, chart_area_find(&s, "BJ-AL"), number), "12,3");
    assert_string_equal(chart_area_text(&s, chart_area_find(&s, "BJ-AK"), number), "–");
    assert_string_equal(chart_area_text(&s, chart_area_find(&s, "BJ-KO"), number), "n<5");
    assert_string_equal(chart_area_text(&s, chart_area_find(&s, "BJ-XX"), number), "–");
    assert_true(chart_area_known(&departments[0]) && !chart_area_known(&departments[5]) && !chart_area_known(NULL));
}

/* Square degrees near the equator become squares; further north they are narrow. */
static void a_view_keeps_the_shape(void **state)
{
    struct view at_equator = view_of((struct box){10, -1, 12, 1}, 5, 7, 100, 200);
    assert_true(fabs(at_equator.width - 100) < 0.1 && fabs(at_equator.height - 100) < 0.1);
    assert_true(fabs(view_x(&at_equator, 10) - 5) < 1e-9 && fabs(view_y(&at_equator, 1) - 7) < 1e-9);
    struct view north = view_of((struct box){10, 59, 12, 61}, 0, 0, 100, 100);
    assert_true(fabs(north.height - 100) < 0.1 && fabs(north.width - 50) < 0.1);
}

/* In a shape like an L a text lies in the thick part, and not in the middle of the box. */
static void a_text_lies_inside(void **state)
{
    struct map_point points[] = {{0, 0}, {10, 0}, {10, 3}, {1, 3}, {1, 10}, {0, 10}, {0, 0}};
    struct map_ring ring = {points, COUNT(points)};
    const struct map_area area = {NULL, &ring, 1};
    struct view v = view_of(box_of(&area), 0, 0, 1000, 1000);
    struct spot s = view_spot(&v, &area, 100, 20);
    assert_true(view_x(&v, 1) < s.x && s.x < view_x(&v, 10) && view_y(&v, 3) < s.y && s.y < view_y(&v, 0));
    assert_true(s.room > 5);
    assert_true(view_spot(&v, &area, 3000, 600).room < 1);
    assert_true(fabs(view_surface(&area) - 37) < 0.3); /* 5° N */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_unit_leaves_room_for_the_key),
        cmocka_unit_test(a_narrow_one_loses_no_name),
        cmocka_unit_test(each_form_shows_every_department),
        cmocka_unit_test(the_small_ones_are_drawn_again),
        cmocka_unit_test(numbers_of_any_length_have_room),
        cmocka_unit_test(nothing_known_is_hatched),
        cmocka_unit_test(all_known_needs_no_hatching),
        cmocka_unit_test(whom_the_map_has_not_is_told_below),
        cmocka_unit_test(a_wide_country_takes_the_width),
        cmocka_unit_test(what_stands_for_a_value),
        cmocka_unit_test(a_view_keeps_the_shape),
        cmocka_unit_test(a_text_lies_inside),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
