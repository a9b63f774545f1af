#include "tests/unit/check.h"

#include "collector/figure/source.h"
#include "collector/import/worldbank.h"

static void names_are_natural(void **state)
{
    static const struct {
        const char *source;
        enum lang lang;
        const char *name, *after;
    } rows[] = {
        {WORLDBANK_SOURCE, LANG_FR, "Banque mondiale", "la Banque mondiale"},
        {WORLDBANK_SOURCE, LANG_EN, "World Bank", "the World Bank"},
        {"INStaD", LANG_FR, "INStaD", "l’INStaD"},
        {"INStaD", LANG_EN, "INStaD", "INStaD"},
        {"UIT", LANG_FR, "UIT", "l’UIT"},
        {"UIT", LANG_EN, "ITU", "the ITU"},
        {"ITU", LANG_FR, "UIT", "l’UIT"},
        {"ITU", LANG_EN, "ITU", "the ITU"},
        {"Afrobaromètre", LANG_FR, "Afrobaromètre", "Afrobaromètre"},
        {"Afrobarometer", LANG_EN, "Afrobarometer", "Afrobarometer"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        assert_string_equal(source_name(rows[r].source, rows[r].lang), rows[r].name);
        assert_string_equal(source_after(rows[r].source, rows[r].lang), rows[r].after);
    }
}

static void who_is_known_says_how(void **state)
{
    for (int lang = 0; lang < 2; lang++) {
        assert_non_null(strstr(source_how(WORLDBANK_SOURCE, (enum lang)lang), lang == LANG_FR ? "l’UIT" : "the ITU"));
        assert_string_equal(source_how("ITU", (enum lang)lang), source_how("UIT", (enum lang)lang));
        assert_null(source_how("INStaD", (enum lang)lang));
        assert_null(source_how("Afrobarometer", (enum lang)lang));
    }
}

static void a_sentence_goes_on(void **state)
{
    assert_int_equal(source_first("Les tarifs ont varié"), 'l');
    assert_int_equal(source_first("A mobile line"), 'a');
    assert_int_equal(source_first("Internet a été coupé"), 'I');
    assert_int_equal(source_first("IPv6 fonctionne"), 'I');
    assert_int_equal(source_first("47,5 %"), '4');
    assert_int_equal(source_first(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_natural), cmocka_unit_test(who_is_known_says_how),
                                       cmocka_unit_test(a_sentence_goes_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
