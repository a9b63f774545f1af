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

/* A cell a use, in the order of the texts. */
static void what_failed_is_a_cell(void **state)
{
    static const struct {
        const char *note, *gaming, *backup;
    } rows[] = {
        {"failed: gaming: latency, loss; online backup: upload",
         "<abbr title=\"latence\">L</abbr> <abbr title=\"loss\">loss</abbr>", "<abbr title=\"upload\">upload</abbr>"},
        {"failed: online backup", "met", "failed"},
        {"failed: cloud gaming: latency", "met", "met"},
        {"failed: none", "met", "met"},
    };
    _cleanup_json_ json_t *texts = json_pack("{s:{s:s, s:s}, s:{s:s}, s:{s:s}, s:s, s:s}", "use", "gaming", "jeu",
                                             "online backup", "sauvegarde", "measure", "latency", "latence", "sign",
                                             "latency", "L", "met", "met", "failed", "failed");
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_json_ json_t *cells = shortfall_cells(texts, rows[r].note);
        assert_int_equal(json_array_size(cells), 2);
        assert_string_equal(json_string_value(json_array_get(cells, 0)), rows[r].gaming);
        assert_string_equal(json_string_value(json_array_get(cells, 1)), rows[r].backup);
    }
    assert_null(shortfall_cells(texts, "below the floor"));
    assert_null(shortfall_cells(texts, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_failed_is_told), cmocka_unit_test(what_failed_is_a_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
