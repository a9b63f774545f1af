#include "tests/unit/check.h"

#include "collector/report/shortfall.h"
#include "common/json.h"

static void what_failed_is_told(void **state)
{
    static const struct {
        const char *note, *wanted;
    } rows[] = {
        {"failed: gaming: latency, loss; online backup: upload", "Lacks: jeu (latence, loss) ; online backup (upload)"},
        {"failed: gaming: latency", "Lacks: jeu (latence)"},
        {"failed: school", "Lacks: school"},
        {"failed: none", "All well."},
        {"below the floor", NULL},
        {NULL, NULL},
    };
    _cleanup_json_ json_t *texts = json_pack("{s:s, s:s, s:s, s:{s:s}, s:{s:s}}", "some", "Lacks:", "none", "All well.",
                                             "between", " ; ", "use", "gaming", "jeu", "measure", "latency", "latence");
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_text_ char *says = shortfall_say(texts, rows[r].note);
        if (!rows[r].wanted)
            assert_null(says);
        else
            assert_string_equal(says, rows[r].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_failed_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
