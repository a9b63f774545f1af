#include "tests/unit/check.h"

#include "collector/report/portrait.h"
#include "common/json.h"

static struct report nothing_told(void)
{
    struct report r = {.country = "BJ", .year = "2026", .in = "au Bénin"};
    language_words(language_find("fr"), "report", &r.words);
    return r;
}

/* Without a figure there is no row, and each indicator that should tell of the part is named. */
static void says_what_is_not_known(void **state)
{
    struct report r = nothing_told();
    static const struct portrait women = {DIM_SEX, FIGURE_SEX, "female", "male"};
    _cleanup_json_ json_t *out = json_object(), *rows = portrait_rows(&r, &women);
    assert_int_equal(json_array_size(rows), 0);
    portrait_tell(&r, &women, out);
    assert_true(json_is_false(json_object_get(out, "any")));
    assert_true(json_is_true(json_object_get(out, "some")));
    size_t n, count, wanted = 0;
    const json_t *unknown;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        wanted += (all[i].dimensions & DIM_SEX) != 0 && !indicator_retired(&all[i]);
    assert_int_equal(json_array_size(json_object_get(out, "unknown")), wanted);
    json_array_foreach(json_object_get(out, "unknown"), n, unknown)
    {
        const struct indicator *i = indicator_find(json_string_value(json_object_get(unknown, "id")));
        assert_true(i->dimensions & DIM_SEX);
    }
    words_free(&r.words);
}

static void one_of_many_is_named_where_it_has_no_row(void **state)
{
    struct report r = nothing_told();
    _cleanup_json_ json_t *out = json_object();
    portrait_add(&r, &(struct portrait){DIM_DEPARTMENT, FIGURE_GEO, "BJ-AL", NULL}, "BJ-AL", "Alibori", out);
    portrait_add(&r, &(struct portrait){DIM_DEPARTMENT, FIGURE_GEO, "BJ-AK", NULL}, "BJ-AK", "Atacora", out);
    assert_null(json_object_get(out, "sheets"));
    assert_null(json_object_get(out, "parts"));
    assert_string_equal(json_string_value(json_array_get(json_object_get(out, "untold"), 1)), "Atacora");
    assert_true(json_is_true(json_object_get(out, "some")));
    words_free(&r.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_not_known),
        cmocka_unit_test(one_of_many_is_named_where_it_has_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
