#include "tests/unit/check.h"

#include "collector/format/phrase.h"
#include "common/json.h"

static json_t *texts;

static int setup(void **state)
{
    texts = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "hello", "Bonjour {name}", "day", "{n} jour", "days",
                      "{n} jours", "statistic", "p50", "médiane", "percentile", "{n}e centile");
    return 0;
}

static int teardown(void **state)
{
    json_decref(texts);
    return 0;
}

static void fills(void **state)
{
    static const struct {
        const char *pattern, *filled;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"{name}", "<Ayi>"},
        {"a {name}, b {name}.", "a <Ayi>, b <Ayi>."},
        {"{number}", "{number}"}, /* no text */
        {"{other} {name}", "{other} <Ayi>"},
        {"{name", "<Ayi>"},
        {"{", "{"},
        {"{}", "{}"},
        {"}{name}{", "}<Ayi>{"},
        {"{na{name}", "{na{name}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_text_ char *text = phrase_fill(rows[i].pattern, json_pack("{s:s}", "name", "<Ayi>"));
        assert_string_equal(text, rows[i].filled);
    }
}

static void finds(void **state)
{
    const struct words w = {LANG_FR, texts, 0};
    assert_string_equal(phrase(&w, "hello"), "Bonjour {name}");
    assert_string_equal(phrase(&w, "nothing"), "");
    assert_string_equal(phrase(&w, "statistic"), ""); /* no text */
    _cleanup_json_ json_t *out = json_object();
    phrase_set(out, "said", phrase(&w, "hello"), json_pack("{s:s}", "name", "Ayi"));
    phrase_number(&w, out, "number", 1.25, 1);
    assert_string_equal(json_string_value(json_object_get(out, "said")), "Bonjour Ayi");
    assert_string_equal(json_string_value(json_object_get(out, "number")), "1,2");
}

static void tells_steps(void **state)
{
    static const struct {
        enum lang lang;
        int64_t low;
        const char *text;
    } rows[] = {{LANG_FR, 1, "1"},
                {LANG_FR, 2, "2–4"},
                {LANG_EN, 5, "5–9"},
                {LANG_EN, 10, "10–19"},
                {LANG_EN, 20, "20–49"},
                {LANG_FR, 50, "50–99"},
                {LANG_EN, 2000, "2,000–4,999"},
                {LANG_FR, 20000, "20\u202f000–49\u202f999"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_text_ char *text = phrase_step(rows[i].lang, rows[i].low);
        assert_string_equal(text, rows[i].text);
    }
}

static void names_statistics(void **state)
{
    const struct words w = {LANG_FR, texts, 0};
    _cleanup_text_ char *median = phrase_statistic(&w, "p50"), *other = phrase_statistic(&w, "p95");
    assert_string_equal(median, "médiane");
    assert_string_equal(other, "95e centile");
}

static void counts(void **state)
{
    static const struct {
        enum lang lang;
        int64_t n;
        const char *text;
    } rows[] = {
        {LANG_FR, 0, "0 jour"},  {LANG_FR, 1, "1 jour"}, {LANG_FR, 2, "2 jours"},
        {LANG_EN, 0, "0 jours"}, {LANG_EN, 1, "1 jour"}, {LANG_EN, 1200, "1,200 jours"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct words w = {rows[i].lang, texts, 0};
        _cleanup_text_ char *text = phrase_count(&w, rows[i].n, "day", "days");
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills),       cmocka_unit_test(finds),
        cmocka_unit_test(tells_steps), cmocka_unit_test(names_statistics),
        cmocka_unit_test(counts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
