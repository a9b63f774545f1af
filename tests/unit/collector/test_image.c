#include "tests/unit/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/report/image.h"
#include "common/file.h"

static int read_image(const char *name, const char *bytes, size_t len, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    if (bytes && file_write_atomic(path, bytes, len, 0600, f) < 0)
        fail_msg("%s", f->text);
    return image_read(path, out, f);
}

static void what_draws_is_taken(void **state)
{
    static const char *const rows[] = {
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG "
        "1.1//EN\"\n"
        " \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n<!-- made by -->\n<svg:svg "
        "xmlns:svg='http://www.w3.org/2000/svg'><svg:metadata><rdf:RDF><cc:Work><dc:type rdf:resource=\"http://x/\"/>"
        "</cc:Work></rdf:RDF></svg:metadata><svg:style><![CDATA[path{fill:url(#a)}]]></svg:style><svg:defs>"
        "<svg:path id=\"a\" d=\"M 0 0\"/></svg:defs><svg:use xlink:href=\"#a\" style=\"fill:url('#a');clip:url( #b)\"/>"
        "<svg:text>Caf&#233; &amp; url(http://x)</svg:text></svg:svg>\n",
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf out = {0};
        struct fault f = {0};
        if (read_image("a.svg", rows[r], strlen(rows[r]), &out, &f) < 0)
            fail_msg("%zu: %s", r, f.text);
        assert_memory_equal(out.data, "data:image/svg+xml;base64,", 26);
        buf_free(&out);
    }
}

static void pictures_are_taken_by_what_they_are(void **state)
{
    static const struct {
        const char *name, *bytes, *wanted, *says;
    } rows[] = {
        {"a.png", "\x89PNG\r\n\x1A\nx", NULL, "a broken PNG image"},
        {"A.JPG", "\xFF\xD8\xFF\xD9 and more", "data:image/jpeg;base64,/9j/2Q=="},
        {"a.jpeg", "\xFF\xD8\xFF!", NULL, "a broken JPEG image"},
        {"b.jpg", "\x89PNG\r\n\x1A\nx"},
        {"b.png", "<svg/>"},
        {"b.gif", "GIF89a"},
        {"c.png", ""},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf out = {0};
        struct fault f = {0};
        int rc = read_image(rows[r].name, rows[r].bytes, strlen(rows[r].bytes), &out, &f);
        if (rows[r].wanted && rc == 0)
            assert_string_equal(out.data, rows[r].wanted);
        else if (rows[r].wanted || !strstr(f.text, rows[r].says ? rows[r].says : "save it as .png, .jpg or .svg"))
            fail_msg("%s: %s", rows[r].name, rc < 0 ? f.text : "is taken");
        buf_free(&out);
    }
}

#define SVG(inside) "<svg xmlns=\"http://www.w3.org/2000/svg\">\n" inside "</svg>"

