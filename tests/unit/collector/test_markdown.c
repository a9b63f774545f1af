#include "tests/unit/check.h"

#include <errno.h>

#include "collector/report/markdown.h"
#include "common/json.h"

static bool refer(void *of, const char *reference, int line, bool alone, struct buf *out)
{
    const bool block = alone && reference && !strncmp(reference, "picture ", 8);
    buf_addf(out, "<b>%s@%d%s</b>", reference ? reference : "open", line, block ? "!" : "");
    return block;
}

static int embed(void *of, const char *name, struct buf *out, struct fault *f)
{
    if (!strcmp(name, "none.png"))
        return fault_set(f, -ENOENT, "%s is not there", name);
    buf_addf(out, "data:%s", name);
    return 0;
}

static const struct markdown_ways ways = {refer, embed, NULL, "Picture"};

static int read_text(const char *text, struct markdown *ret, struct fault *f)
{
    return markdown_read(text, strlen(text), "c1", &ways, ret, f);
}

static void a_chapter_is_read(void **state)
{
    struct markdown m = {0};
    struct fault f = {0};
    static const char text[] =
        "\uFEFF# Our *preface*\r\n\r\nOne & <https://x.org>, `{{code}}`.\r\n\r\n##### Deep\r\n\r\n"
        "- a\r\n- [b](#PER1)\r\n\r\n## Again\r\n\r\n### More\r\n";
    if (read_text(text, &m, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(m.title, "Our preface");
    assert_string_equal(m.html.data,
                        "<p>One &amp; <a href=\"https://x.org\">https://x.org</a>, <code>{{code}}</code>.</p>\n"
                        "<h3 id=\"c1-1\">\nDeep\n</h3>\n<ul>\n<li>a</li>\n<li><a href=\"#PER1\">b</a></li>\n</ul>\n"
                        "<h3 id=\"c1-2\">\nAgain\n</h3>\n<h4 id=\"c1-3\">\nMore\n</h4>\n");
    assert_int_equal(json_array_size(m.parts), 3);
    const json_t *part = json_array_get(m.parts, 2);
    assert_string_equal(json_string_value(json_object_get(part, "id")), "c1-3");
    assert_string_equal(json_string_value(json_object_get(part, "name")), "More");
    markdown_free(&m);
}

/* What stands within a part of another has its title and its headings below that part's. */
static void headings_stand_below_the_title(void **state)
{
    static const struct markdown_ways below = {refer, embed, NULL, "Picture", 4};
    static const char text[] = "# T\n\n## A\n\n### B\n\n#### C";
    struct markdown m = {0};
    struct fault f = {0};
    assert_int_equal(markdown_read(text, strlen(text), "c1", &below, &m, &f), 0);
    assert_string_equal(m.html.data,
                        "<h5 id=\"c1-1\">\nA\n</h5>\n<h6 id=\"c1-2\">\nB\n</h6>\n<h6 id=\"c1-3\">\nC\n</h6>\n");
    markdown_free(&m);
}

static void others_are_asked(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"# T\n\nA {{PER3_OWN.p50}} _b_ {{PER4_OWN}}\n{{X}}: <3",
         "<p>A <b>PER3_OWN.p50@3</b> <em>b</em> <b>PER4_OWN@3</b>\n"
         "<b>X@4</b>: &lt;3</p>\n"},
        {"# T\n\n{{PER1", "<p><b>open@3</b></p>\n"},
        {"# T\n\n{{picture PER1 days}}\n\nx {{picture PER1 days}}",
         "<b>picture PER1 days@3!</b>\n<p>x <b>picture PER1 days@5</b></p>\n"},
        {"# T\n\n> - {{picture PER1 days}}\n",
         "<blockquote>\n<ul>\n<li>\n<b>picture PER1 days@3!</b>\n</li>\n</ul>\n</blockquote>\n"},
        {"# T\n\n![A \"map\"](m.png)\n\n![A map](m.svg \"Where <we> are\")\n\nSee ![it](i.jpg) here",
         "<figure><img alt=\"A &quot;map&quot;\" src=\"data:m.png\"></figure>\n"
         "<figure><img alt=\"A map\" src=\"data:m.svg\"><figcaption data-word=\"Picture\">Where &lt;we&gt; "
         "are</figcaption></figure>\n"
         "<p>See <img alt=\"it\" src=\"data:i.jpg\"> here</p>\n"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct markdown m = {0};
        struct fault f = {0};
        if (read_text(rows[r].text, &m, &f) < 0)
            fail_msg("%zu: %s", r, f.text);
        assert_string_equal(m.html.data, rows[r].wanted);
        markdown_free(&m);
    }
}

static void what_is_not_taken_has_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "line 1: a chapter begins with its title"},
        {"\n\n  \n", "line 1: a chapter begins with its title"},
        {"\n\nText first\n\n# Title", "line 3: a chapter begins with its title"},
        {"## Part", "line 1: a chapter begins with its title"},
        {"#\n\nText", "line 1: a chapter begins with its title"},
        {"# T\n\n# U", "line 3: a chapter has one title"},
        {"# T\n\na <b>b</b>", "line 3: HTML is not taken: <b>;"},
        {"# T\n\n<script>\nalert(1)\n</script>", "line 3: HTML is not taken: <script>;"},
        {"# T\n\n<!-- note -->", "line 3: HTML is not taken: <!-- note -->;"},
        {"# T\n\n[x](javascript:alert(1))", "line 3: a link to \"javascript:alert(1)\" is not taken"},
        {"# T\n\n[x](&#106;ava&#9;script:alert)", "is not taken"},
        {"# T\n\n[x][1]\n\n[1]: data:text/html,x", "a link to \"data:text/html,x\" is not taken"},
        {"# T\n\n[x](//x.org) [y](file:///etc/passwd)", "a link to \"//x.org\" is not taken"},
        {"# T\n\n[x]()", "a link to \"\" is not taken"},
        {"# T\n\n<vbscript:x>", "a link to \"vbscript:x\" is not taken"},
        {"# T\n\n![x](https://x.org/a.png)", "line 3: the image \"https://x.org/a.png\" is elsewhere"},
        {"# T\n\n![x](../a.png)", "line 3: the image \"../a.png\" is elsewhere"},
        {"# T\n\n![x](data:image/png;base64,AAAA)", "is elsewhere"},
        {"# T\n\n![x](.a.png)", "is elsewhere"},
        {"# T\n\n![](a.png)", "line 3: say for who does not see it what the image shows"},
        {"# T\n\n\n![x](none.png)", "line 4: none.png is not there"},
        {"# ![x](a.png)\n\ny", "line 1: a heading takes no image"},
        {"# {{PER1}}\n", "line 1: neither a heading"},
        {"# T\n\n![{{PER1}}](a.png)\n", "line 3: neither a heading"},
        {"# T\n\n\xE9t\xE9", "line 3: not UTF-8; save the file as UTF-8"},
        {"\xFF\xFE#", "line 1: not UTF-8"},
        {"# T\r\rx\r\n\x1B[2J", "line 4: a control character"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct markdown m = {0};
        struct fault f = {0};
        assert_int_equal(read_text(rows[r].text, &m, &f) < 0, true);
        if (!strstr(f.text, rows[r].says))
            fail_msg("\"%s\" is not in: %s", rows[r].says, f.text);
        assert_null(m.title);
    }
    struct markdown m = {0};
    struct fault f = {0};
    assert_int_equal(markdown_read("# T\n\na\0b", 8, "c1", &ways, &m, &f), -EBADMSG);
    assert_string_equal(f.text, "line 3: a control character; take it out, or save the file as text");
}

