#include "tests/unit/check.h"

#include "collector/report/revision.h"
#include "common/json.h"
#include "tests/unit/collector/told.h"

static void what_is_made_otherwise_is_named(void **state)
{
    static const struct told figures[] = {
        {"ACC1", "2025", "ITU", "BJ", "value", "40", .method = "1"},
        {"ACC1", "2026", "ITU", "BJ", "value", "41", .method = "2"}, /* others' own affair */
        {"PER1", "2024", "measured", "BJ", "p50", "20", .method = "2"},
        {"PER1", "2025", "measured", "BJ", "p50", "20", .method = "3"},
        {"PER1", "2026", "measured", "BJ", "p50", "20", .method = "4"},
        {"PER2", "2025", "measured", "BJ", "mean", "2", .method = "3"},
        {"PER2", "2026", "measured", "BJ", "mean", "2", .method = "3"},
        {"PER3", "2025", "measured", "BJ", "p50", "2", .method = "3", .targets = "1"},
        {"PER3", "2026", "measured", "BJ", "p50", "2", .method = "3", .targets = "2"},
        {"PER4", "2026", "measured", "BJ", "p50", "2", .method = "3"},
    };
    struct report r = told_report(figures, COUNT(figures), "fr");
    bool any = false;
    _cleanup_json_ json_t *rows = revision_rows(&r, &any);
    assert_true(any);
    _cleanup_text_ char *text = json_dumps(rows, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "[{\"before\":\"3\",\"from\":\"2025\",\"id\":\"PER1\",\"name\":\"Temps de résolution de "
                              "noms\",\"now\":\"4\",\"targets\":false},{\"before\":\"3\",\"from\":\"2025\",\"id\":"
                              "\"PER3\",\"name\":\"Latence nationale\",\"now\":\"3\",\"targets\":true}]");
    told_free(&r);
}

static void a_first_year_has_nothing_before(void **state)
{
    static const struct told figures[] = {{"PER1", "2026", "measured", "BJ", "p50", "20", .method = "4"}};
    struct report r = told_report(figures, COUNT(figures), "fr");
    bool any = true;
    _cleanup_json_ json_t *rows = revision_rows(&r, &any);
    assert_true(!any && !json_array_size(rows));
    told_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_otherwise_is_named),
        cmocka_unit_test(a_first_year_has_nothing_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