static void what_does_more_than_draw_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "not an SVG image"},
        {"plain", "not an SVG image"},
        {"<svg>\xE9</svg>", "not an SVG image in UTF-8"},
        {"<html/>", "line 1: an SVG image that only draws is taken, without \"<html\""},
        {"<g/>", "without \"<g\""},
        {SVG("<script>alert(1)</script>"), "line 2: an SVG image that only draws is taken, without \"<script\""},
        {SVG("<x:script xmlns:x=\"http://www.w3.org/2000/svg\"/>"), "without \"<x:script\""},
        {SVG("<SCRIPT/>"), "without \"<SCRIPT\""},
        {SVG("<foreignObject/>"), "without \"<foreignObject\""},
        {SVG("<image href=\"#a\"/>"), "without \"<image\""},
        {SVG("<a href=\"#a\"/>"), "without \"<a\""},
        {SVG("<set attributeName=\"href\" to=\"x\"/>"), "without \"<set\""},
        {SVG("<path onclick=\"x()\"/>"), "without \"onclick\""},
        {SVG("<path x:ONload = 'x()'/>"), "without \"x:ONload\""},
        {SVG("<path\nd=\"M0 0\"\tonload=\"x\"/>"), "line 3: "},
        {SVG("<use href=\"https://x.org/a.svg#b\"/>"), "without \"href=\"https"},
        {SVG("<use xlink:href=\"file:///etc/passwd\"/>"), "without \"xlink:href"},
        {SVG("<use href=\"\"/>"), "without \"href="},
        {SVG("<path fill=\"url(http://x)\"/>"), "without \"url(http"},
        {SVG("<path style=\"fill:URL( 'http://x')\"/>"), "without \"URL("},
        {SVG("<path style=\"fill:u&#114;l(http://x)\"/>"), "without \"fill"},
        {SVG("<path style=\"fill:\\75rl(http://x)\"/>"), "without \"fill"},
        {SVG("<path fill=\"url(&quot;//x\"/>"), "without \"url("},
        {SVG("<style>@import 'http://x'</style>"), "without \"@import"},
        {SVG("<style><![CDATA[a{b:url(http://x)}]]></style>"), "without \"url(http"},
        {SVG("<style>a{b:&#117;rl(http://x)}</style>"), "without \"a{b"},
        {SVG("<style>a{}<g/>@import 'http://x'</style>"), "without \"<g\""},
        {"<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg>&x;</svg>", "without \"<!DOCTYPE"},
        {"<?xml-stylesheet href=\"http://x\"?><svg/>", "without \"<?"},
        {SVG("<path d=\"M0 0"), "without \"d\""},
        {SVG("<path d"), "line 2: "},
        {SVG("<path "), "line 2: "},
        {SVG("<path /"), "line 2: "},
        {SVG("<"), "line 2: "},
        {SVG("<!-- "), "without \"<!--\""},
        {SVG("<path d=M0/>"), "without \"d\""},
        {"</svg>", "without \"</svg\""},
        {"<svg></svg></svg>", "without \"</svg\""},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct buf out = {0};
        struct fault f = {0};
        if (read_image("a.svg", rows[r].text, strlen(rows[r].text), &out, &f) == 0)
            fail_msg("%s is taken", rows[r].text);
        if (!strstr(f.text, rows[r].says) || !strstr(f.text, "/a.svg: "))
            fail_msg("\"%s\" is not in: %s", rows[r].says, f.text);
        assert_int_equal(out.len, 0);
    }
}

static void what_is_elsewhere_or_too_large_is_refused(void **state)
{
    struct buf out = {0};
    struct fault f = {0};
    assert_int_equal(read_image("none.png", NULL, 0, &out, &f), -ENOENT);
    shell("ln -s /etc/hostname %s/link.png; mkfifo %s/pipe.png; truncate -s 100M %s/large.png", dir, dir, dir);
    assert_int_equal(read_image("link.png", NULL, 0, &out, &f), -ELOOP);
    assert_non_null(strstr(f.text, "link.png is a link; put the file itself in its place"));
    assert_int_equal(read_image("pipe.png", NULL, 0, &out, &f), -EINVAL);
    assert_int_equal(read_image("large.png", NULL, 0, &out, &f), -EFBIG);
    buf_free(&out);
}

/* Elements in each other without end; and what is looked through from each of its letters. */
static void what_is_made_to_tire_it_does_not(void **state)
{
    static const char *const pieces[] = {"<g>",  "<path/>",        "<g", "url(#a) ",
                                         "<!--", "<path style=\"", "&",  "<path a=\"url(\"/>"};
    for (size_t p = 0; p < COUNT(pieces); p++) {
        struct buf text = {0}, out = {0};
        struct fault f = {0};
        buf_add_text(&text, "<svg>");
        for (size_t i = 0; i < 100000; i++)
            buf_add_text(&text, pieces[p]);
        (void)!read_image("a.svg", text.data, text.len, &out, &f);
        assert_true((out.len == 0) == (p != 1 && p != 3 && p != 6));
        buf_free(&text);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_draws_is_taken, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(pictures_are_taken_by_what_they_are, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_does_more_than_draw_is_refused, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_elsewhere_or_too_large_is_refused, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_made_to_tire_it_does_not, in_a_fresh_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
