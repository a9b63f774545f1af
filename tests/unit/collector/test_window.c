#include "tests/unit/check.h"

#include "collector/report/window.h"
#include "common/json.h"
#include "tests/unit/collector/told.h"

/* The day of what is computed is the day of computing, and dates nothing. */
static void the_youngest_of_others_dates_what_is_not_measured(void **state)
{
    static const struct told figures[] = {
        {"ACC1", "2023", "ITU", "BJ", "value", "40", .retrieved = "2026-03-01"},
        {"ACC1", "2023", "ITU", "TG", "value", "41", .retrieved = "2026-05-01"},
        {"ACC1", "2024", "ITU", "BJ", "value", NULL, .retrieved = "2027-01-01"},
        {"PER1", "2025", "measured", "BJ", "p50", "20", .retrieved = "2027-02-02"},
    };
    struct report r = told_report(figures, COUNT(figures), "fr");
    _cleanup_json_ json_t *out = json_object();
    struct fault f;
    assert_int_equal(window_set(&r, out, &f), 0);
    assert_string_equal(json_string_value(json_object_get(out, "measured")),
                        "Aucun chiffre mesuré n’est publié pour 2026.");
    assert_string_equal(json_string_value(json_object_get(out, "dated")), "Données arrêtées au 1er mai 2026.");
    told_free(&r);
}

static void nothing_has_no_date(void **state)
{
    struct report r = told_report(NULL, 0, "en");
    _cleanup_json_ json_t *out = json_object();
    struct fault f;
    assert_int_equal(window_set(&r, out, &f), 0);
    assert_null(json_object_get(out, "dated"));
    told_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_youngest_of_others_dates_what_is_not_measured),
        cmocka_unit_test(nothing_has_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
