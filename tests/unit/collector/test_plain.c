#include "tests/unit/check.h"

#include "collector/format/plain.h"
#include "common/alloc.h"

#define W "\u00A0"

static void text_is_wrapped(void **state)
{
    static const struct {
        const char *markup, *wanted;
    } rows[] = {
        {"", ""},
        {"\n\n\n", ""},
        {"one two three four five six seven", "one two three four\nfive six seven\n"},
        {"- one two three four five", "- one two three four\n  five\n"},
        {"# État\n\n\n## Été\nx", "État\n====\n\nÉté\n---\nx\n"},
        {"# a title longer than a line", "a title longer than\na line\n===================\n"},
        /* Letters are counted, and not their octets. */
        {"éééé éééé éééé éééé é", "éééé éééé éééé éééé\né\n"},
        {"12" W "345" W "678" W "901 234567890", "12" W "345" W "678" W "901\n234567890\n"},
        {"see https://example.org/longer/than/a/line now", "see\nhttps://example.org/longer/than/a/line\nnow\n"},
        {"<data value=\"7.5\" data-line=\"2\">7,5</data>&nbsp;ms, n&lt;5 &amp; more", "7,5" W "ms, n<5 & more\n"},
        {"the 1<sup>er</sup> &c. 2 < 3", "the 1er &c. 2 < 3\n"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf out = {0};
        buf_add_text(&out, "");
        plain_set(rows[r].markup, strlen(rows[r].markup), 20, &out);
        assert_string_equal(out.data, rows[r].wanted);
        buf_free(&out);
    }
}

static void reads_no_further_than_it_is_told(void **state)
{
    static const char markup[] = "one &amp; two";
    _cleanup_(buf_free) struct buf out = {0};
    plain_set(markup, strlen("one &am"), 72, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.data, "one &am\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_no_further_than_it_is_told),
                                       cmocka_unit_test(text_is_wrapped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
