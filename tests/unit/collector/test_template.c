#include "tests/unit/check.h"

#include <errno.h>

#include "collector/format/template.h"

static const struct template_part parts[] = {
    {"name", "<b>{{n}}</b>"},
    {"twice", "{{>name}}{{>name}}"},
    {"itself", "{{>itself}}"},
    {"open", "{{#a}}"},
    {"close", "{{/a}}"},
    {"broken", "{{"},
    {"names", "{{#l}}{{>name}}{{/l}}"},
    {NULL, NULL},
};

static char *render(const char *text, const char *json, int *ret_rc)
{
    json_t *values = json_loads(json, JSON_DECODE_ANY, NULL);
    struct buf out = {0};
    struct fault f = {0};
    assert_non_null(values);
    *ret_rc = template_render(text, parts, values, &out, &f);
    if (*ret_rc < 0)
        assert_string_not_equal(f.text, "");
    json_decref(values);
    return out.data ? buf_take(&out) : strdup("");
}

static void renders(void **state)
{
    static const struct {
        const char *text, *json, *out;
    } rows[] = {
        {"", "{}", ""},
        {"plain } { text", "{}", "plain } { text"},
        {"{{a}}", "{\"a\":\"<b> & 'c' \\\"d\\\"\"}", "&lt;b&gt; &amp; &#39;c&#39; &quot;d&quot;"},
        {"{{{a}}}", "{\"a\":\"<b>\"}", "<b>"},
        {"{{a}}{{b}}", "{\"a\":3,\"b\":2.5}", "32.5"},
        {"[{{none}}{{nil}}{{yes}}]", "{\"nil\":null,\"yes\":true}", "[]"},
        {"{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"x\"}}}", "x"},
        {"{{a.b}}", "{\"a\":\"x\"}", ""},
        {"{{#l}}<{{.}}>{{/l}}", "{\"l\":[\"a\",\"b\"]}", "<a><b>"},
        {"{{#l}}{{n}}{{o}} {{/l}}", "{\"o\":\"!\",\"l\":[{\"n\":1},{\"n\":2}]}", "1! 2! "},
        {"{{#l}}x{{/l}}{{^l}}none{{/l}}", "{\"l\":[]}", "none"},
        {"{{#o}}{{n}}{{/o}}", "{\"n\":\"outer\",\"o\":{\"n\":\"inner\"}}", "inner"},
        {"{{#t}}yes{{/t}}{{^t}}no{{/t}}", "{\"t\":\"\"}", "no"},
        {"{{#t}}yes{{/t}}{{^t}}no{{/t}}", "{\"t\":0}", "yes"},
        {"{{#f}}{{#g}}x{{/g}}{{a}}{{/f}}y", "{\"f\":false,\"g\":[1,2],\"a\":1}", "y"},
        {"{{^f}}{{a}}{{/f}}", "{\"a\":\"seen\"}", "seen"},
        {"{{#l}}{{#.}}{{.}}{{/.}}|{{/l}}", "{\"l\":[[1,2],[3]]}", "12|3|"},
        {"[{{>name}}]", "{\"n\":\"&\"}", "[<b>&amp;</b>]"},
        {"{{>twice}}", "{\"n\":1}", "<b>1</b><b>1</b>"},
        {"{{>names}}", "{\"n\":0,\"l\":[{\"n\":1},{}]}", "<b>1</b><b>0</b>"},
        {"{{#o}}{{>name}}{{/o}}", "{\"o\":{\"n\":\"x\"}}", "<b>x</b>"},
        {"{{#none}}{{>name}}{{/none}}", "{}", ""},
        {"{{a}}", "{\"a\":\"{{b}}\",\"b\":\"never\"}", "{{b}}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int rc;
        char *out = render(rows[i].text, rows[i].json, &rc);
        assert_int_equal(rc, 0);
        assert_string_equal(out, rows[i].out);
        free(out);
    }
}

static void refuses(void **state)
{
    static const char *const rows[] = {
        "{{",
        "{{a",
        "{{a}",
        "{{{a}}",
        "{{}}",
        "{{#}}{{/}}",
        "{{#a}}x",
        "{{/a}}",
        "{{#a}}{{/b}}",
        "{{^a}}",
        "{{#a}}{{^b}}{{/a}}{{/b}}",
        "{{>nothing}}",
        "{{#none}}{{>nothing}}{{/none}}", /* found out before somebody sees it */
        "{{>}}",
        "{{>itself}}",
        "{{>broken}}",
        "{{>open}}x{{/a}}",
        "{{#a}}x{{>close}}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int rc;
        free(render(rows[i], "{}", &rc));
        assert_int_equal(rc, -EBADMSG);
        free(render(rows[i], "{\"a\":true,\"b\":true}", &rc));
        assert_int_equal(rc, -EBADMSG);
    }
    char deep[TEMPLATE_DEPTH_MAX * 12 + 1] = "";
    for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
        strcat(deep, "{{#a}}");
    for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
        strcat(deep, "{{/a}}");
    int rc;
    free(render(deep, "{\"a\":true}", &rc));
    assert_int_equal(rc, -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(renders), cmocka_unit_test(refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
