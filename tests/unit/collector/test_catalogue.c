#include "tests/unit/check.h"

#include "collector/command/catalogue.h"
#include "collector/db/table.h"

static void says_why_there_is_none(void **state)
{
    static const struct {
        const char *id, *fr, *en;
    } rows[] = {
        {"PER1", "Rien n’a été mesuré", "Nothing was measured"},
        {"OPN3", "Le débit depuis des services", "The boxes do not measure throughput"},
        {"REL3", "Les coupures de chaque ligne sont reconnues", "Cuts of each line are told"},
        {"ACC1", "Aucun chiffre n’a encore été importé", "No figure was imported yet"},
        {"QAL2", "Pas encore noté", "Not marked yet"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        const struct indicator *i = indicator_find(rows[r].id);
        const char *en = catalogue_why(i, LANG_EN), *fr = catalogue_why(i, LANG_FR);
        if (strncmp(en, rows[r].en, strlen(rows[r].en)) != 0)
            fail_msg("%s: %s", rows[r].id, en);
        if (i->waits[LANG_FR] && strncmp(fr, rows[r].fr, strlen(rows[r].fr)) != 0)
            fail_msg("%s: %s", rows[r].id, fr); /* others come from the translations, which a unit test has not */
    }
    struct indicator gone = *indicator_find("PER1");
    gone.status = (char[]){"retired"};
    assert_string_equal(catalogue_why(&gone, LANG_EN), "Retired: no new figure is made.");
    assert_string_equal(catalogue_status(&gone), "retired");
}

static void every_one_has_a_reason_and_kinds(void **state)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        _cleanup_text_ char *kinds = catalogue_kinds(&all[i]);
        assert_true(*kinds && *catalogue_status(&all[i]));
        for (int l = 0; l < 2; l++) {
            const char *why = catalogue_why(&all[i], (enum lang)l);
            assert_true(why[strlen(why) - 1] == '.');
        }
    }
}

static void countries_have_domains(void **state)
{
    _cleanup_text_ char *benin = catalogue_cctld("BJ"), *senegal = catalogue_cctld("SN"),
                        *nowhere = catalogue_cctld("XX");
    assert_string_equal(benin, "bj");
    assert_string_equal(senegal, "sn");
    assert_null(nowhere);
}

static void a_table_is_as_wide_as_its_words(void **state)
{
    static const char *const cells[] = {"a", "name", "x", "É", NULL, "1", "long", "n", ""};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    table_write(cells, 3, 3, out);
    fclose(out);
    assert_string_equal(text, "a     name  x\nÉ     -     1\nlong  n     -\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_why_there_is_none),
        cmocka_unit_test(every_one_has_a_reason_and_kinds),
        cmocka_unit_test(countries_have_domains),
        cmocka_unit_test(a_table_is_as_wide_as_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
