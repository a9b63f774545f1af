#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>

#include "collector/db/schema.h"
#include "collector/format/map.h"
#include "common/file.h"
#include "common/json.h"

#define SQUARE           "[[1,7],[2,7],[2,8],[1,7]]"
#define AREA(iso, shape) "{\"type\":\"Feature\",\"properties\":{\"iso\":\"" iso "\"},\"geometry\":" shape "}"
#define POLYGON(rings)   "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"
#define WHOLE(features)  "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define ONE(rings)       WHOLE(AREA("BJ-AL", POLYGON(rings)))

/* km² of the map's plane at 9° N: the shoelace formula, holes against their surroundings. */
static double surface(const struct map_area *a)
{
    double sum = 0;
    for (size_t r = 0; r < a->count; r++)
        for (size_t i = 0; i + 1 < a->rings[r].count; i++)
            sum += a->rings[r].points[i].x * a->rings[r].points[i + 1].y -
                   a->rings[r].points[i + 1].x * a->rings[r].points[i].y;
    return sum / 2 * 111.3 * 110.6 * cos(9 * 3.14159265 / 180);
}

/* Names and shapes belong together: against the surfaces that are given for the departments. */
static void the_pack_has_its_map(void **state)
{
    static const struct {
        const char *iso;
        double km2;
    } rows[] = {{"BJ-AL", 26242}, {"BJ-AK", 20499}, {"BJ-AQ", 3233},  {"BJ-BO", 25856},
                {"BJ-CO", 13931}, {"BJ-KO", 2404},  {"BJ-DO", 11126}, {"BJ-LI", 79},
                {"BJ-MO", 1605},  {"BJ-OU", 1281},  {"BJ-PL", 3264},  {"BJ-ZO", 5243}};
    const struct embedded *file = schema_file("countries/BJ.geo.json");
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const json_t *departments = json_object_get(json_object_get(packs, "BJ"), "departments");
    struct fault f = {0};
    _cleanup_map_ struct map *m = NULL;
    if (map_read(file->path, file->text, file->len, "BJ", &m, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(m->count, json_array_size(departments));
    for (size_t d = 0; d < m->count; d++)
        assert_non_null(map_find(m, json_string_value(json_object_get(json_array_get(departments, d), "iso"))));
    for (size_t r = 0; r < COUNT(rows); r++) {
        double km2 = surface(map_find(m, rows[r].iso));
        if (fabs(km2 / rows[r].km2 - 1) > (rows[r].km2 < 100 ? 0.35 : 0.15))
            fail_msg("%s: %.0f km², wanted about %.0f", rows[r].iso, km2, rows[r].km2);
    }
    assert_null(map_find(m, "BJ-XX"));
    assert_true(file->len < 12000 && strstr(file->text, "Copyright (c) 2012 Mark DiMarco"));
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"", "x.json: JSON"},
        {"[]", "x.json: it is \"\" and no FeatureCollection"},
        {"{\"type\":\"Topology\"}", "x.json: it is \"Topology\" and no FeatureCollection: export the map as GeoJSON"},
        {WHOLE(""), "x.json: it has no features"},
        {"{\"type\":\"FeatureCollection\",\"features\":7}", "x.json: it has no features"},
        {WHOLE("7"), "x.json: feature 1: it has no property \"iso\""},
        {WHOLE("{\"properties\":{\"name\":\"Alibori\"}}"),
         "x.json: feature 1: it has no property \"iso\": give it the code"},
        {WHOLE(AREA("Alibori", POLYGON(SQUARE))),
         "x.json: feature 1: \"Alibori\" is no code of BJ, which begin with BJ-"},
        {WHOLE(AREA("BJ-AL", POLYGON(SQUARE)) "," AREA("BJ-AL", POLYGON(SQUARE))),
         "x.json: feature 2: BJ-AL is there twice"},
        {WHOLE(AREA("BJ-AL", "null")), "x.json: feature 1: BJ-AL: its geometry is \"\": only Polygon"},
        {WHOLE(AREA("BJ-AL", "{\"type\":\"Point\",\"coordinates\":[1,2]}")), "BJ-AL: its geometry is \"Point\": only"},
        {WHOLE(AREA("BJ-AL", "{\"type\":\"MultiPolygon\",\"coordinates\":[]}")), "BJ-AL: it has no polygon"},
        {ONE(""), "BJ-AL: a polygon has no ring"},
        {ONE("[[1,2],[2,3],[1,2]]"), "BJ-AL: a ring has 3 positions"},
        {ONE("[[1,2],[2,3],[3,3],[4,4]]"), "BJ-AL: a ring is not closed"},
        {ONE("[[1,2],[2,\"3\"],[3,3],[1,2]]"), "BJ-AL: a position is no pair of numbers"},
        {ONE("[[1,2],[2],[3,3],[1,2]]"), "BJ-AL: a position is no pair of numbers"},
        {ONE("[[411000,712000],[2,3],[3,3],[411000,712000]]"),
         "411000, 712000 are no degrees of longitude and latitude: "
         "export the map in WGS 84"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct map *m = NULL;
        struct fault f = {0};
        assert_true(map_read("x.json", rows[r].text, strlen(rows[r].text), "BJ", &m, &f) < 0);
        assert_null(m);
        if (!strstr(f.text, rows[r].told))
            fail_msg("%s: \"%s\", wanted \"%s\"", rows[r].text, f.text, rows[r].told);
    }
}

static void a_map_too_large_is_refused(void **state)
{
    struct buf ring = {0};
    struct map *m = NULL;
    struct fault f = {0};
    buf_add_text(&ring,
                 "{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"iso\":\"BJ-AL\"},\"geometry\":"
                 "{\"type\":\"Polygon\",\"coordinates\":[[[1,2]");
    for (int i = 0; i < MAP_POINTS_MAX - 1; i++)
        buf_addf(&ring, ",[%d,%d]", i % 100, i % 90);
    buf_add_text(&ring, ",[1,2]]]}}]}");
    assert_true(map_read("x.json", ring.data, ring.len, "BJ", &m, &f) < 0);
    assert_non_null(strstr(f.text, "more than 50000 positions"));
    buf_free(&ring);
}

static void parts_and_holes_are_kept(void **state)
{
    static const char text[] = WHOLE(
        AREA("BJ-AL", POLYGON("[[0,0],[4,0],[4,4],[0,0]],[[2,1],[3,1],[3,2],[2,1]]")) "," AREA(
            "BJ-AK", "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[" SQUARE "]]}"));
    struct fault f = {0};
    _cleanup_map_ struct map *m = NULL;
    if (map_read("x.json", text, strlen(text), "BJ", &m, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(m->count, 2);
    assert_int_equal(map_find(m, "BJ-AL")->count, 2);
    assert_int_equal(map_find(m, "BJ-AK")->count, 2);
    assert_true(map_find(m, "BJ-AL")->rings[1].points[1].x == 3);
}

static void ones_own_map_goes_before_the_packs(void **state)
{
    const char *folder = scratch_dir();
    const struct embedded *built_in = schema_file("countries/BJ.geo.json");
    _cleanup_text_ char *path = alloc_format("%s/BJ.geo.json", folder);
    struct fault f = {0};
    struct map *m = NULL;
    assert_int_equal(map_load(path, NULL, "BJ", &m, &f), 0);
    assert_null(m); /* neither: a pack without a map */
    assert_int_equal(map_load(path, built_in, "BJ", &m, &f), 0);
    assert_int_equal(m->count, 12);
    map_free(m);
    m = NULL;
    assert_int_equal(file_write_atomic(path, ONE(SQUARE), strlen(ONE(SQUARE)), 0644, &f), 0);
    assert_int_equal(map_load(path, built_in, "BJ", &m, &f), 0);
    assert_int_equal(m->count, 1);
    map_free(m);
    m = NULL;
    assert_int_equal(file_write_atomic(path, "{}", 2, 0644, &f), 0);
    assert_int_equal(map_load(path, built_in, "BJ", &m, &f), -EBADMSG); /* and not the pack's in its place */
    assert_null(m);
    assert_non_null(strstr(f.text, path));
    shell("rm -r %s", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pack_has_its_map),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(a_map_too_large_is_refused),
        cmocka_unit_test(parts_and_holes_are_kept),
        cmocka_unit_test(ones_own_map_goes_before_the_packs),
    };
    map_free(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
