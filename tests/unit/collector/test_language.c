#include "tests/unit/check.h"

#include "collector/format/language.h"
#include "common/json.h"

/* A third language of which somebody has begun the texts. */
static const char begun[] =
    "{\"name\": \"Fɔngbè\", \"days\": [\"a\", \"b\"], \"status\": {\"adopted\": \"ɖ\"}, \"foot\": 7, "
    "\"unknown\": \"?\"}";
static const char whole[] = "{\"name\": \"Français\", \"days\": [\"lundi\", \"mardi\"], \"months\": [\"janvier\"], "
                            "\"status\": {\"adopted\": \"adopté\", \"retired\": \"retiré\"}, \"foot\": \"libre\"}";
static const char joined[] = "{\"name\": \"Fɔngbè\", \"days\": [\"a\", \"b\"], \"months\": [\"janvier\"], \"status\": "
                             "{\"adopted\": \"ɖ\", \"retired\": \"retiré\"}, \"foot\": \"libre\"}";

static json_t *parsed(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static void check_join(const char *own, const char *all, const char *result, size_t lacking)
{
    size_t count = 0;
    _cleanup_json_ json_t *a = own ? parsed(own) : NULL, *b = parsed(all), *wanted = parsed(result);
    _cleanup_json_ json_t *got = language_join(a, b, &count);
    if (!json_equal(got, wanted) || count != lacking) {
        _cleanup_text_ char *text = json_text(got);
        fail_msg("%s: %zu lacking, %s", own, count, text);
    }
}

static void what_lacks_is_french(void **state)
{
    check_join(begun, whole, joined, 3);
    check_join(whole, whole, whole, 0);
    check_join("{}", whole, whole, 6);
    check_join(NULL, whole, whole, 6); /* a file that the language has not */
    check_join("{\"days\": [\"a\"]}", "{\"days\": [\"lundi\", \"mardi\"]}", "{\"days\": [\"lundi\", \"mardi\"]}", 1);
    check_join("{\"status\": \"x\"}", "{\"status\": {\"adopted\": \"adopté\"}}",
               "{\"status\": {\"adopted\": \"adopté\"}}", 1);
}

static void words_of_a_partial_language(void **state)
{
    const struct language partial = {"fon", json_pack("{s:{s:s}}", "common", "name", "Fɔngbè")};
    struct words words, french;
    language_words(&partial, "overview", &words);
    language_words(language_find("fr"), "overview", &french);
    assert_true(words.lacking > 50);
    assert_int_equal(words.lang, LANG_FR);
    assert_string_equal(phrase(&words, "name"), "Fɔngbè");
    assert_string_equal(phrase(&words, "lede"), phrase(&french, "lede"));
    assert_string_equal(language_name(&partial), "Fɔngbè");
    words_free(&words);
    words_free(&french);
    json_decref(partial.texts);
}

/* Its own word stands before the shared one; a file that nobody has changes nothing. */
static void words_of_one_more_file(void **state)
{
    struct words words;
    language_words(language_find("fr"), "overview", &words);
    const size_t before = json_object_size(words.texts);
    language_add(language_find("fr"), "no such file", &words);
    assert_int_equal(json_object_size(words.texts), before);
    language_add(language_find("fr"), "report", &words);
    assert_int_equal(words.lacking, 0);
    assert_string_equal(phrase(&words, "title"), "L’état de l’Internet {in}");
    assert_string_equal(phrase(&words, "name"), "Français");
    words_free(&words);
}

/* The languages that are there: French first, each readable, none with a text that
 * French does not know (a name that was typed wrong). */
static void languages_are_found(void **state)
{
    size_t count;
    const struct language *all = language_all(&count), *french = &all[0];
    assert_true(count >= 2);
    assert_string_equal(french->code, "fr");
    assert_ptr_equal(language_find("en"), &all[1]);
    assert_null(language_find("de"));
    assert_null(language_find(""));
    for (size_t l = 0; l < count; l++) {
        const char *file;
        json_t *texts;
        assert_string_not_equal(language_name(&all[l]), "");
        json_object_foreach(all[l].texts, file, texts)
        {
            size_t lacking = 0;
            json_decref(language_join(json_object_get(french->texts, file), texts, &lacking));
            if (lacking > 0)
                fail_msg("collector/texts/%s/%s.json has %zu texts that the French has not", all[l].code, file,
                         lacking);
        }
    }
}

static void english_is_whole(void **state)
{
    const char *file;
    json_t *texts;
    json_object_foreach(language_find("fr")->texts, file, texts)
    {
        struct words words;
        language_words(language_find("en"), file, &words);
        if (words.lacking > 0)
            fail_msg("collector/texts/en/%s.json: %zu texts are missing", file, words.lacking);
        assert_int_equal(words.lang, LANG_EN);
        words_free(&words);
    }
}

static void a_reader_s_language(void **state)
{
    static const struct {
        const char *header, *code;
    } rows[] = {
        {NULL, "fr"},
        {"", "fr"},
        {"en", "en"},
        {"de", "fr"}, /* unknown */
        {"de-AT, it;q=0.9", "fr"},
        {"de, en;q=0.1", "en"},
        {"en;q=0.5, fr;q=0.7", "fr"},
        {"en-GB, fr;q=0.9", "en"},
        {"fr;q=0", "en"},
        {"fr;q=0, *", "en"},
        {"*", "fr"},
        {"en;q=nonsense", "fr"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(language_accepted(rows[i].header)->code, rows[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lacks_is_french),   cmocka_unit_test(words_of_a_partial_language),
        cmocka_unit_test(words_of_one_more_file), cmocka_unit_test(languages_are_found),
        cmocka_unit_test(english_is_whole),       cmocka_unit_test(a_reader_s_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
