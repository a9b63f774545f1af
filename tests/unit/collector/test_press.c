#include "tests/unit/check.h"

#include <ctype.h>

#include "collector/report/built_in.h"
#include "collector/report/document.h"
#include "collector/report/finding.h"
#include "collector/report/gallery.h"
#include "collector/report/radio.h"
#include "common/json.h"

static void words_are_counted_as_they_are_read(void **state)
{
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {{"", 0},
                {" un ", 1},
                {"un deux", 2},
                {"l’Internet au Bénin : quatre-vingt-onze virgule deux", 6},
                {"le mot « environ » à lire ; fin.", 6},
                {"– « » : ; !", 0},
                {"“about” 12", 2}};
    for (size_t r = 0; r < COUNT(rows); r++)
        assert_int_equal(radio_words(rows[r].text), rows[r].count);
}

static void a_row_has_two_cells(void **state)
{
    struct buf out = {0};
    radio_row("Selon A | B", "A | B,\n2024", &out);
    assert_string_equal(out.data, "| Selon A \\| B | A \\| B, 2024 |\n");
    buf_free(&out);
}

static struct report nothing_told(const struct report_order *order)
{
    struct report r = {.order = order, .country = "BJ", .year = "2026", .in = "au Bénin"};
    language_words(order->language, "report", &r.words);
    language_add(order->language, "press", &r.words);
    return r;
}

/* Of what is read aloud, the left column. */
static size_t read_words(const char *script)
{
    size_t count = 0;
    for (const char *row = strstr(script, "|---|---|\n") + 10; *row; row = strchr(row, '\n') + 1) {
        _cleanup_text_ char *left = alloc_text_n(row + 2, (size_t)(strstr(row + 2, " | ") - row - 2));
        count += radio_words(left);
    }
    return count;
}

/* Whatever there is to say, it is said in the time: what fills the script up is never longer than the time's slack, and
 * is enough by itself. */
static void ninety_seconds_are_ninety_seconds(void **state)
{
    static const char *const codes[] = {"fr", "en"}, *const always[] = {"opening", "closing", "more"};
    for (size_t c = 0; c < COUNT(codes); c++) {
        const struct report_order order = {.language = language_find(codes[c]), .document = &document_press};
        struct report r = nothing_told(&order);
        const json_t *t = json_object_get(r.words.texts, "radio"), *sentence;
        size_t n, stock = 0;
        for (size_t a = 0; a < COUNT(always); a++)
            json_array_foreach(json_object_get(t, always[a]), n, sentence)
                stock += radio_words(json_string_value(sentence));
        assert_true(stock >= RADIO_WORDS_MIN);
        json_array_foreach(json_object_get(t, "more"), n, sentence)
            assert_true(radio_words(json_string_value(sentence)) < RADIO_WORDS_MAX - RADIO_WORDS_MIN);
        json_array_foreach(json_object_get(t, "sentences"), n, sentence)
        {
            const struct indicator *i = indicator_find(json_string_value(json_object_get(sentence, "id")));
            assert_non_null(i);
            assert_true(i->unit[LANG_EN][0] == '%' || json_object_get(json_object_get(t, "units"), i->unit[LANG_EN]));
        }
        struct fault f = {0};
        struct buf script = {0}, terms = {0};
        assert_int_equal(radio_write(&r, "At once", &script, &terms, &f), 0);
        assert_non_null(strstr(script.data, "\n\n**At once**\n\n"));
        assert_in_range(read_words(script.data), RADIO_WORDS_MIN, RADIO_WORDS_MAX);
        for (const char *at = strstr(script.data, "|---|"); *at; at++)
            assert_false(isdigit((unsigned char)*at)); /* no number, and none that is not in words */
        assert_non_null(strstr(terms.data, "| Fon | Yoruba | Baatonum | Dendi |"));
        buf_free(&script);
        buf_free(&terms);
        words_free(&r.words);
    }
}

struct kept {
    char *page;
    size_t count;
};

static int keep(void *of, const char *name, const struct buf *bytes, struct fault *f)
{
    struct kept *kept = of;
    kept->count++;
    if (!strcmp(name, "press.html"))
        kept->page = alloc_text(bytes->data);
    return 0;
}

static void a_year_without_a_figure_says_so(void **state)
{
    const struct report_order order = {
        .language = language_find("en"), .document = &document_press, .embargo = "2027-03-01", .contact = "A & B"};
    struct report r = nothing_told(&order);
    struct finding findings[FINDINGS_MAX];
    struct fault f = {0};
    struct kept kept = {0};
    size_t pictures = 1;
    const struct outlet to = {keep, &kept};
    assert_int_equal(finding_choose(&r, findings), 0);
    assert_int_equal(gallery_write(&r, &to, &pictures, &f), 0);
    assert_int_equal(pictures, 0);
    assert_int_equal(document_press.write(&r, &to, &f), 0);
    assert_int_equal(kept.count, 5); /* the page, the script, the terms, the data and its description */
    assert_non_null(strstr(kept.page, "Under embargo until 1 March 2027"));
    assert_non_null(strstr(kept.page, "A &amp; B"));
    assert_non_null(strstr(kept.page, "No figure of the year can be published yet"));
    assert_non_null(strstr(kept.page, "No picture for phones"));
    assert_null(strstr(kept.page, "<data"));
    free(kept.page);
    words_free(&r.words);
}

/* What a document's template names by t.NAME. stands in both languages, and it is asked for by its name. */
static void each_has_its_texts(void **state)
{
    static const struct document *const documents[] = {&document_press, &document_review, &document_activity};
    static const char *const codes[] = {"fr", "en"};
    for (size_t d = 0; d < COUNT(documents); d++) {
        _cleanup_text_ char *path = alloc_format("document/%s.html", documents[d]->name),
                            *prefix = alloc_format("{{t.%s.", documents[d]->name);
        assert_string_equal(documents[d]->option, documents[d]->name);
        for (size_t c = 0; c < COUNT(codes); c++) {
            struct words w = {.texts = json_object()};
            language_add(language_find(codes[c]), documents[d]->name, &w);
            assert_int_equal(w.lacking, 0);
            size_t named = 0;
            for (const char *at = built_in_text(path); (at = strstr(at, prefix)); named++) {
                at += strlen(prefix);
                _cleanup_text_ char *name = alloc_text_n(at, strcspn(at, "}"));
                if (!json_object_get(json_object_get(w.texts, documents[d]->name), name))
                    fail_msg("%s lacks %s of %s", codes[c], name, path);
            }
            assert_true(named > 4);
            words_free(&w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_counted_as_they_are_read),
        cmocka_unit_test(a_row_has_two_cells),
        cmocka_unit_test(ninety_seconds_are_ninety_seconds),
        cmocka_unit_test(a_year_without_a_figure_says_so),
        cmocka_unit_test(each_has_its_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