/* What nests without end is refused, and what repeats without end takes no time to speak of. */
static void what_is_made_to_tire_it_does_not(void **state)
{
    static const struct {
        const char *piece, *close;
        bool taken;
    } rows[] = {{">", "", false},        {"1. ", "", false},       {"*a **a ", "a** a*", false},
                {"![a", "](u)", false},  {"*a **b ", "", true},    {"[", "", true},
                {"![", "", true},        {"a<!--", "", true},      {"{{", "", true},
                {"{{PER1}} ", "", true}, {"`x ", "", true},        {"# a\n", "", false},
                {"<", "", true},         {"[a](", "", true},       {"&#0;", "", true},
                {"](", "", true},        {"\n## a\n\n", "", true}, {"[a", "]", true},
                {"_a*", "", true},       {"a<?", "", true}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf text = {0};
        struct markdown m = {0};
        struct fault f = {0};
        buf_add_text(&text, "# T\n\n");
        for (size_t i = 0; i < 20000; i++)
            buf_add_text(&text, rows[r].piece);
        for (size_t i = 0; i < 20000; i++)
            buf_add_text(&text, rows[r].close);
        int rc = read_text(text.data, &m, &f);
        if ((rc == 0) != rows[r].taken)
            fail_msg("%s: %s", rows[r].piece, rc < 0 ? f.text : "is taken");
        markdown_free(&m);
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chapter_is_read),
        cmocka_unit_test(headings_stand_below_the_title),
        cmocka_unit_test(others_are_asked),
        cmocka_unit_test(what_is_not_taken_has_its_line),
        cmocka_unit_test(what_is_made_to_tire_it_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
