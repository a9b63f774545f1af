#include "tests/unit/folder.h"

#include <errno.h>

#include "collector/report/document/annual.h"
#include "collector/report/manuscript.h"
#include "common/file.h"
#include "common/json.h"

#define NAME_OF(section_name) #section_name,
static const char *const sections[] = {REPORT_SECTIONS(NAME_OF)};

static struct report report = {.country = "BJ", .year = "2026"};

static void put(const char *name, const char *text)
{
    struct fault f = {0};
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    if (file_write_atomic(path, text, strlen(text), 0644, &f) < 0)
        fail_msg("%s", f.text);
}

static int read_folder(const char *folder, struct manuscript *ret, struct fault *f)
{
    language_words(language_find("fr"), "report", &report.words);
    int rc = manuscript_read(&report, folder, ret, f);
    words_free(&report.words);
    return rc;
}

/* "10-preface.md" stands first, and what stands between two of these sections does so whatever sections follow. */
static void numbers_are_of_sections(void **state)
{
    int last = 0, numbered = 0;
    for (size_t s = 0; s < COUNT(sections); s++) {
        const int place = manuscript_place(sections[s]);
        assert_true(!place || (place > last && place % 10 == 0));
        last = place ? place : last;
        numbered += place > 0;
    }
    assert_int_equal(manuscript_place(sections[0]), 20);
    assert_int_equal(numbered, 7);
    assert_int_equal(manuscript_place("none"), 0);
}

static void chapters_stand_where_they_say(void **state)
{
    struct manuscript m;
    struct fault f = {0};
    _cleanup_json_ json_t *list = json_array();
    put("80-end.md", "# End");
    put("10-preface.md", "# Préface {\n\n## Un\n\n### Deux\n\nÉté");
    put("20 second.MD", "# Second");
    put("05-first.md", "# First");
    put("map.png", "x");
    put("notes.docx", "x");
    put("20-second.md~", "x");
    put(".hidden.md", "x");
    if (read_folder(dir, &m, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(m.count, 4);
    manuscript_add(&m, 20, list);
    assert_int_equal(json_array_size(list), 2);
    manuscript_add(&m, 80, list);
    assert_int_equal(json_array_size(list), 3);
    manuscript_add(&m, 0, list);
    assert_int_equal(json_array_size(list), 4);
    const json_t *preface = json_array_get(list, 1), *parts = json_object_get(preface, "parts");
    assert_string_equal(json_string_value(json_object_get(preface, "name")), "chapter-2");
    assert_string_equal(json_string_value(json_object_get(preface, "title")), "Préface {");
    assert_int_equal(json_array_size(parts), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(parts, 0), "id")), "chapter-2-1");
    manuscript_free(&m);
}

static void without_a_folder_there_are_none(void **state)
{
    struct manuscript m;
    struct fault f = {0};
    _cleanup_text_ char *other = alloc_format("%s/en", dir), *none = alloc_format("%s/2027/fr", dir),
                        *file = alloc_format("%s/file", dir);
    put("file", "x");
    assert_int_equal(read_folder(NULL, &m, &f), 0);
    assert_int_equal(read_folder(other, &m, &f), 0);
    assert_int_equal(read_folder(none, &m, &f), 0);
    assert_int_equal(m.count, 0);
    assert_int_equal(read_folder(file, &m, &f), -ENOTDIR);
}

static void what_is_faulty_is_told_with_its_file(void **state)
{
    static const struct {
        const char *name, *text, *says;
    } rows[] = {
        {"preface.md", "# T",
         "/preface.md: begin the name with two digits, which say where the chapter stands, as in 10-preface.md"},
        {"1-a.md", "# T", "as in 10-a.md"},
        {"100-a.md", "# T", "as in 10-a.md"},
        {"10-a.md", "", "/10-a.md: line 1: a chapter begins with its title"},
        {"10-a.md", "# T\n\n<b>", "/10-a.md: line 3: HTML is not taken"},
        {"10-a.md", "# T\n\n![a map](map.png)", "/map.png: cannot open"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct manuscript m;
        struct fault f = {0};
        put(rows[r].name, rows[r].text);
        assert_true(read_folder(dir, &m, &f) < 0);
        if (!strstr(f.text, rows[r].says))
            fail_msg("\"%s\" is not in: %s", rows[r].says, f.text);
        assert_int_equal(m.count, 0);
        shell("rm %s/*.md", dir);
    }
}

/* The name of its file says of which operator it is. */
static void an_answer_is_of_an_operator(void **state)
{
    struct manuscript m;
    struct fault f = {0};
    shell("mkdir %s/answers", dir);
    put("answers/notes.docx", "x");
    assert_int_equal(read_folder(dir, &m, &f), 0);
    assert_int_equal(m.answer_count, 0);
    assert_null(manuscript_answer_of(&m, "MTN"));
    manuscript_free(&m);
    put("answers/MTN.md", "# T");
    assert_int_equal(read_folder(dir, &m, &f), -ENOENT);
    assert_non_null(strstr(f.text, "/answers/MTN.md: "));
    assert_int_equal(m.answer_count, 0);
    shell("rm -r %s/answers", dir);
}

static void what_is_not_a_text_is_refused(void **state)
{
    static const struct {
        const char *does;
        int code;
    } rows[] = {{"truncate -s 100M 10-a.md", -EFBIG},
                {"ln -s /etc/hostname 10-a.md", -ELOOP},
                {"mkfifo 10-a.md", -EINVAL},
                {"touch {10..60}-a.md", -E2BIG}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct manuscript m;
        struct fault f = {0};
        shell("cd %s && bash -c '%s'", dir, rows[r].does);
        assert_int_equal(read_folder(dir, &m, &f), rows[r].code);
        shell("rm %s/*.md", dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_of_sections),
        cmocka_unit_test_setup_teardown(chapters_stand_where_they_say, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(without_a_folder_there_are_none, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_faulty_is_told_with_its_file, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_answer_is_of_an_operator, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_not_a_text_is_refused, in_a_fresh_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
