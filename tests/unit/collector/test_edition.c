#include "tests/unit/folder.h"

#include <errno.h>

#include "collector/report/edition.h"
#include "common/file.h"
#include "common/json.h"

static void put(const char *text)
{
    struct fault f = {0};
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, EDITION_NAME);
    if (file_write_atomic(path, text, strlen(text), 0644, &f) < 0)
        fail_msg("%s", f.text);
}

static const char *of(const json_t *entry, const char *key)
{
    return json_string_value(json_object_get(entry, key));
}

#define RECOMMENDATION                                                                                                 \
    "[recommendation 1]\nto = regulator\ntext = Publier les débits ;\ntext = ouvrir les données\nfigures = PER5\n"

/* A text goes on in another line, and has its semicolons. */
static void reads_what_authors_gave(void **state)
{
    struct edition e;
    struct fault f = {0};
    put("# ours\n[edition]\nissn = 2049-3630\ndoi = 10.5281/zenodo.1\n[funder Fonds A ; B]\ngave = 40 000 EUR\n"
        "[funder C]\ngave = du matériel\n" RECOMMENDATION);
    if (edition_read(dir, &e, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(edition_text(&e, "issn"), "2049-3630");
    assert_null(edition_text(&e, "publisher"));
    assert_int_equal(json_array_size(edition_list(&e, "funder")), 2);
    assert_string_equal(of(edition_find(&e, "funder", "C"), "gave"), "du matériel");
    const json_t *recommendation = edition_find(&e, "recommendation", "1");
    assert_string_equal(of(recommendation, "text"), "Publier les débits; ouvrir les données");
    assert_int_equal(json_integer_value(json_object_get(recommendation, "line")), 10);
    assert_int_equal(json_array_size(edition_list(&e, "erratum")), 0);
    edition_free(&e);
}

static void without_a_file_it_is_empty(void **state)
{
    struct edition e;
    struct fault f = {0};
    const char *const folders[] = {NULL, dir};
    for (size_t n = 0; n < COUNT(folders); n++) {
        assert_int_equal(edition_read(folders[n], &e, &f), 0);
        assert_null(e.path);
        assert_int_equal(json_array_size(edition_list(&e, "funder")), 0);
        assert_null(edition_find(&e, "funder", "C"));
        edition_free(&e);
    }
}

static void names_line_and_cure(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"[recommendation 1]\nto = state\n\ntext = t\n",
         "line 2: [recommendation 1] lacks figures; add a line such as: figures = PER5"},
        {"[recommendation 1]\nto = state\ntext = t\nfigures =\n",
         "line 4: figures = : not allowed; what is meant is such as PER5"},
        {"[recommendation 1]\nto = king\n", "line 2: to = king: not allowed; what is meant is such as state|"},
        {"[recomendation 1]\nto = state\n",
         "line 2: unknown section [recomendation 1]; known: [edition], [funder NAME]"},
        {"[funder]\ngave = x\n", "unknown section [funder]"},
        {"[edition 2]\nissn = 2049-3630\n", "unknown section [edition 2]"},
        {"[edition]\nisbn = x\n", "line 2: unknown key \"isbn\"; known here: issn, doi"},
        {"[edition]\nissn = 2049-3631\n", "line 2: issn = 2049-3631: not allowed"},
        {"[edition]\nissn = 20493630\n", "issn"},
        {"[edition]\ndoi = zenodo\n", "such as 10."},
        {"[edition]\npublished = 2027-02-30\n", "such as 2027-03-01"},
        {"[questionnaire A]\nfile = ../../etc/shadow\n", "such as menages.pdf"},
        {"[questionnaire A]\nlink = javascript:alert(1)\n", "such as https://"},
        {"[funder A]\ngave = \xe2\x80\xae x\n", "line 2: gave: a character in it is not seen"},
        {"[outcome 1]\nbecame = done\n", "lacks why"},
        {RECOMMENDATION RECOMMENDATION, "line 6: [recommendation 1] stands twice, first in line 1"},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct edition e;
        struct fault f = {0};
        put(rows[n].text);
        if (edition_read(dir, &e, &f) != -EINVAL || !strstr(f.text, rows[n].says) ||
            !strstr(f.text, EDITION_NAME ", line"))
            fail_msg("%s: %s", rows[n].text, f.text);
    }
}

static void outcomes_are_of_what_was_recommended(void **state)
{
    static const struct {
        const char *outcome, *says;
    } rows[] = {
        {"[outcome 1]\nbecame = done\nwhy = w\n", NULL},
        {"[outcome 11]\nbecame = done\nwhy = w\n", "line 2: "},
    };
    struct edition before, none, e;
    struct fault f = {0};
    put(RECOMMENDATION);
    assert_int_equal(edition_read(dir, &before, &f), 0);
    assert_int_equal(edition_read(NULL, &none, &f), 0);
    for (size_t n = 0; n < COUNT(rows); n++) {
        put(rows[n].outcome);
        assert_int_equal(edition_read(dir, &e, &f), 0);
        assert_int_equal(edition_check(&e, &before, &f), rows[n].says ? -EINVAL : 0);
        assert_true(!rows[n].says || (strstr(f.text, rows[n].says) && strstr(f.text, "nearest: 1")));
        assert_int_equal(edition_check(&e, &none, &f), -EINVAL);
        edition_free(&e);
    }
    edition_free(&before);
    edition_free(&none);
}

static void the_year_before_lies_beside(void **state)
{
    static const struct {
        const char *folder, *before;
    } rows[] = {{"/etc/x/chapters/2027/fr", "/etc/x/chapters/2026/fr"},
                {"chapters/2000/en", "chapters/1999/en"},
                {"chapters/new/fr", NULL},
                {"fr", NULL},
                {NULL, NULL}};
    for (size_t n = 0; n < COUNT(rows); n++) {
        _cleanup_text_ char *before = edition_before(rows[n].folder);
        if (rows[n].before)
            assert_string_equal(before, rows[n].before);
        else
            assert_null(before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_authors_gave, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(without_a_file_it_is_empty, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(names_line_and_cure, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(outcomes_are_of_what_was_recommended, in_a_fresh_folder, remove_folder),
        cmocka_unit_test(the_year_before_lies_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
