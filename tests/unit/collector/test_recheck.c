#include "tests/unit/folder.h"

#include <errno.h>

#include "collector/command/proof.h"
#include "collector/report/frozen.h"
#include "collector/report/printed.h"
#include "collector/report/recheck.h"
#include "common/file.h"
#include "common/json.h"

/* ---- what a document prints ---- */

static void write_down(void *ctx, const struct printed *p)
{
    buf_addf(ctx, "%s=%s@%zu.%s;", p->text, p->value, p->line, p->column);
}

static char *all_of(const char *html, bool *ret_fine, size_t *ret_at)
{
    struct buf text = {0};
    buf_add_text(&text, "");
    *ret_fine = printed_each(html, write_down, &text, ret_at);
    return text.data ? buf_take(&text) : alloc_text("");
}

static void every_number_is_read(void **state)
{
    bool fine;
    size_t at;
    _cleanup_text_ char *some = all_of(
        "<p>Typiquement <data value=\"7.5\" data-line=\"12\">7,5</data> ms (<data value=\"-7\" data-line=\"13\" "
        "data-column=\"low\">−7,0</data>)</p>",
        &fine, &at);
    assert_true(fine);
    assert_string_equal(some, "7,5=7.5@12.value;−7,0=-7@13.low;");
    _cleanup_text_ char *none = all_of("<p>rien</p>", &fine, &at);
    assert_true(fine);
    assert_string_equal(none, "");
}

static void what_no_report_writes_is_refused(void **state)
{
    static const char *const wrong[] = {
        "<data value=\"7.5\">7,5</data>",
        "<data value=\"7.5\" data-line=\"x\">7,5</data>",
        "<data value=\"7.5\" data-line=\"1\">7,5</data>",
        "<data value=\"7.5\" data-line=\"2\" class=\"a\">7,5</data>",
        "<data value=\"7.5\" data-line=\"2\"><b>7,5</b></data>",
        "<data value=\"7.5\" data-line=\"2\">7,5",
        "<data value=\"7.5",
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        bool fine;
        size_t at = 0;
        _cleanup_text_ char *html = alloc_format("<p>%s", wrong[i]), *text = all_of(html, &fine, &at);
        assert_false(fine);
        assert_int_equal(at, 3);
        assert_string_equal(text, "");
    }
}

/* ---- what is no report ---- */

static void tell_nothing(void *ctx, const struct recheck_number *n)
{
    fail();
}

static void without_its_columns_it_is_no_report(void **state)
{
    static const char *const wrong[] = {"", "indicator,name_fr\n", "value\n7\n"};
    const struct recheck_teller tell = {tell_nothing, NULL};
    const struct follow_figure figure = {
        .id = "PER1", .statistic = "p50", .country = "BJ", .source = "agent", .cell = ""};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct recheck r;
        struct fault f = {0};
        const struct buf html = {.data = "<p></p>", .len = 7},
                         csv = {.data = (char *)wrong[i], .len = strlen(wrong[i])};
        const struct recheck_report report = {&html, &csv, "2026", LANG_FR};
        assert_int_equal(recheck_run(NULL, &report, &tell, &r, &f), -EBADMSG);
        assert_non_null(strstr(f.text, "indicators.csv"));
        assert_int_equal(recheck_line(&r, "2026", &figure), 0);
        recheck_free(&r);
    }
}

/* ---- what is kept ---- */

static void a_file_is_known_by_its_bytes(void **state)
{
    _cleanup_json_ json_t *files = json_array(), *inputs = json_object(), *about = json_pack("{s:s}", "year", "2026");
    _cleanup_(buf_free) struct buf out = {0};
    frozen_add(files, "report.html", &(struct buf){.data = "abc", .len = 3});
    frozen_write(about, files, inputs, &out);
    _cleanup_json_ json_t *read = json_loadb(out.data, out.len, 0, NULL);
    const json_t *file = json_array_get(json_object_get(read, "files"), 0);
    assert_string_equal(json_string_value(json_object_get(read, "year")), "2026");
    assert_true(json_is_object(json_object_get(read, "inputs")));
    assert_int_equal(json_integer_value(json_object_get(file, "bytes")), 3);
    assert_string_equal(json_string_value(json_object_get(file, "sha256")), /* FIPS 180-2, B.1 */
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* ---- what a folder has ---- */

static void a_folder_must_have_what_was_frozen(void **state)
{
    static const struct {
        const char *text;
        int rc;
    } files[] = {
        {NULL, -ENOENT},
        {"{", -EBADMSG},
        {"{\"year\": \"2026\", \"language\": \"fr\", \"files\": []}", -EBADMSG},
        {"{\"year\": \"../etc\", \"language\": \"fr\", \"files\": [], \"inputs\": {}}", -EBADMSG},
        {"{\"year\": \"2026\", \"language\": \"fr\", \"files\": [{\"path\": \"../x\"}], \"inputs\": {}}", -EBADMSG},
        {"{\"year\": \"2026\", \"language\": \"fr\", \"files\": [{\"path\": \"/etc/x\"}], \"inputs\": {}}", -EBADMSG},
        {"{\"year\": \"2026\", \"language\": \"fr\", \"files\": [{}], \"inputs\": {}}", -EBADMSG},
    };
    _cleanup_text_ char *path = alloc_format("%s/" FROZEN_NAME, dir);
    for (size_t i = 0; i < COUNT(files); i++) {
        struct fault f = {0};
        if (files[i].text)
            assert_int_equal(file_write_atomic(path, files[i].text, strlen(files[i].text), 0644, &f), 0);
        assert_int_equal(proof_tell(&(struct session){0}, dir, &f), files[i].rc);
        assert_non_null(strstr(f.text, files[i].text ? FROZEN_NAME : "--freeze"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_read),
        cmocka_unit_test(what_no_report_writes_is_refused),
        cmocka_unit_test(without_its_columns_it_is_no_report),
        cmocka_unit_test(a_file_is_known_by_its_bytes),
        cmocka_unit_test_setup_teardown(a_folder_must_have_what_was_frozen, in_a_fresh_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
