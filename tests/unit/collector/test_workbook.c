#include "tests/unit/folder.h"

#include <errno.h>

#include "collector/report/workbook.h"
#include "collector/report/workbook_page.h"

/* Of a country and a year without any figure. */
static struct report empty(const char *lang)
{
    struct report r = {.country = "BJ", .year = "2024", .in = "au Bénin"};
    language_words(language_find(lang), "report", &r.words);
    return r;
}

static void is_a_workbook_without_figures_too(void **state)
{
    static const char *const languages[] = {"fr", "en"};
    for (size_t l = 0; l < COUNT(languages); l++) {
        char *folder = scratch_dir();
        struct report r = empty(languages[l]);
        struct buf one = {0}, again = {0};
        struct fault f = {0};
        if (workbook_make(&r, folder, &one, &f) < 0 || workbook_make(&r, folder, &again, &f) < 0)
            fail_msg("%s", f.text);
        assert_memory_equal(one.data, "PK\3\4", 4);
        assert_true(one.len == again.len && !memcmp(one.data, again.data, one.len));
        shell("test -z \"$(ls %s)\"", folder);
        buf_free(&one);
        buf_free(&again);
        words_free(&r.words);
        shell("rm -r %s", folder);
    }
}

static void needs_a_scratch(void **state)
{
    struct report r = empty("en");
    struct buf out = {0};
    struct fault f = {0};
    assert_int_equal(workbook_make(&r, "/nonexistent", &out, &f), -ENOENT);
    assert_non_null(strstr(f.text, "/nonexistent/"));
    words_free(&r.words);
}

/* Else Excel does not open it, or the sheet has a number for a name. */
static void names_of_sheets_are_such(void **state)
{
    size_t count;
    const struct language *all = language_all(&count);
    for (size_t l = 0; l < count; l++) {
        struct words w;
        language_words(&all[l], "report", &w);
        json_t *names = json_copy(json_object_get(w.texts, "family")), *own = json_object_get(w.texts, "workbook"),
               *name;
        static const char *const keys[] = {"cover_name", "charts_name", "sources_name", "others"};
        for (size_t k = 0; k < COUNT(keys); k++)
            json_object_set(names, keys[k], json_object_get(own, keys[k]));
        const char *key;
        json_object_foreach(names, key, name)
        {
            size_t letters = 0;
            const char *text = json_string_value(name);
            assert_non_null(text);
            for (const char *at = text; *at; at++)
                letters += ((unsigned char)*at & 0xc0) != 0x80;
            if (letters == 0 || letters > 31 || strpbrk(text, "[]:*?/\\'"))
                fail_msg("%s: \"%s\" is no name of a sheet", all[l].code, text);
        }
        json_decref(names);
        words_free(&w);
    }
}

typedef void (*add)(struct workbook *b);

/* Of a file with that sheet alone, a text stands in it; "" where none does. */
static void check_sheet(add sheet, const char *words)
{
    char *folder = scratch_dir();
    struct report r = empty("en");
    _cleanup_text_ char *path = alloc_format("%s/one.xlsx", folder);
    struct workbook b = {.r = &r, .file = workbook_new(path)};
    sheet(&b);
    assert_int_equal(b.error, LXW_NO_ERROR);
    assert_int_equal(b.file->num_sheets, *words ? 1 : 0);
    assert_int_equal(workbook_close(b.file), LXW_NO_ERROR);
    shell("python3 -c 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(sys.argv[2] not in "
          "\"\".join(z.read(n).decode() for n in z.namelist()))' %s '%s'",
          path, words);
    words_free(&r.words);
    shell("rm -r %s", folder);
}

static void sheets_say_what_they_are(void **state)
{
    check_sheet(workbook_add_cover, "Cite as");
    check_sheet(workbook_add_cover, "DNS resolution time");
    check_sheet(workbook_add_sources, "Retrieved on");
    check_sheet(workbook_add_charts, "");
    check_sheet(workbook_add_areas, ""); /* without a figure there is none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_workbook_without_figures_too),
        cmocka_unit_test(needs_a_scratch),
        cmocka_unit_test(sheets_say_what_they_are),
        cmocka_unit_test(names_of_sheets_are_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
