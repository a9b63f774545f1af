#include "tests/unit/check.h"

#include "collector/db/schema.h"
#include "collector/format/language.h"
#include "collector/figure/headline.h"
#include "common/alloc.h"
#include "common/json.h"

static void in_a_country(void **state)
{
    _cleanup_json_ json_t *pack = json_pack("{s:s, s:s}", "in_fr", "au Bénin", "in_en", "in Benin");
    _cleanup_text_ char *fr = headline_in(pack, "BJ", LANG_FR), *en = headline_in(pack, "BJ", LANG_EN),
                        *unknown = headline_in(NULL, "ZZ", LANG_EN);
    assert_string_equal(fr, "au Bénin");
    assert_string_equal(en, "in Benin");
    assert_string_equal(unknown, "(ZZ)");
}

static void every_pack_says_it(void **state)
{
    const struct embedded *file = schema_file("countries/countries.json");
    _cleanup_json_ json_t *packs = json_loadb(file->text, file->len, 0, NULL);
    const char *iso;
    json_t *pack;
    json_object_foreach(packs, iso, pack)
    {
        _cleanup_text_ char *fr = headline_in(pack, iso, LANG_FR), *en = headline_in(pack, iso, LANG_EN);
        if (json_is_object(pack) && (fr[0] == '(' || en[0] == '('))
            fail_msg("%s has no in_fr or no in_en", iso);
    }
}

static void sentences_speak_of_lines(void **state)
{
    static const struct {
        const char *lang, *in;
        bool country;
        int64_t lines;
        const char *text;
    } rows[] = {
        {"fr", "au Bénin", false, 10, "sur 10–19 lignes mesurées au Bénin"},
        {"fr", "au Bénin", false, 1, "sur 1 ligne mesurée au Bénin"},
        {"fr", "au Bénin", true, 200, "au Bénin"},
        {"en", "in Benin", false, 5, "on 5–9 measured lines in Benin"},
        {"en", "in Benin", false, 1, "on 1 measured line in Benin"},
        {"en", "in Benin", true, 5, "in Benin"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct words w;
        language_words(language_find(rows[r].lang), "common", &w);
        _cleanup_text_ char *text = headline_where(&w, rows[r].in, rows[r].country, rows[r].lines);
        assert_string_equal(text, rows[r].text);
        words_free(&w);
    }
}

static bool number(const void *of, const char *statistic, struct buf *out)
{
    if (strcmp(statistic, "p50") != 0)
        return false;
    buf_add_text(out, of);
    return true;
}

static void sentences_name_their_source(void **state)
{
    struct indicator i = {.headline = {"{p50} % {where} & {p95} : {item}.", "Internet users are {p50}% {where}."}};
    static const struct {
        const char *lang, *source, *text;
    } rows[] = {
        {"fr", NULL, "<b>7,5</b>&nbsp;% au Bénin &amp; <b>–</b>&nbsp;: le prix."},
        {"fr", "ITU", "Selon l’UIT, <b>7,5</b>&nbsp;% au Bénin &amp; <b>–</b>&nbsp;: le prix."},
        {"en", NULL, "Internet users are <b>7,5</b>% au Bénin."},
        {"en", "ITU", "According to the ITU, Internet users are <b>7,5</b>% au Bénin."},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct words w;
        _cleanup_(buf_free) struct buf out = {0};
        language_words(language_find(rows[r].lang), "common", &w);
        headline_write(&(struct headline){.indicator = &i,
                                          .words = &w,
                                          .in = "au Bénin",
                                          .item = "le prix",
                                          .source = rows[r].source,
                                          .of_country = true,
                                          .number = number,
                                          .of = "7,5"},
                       &out);
        assert_string_equal(out.data, rows[r].text);
        words_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_country),
        cmocka_unit_test(every_pack_says_it),
        cmocka_unit_test(sentences_speak_of_lines),
        cmocka_unit_test(sentences_name_their_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
