#include "tests/unit/check.h"

#include "collector/format/template.h"
#include "collector/web/page.h"
#include "collector/web/web.h"
#include "common/json.h"

/* A page of one line in the frame, in this language. */
static struct buf framed(const struct language *l)
{
    static const struct template_part parts[] = {{"page", "<h1>{{t.title}}</h1>"}, {NULL, NULL}};
    struct words words;
    struct buf out = {0};
    struct fault f = {0};
    language_words(l, "overview", &words);
    _cleanup_json_ json_t *values = web_values(l, &words);
    assert_int_equal(template_render(web_frame(), parts, values, &out, &f), 0);
    words_free(&words);
    return out;
}

static void a_partial_language_says_so(void **state)
{
    static const char notice[] = "ce qui manque est en français";
    const struct language begun = {
        "fon", json_pack("{s:{s:s}, s:{s:s}}", "common", "name", "Fɔngbè", "overview", "title", "Ɛntɛnɛti")};
    struct buf fon = framed(&begun), fr = framed(language_find("fr")), en = framed(language_find("en"));
    assert_non_null(strstr(fon.data, "<html lang=\"fon\">"));
    assert_non_null(strstr(fon.data, "<h1>Ɛntɛnɛti</h1>"));
    assert_non_null(strstr(fon.data, "Mesuré par des volontaires"));
    assert_non_null(strstr(fon.data, notice));
    assert_null(strstr(fr.data, notice));
    assert_null(strstr(en.data, "class=\"notice\""));
    assert_non_null(strstr(en.data, "Measured by volunteers"));
    buf_free(&fon);
    buf_free(&fr);
    buf_free(&en);
    json_decref(begun.texts);
}

/* Each page of the table is whole: its template is well-formed, its texts are there,
 * and one is the front page of each language. */
static void pages_are_whole(void **state)
{
    size_t count, front = 0;
    const struct language *languages = language_all(&count);
    for (size_t l = 0; l < count; l++)
        for (const struct page *const *page = page_all; *page; page++) {
            const struct template_part parts[] = {{"page", web_template((*page)->name)}, {NULL, NULL}};
            struct words words;
            struct buf out = {0};
            struct fault f = {0};
            language_words(&languages[l], (*page)->name, &words);
            _cleanup_json_ json_t *values = web_values(&languages[l], &words);
            if (template_render(web_frame(), parts, values, &out, &f) < 0)
                fail_msg("page/%s.html: %s", (*page)->name, f.text);
            assert_true(json_is_string(json_object_get(words.texts, "path")));
            front += !*phrase(&words, "path");
            words_free(&words);
            buf_free(&out);
        }
    assert_int_equal(front, count);
}

static void nothing_comes_from_outside(void **state)
{
    assert_non_null(strstr(web_policy(), "default-src 'none'; style-src 'sha256-"));
    assert_null(strstr(web_policy(), "unsafe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partial_language_says_so),
        cmocka_unit_test(pages_are_whole),
        cmocka_unit_test(nothing_comes_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
