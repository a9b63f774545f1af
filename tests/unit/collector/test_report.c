#include "tests/unit/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "collector/command/command.h"
#include "collector/command/paper.h"
#include "collector/report/built_in.h"
#include "collector/report/document/annual.h"
#include "collector/report/package.h"
#include "collector/report/part.h"
#include "collector/report/picture.h"
#include "common/json.h"

#define NAME_OF(section_name) &section_##section_name,
static const struct section *const sections[] = {REPORT_SECTIONS(NAME_OF)};

static void every_section_has_a_title(void **state)
{
    size_t languages;
    const struct language *all = language_all(&languages);
    for (size_t l = 0; l < languages; l++) {
        struct words w;
        language_words(&all[l], "report", &w);
        assert_int_equal(w.lacking, 0);
        for (size_t s = 0; s < COUNT(sections); s++) {
            _cleanup_text_ char *path = alloc_format("section/%s.html", sections[s]->template ?: sections[s]->name);
            assert_non_null(built_in_text(path)); /* else it ends here, with the name */
            if (!json_string_value(json_object_get(json_object_get(w.texts, sections[s]->name), "title")))
                fail_msg("%s has no title in %s", sections[s]->name, all[l].code);
        }
        words_free(&w);
    }
}

/* Each has an option of its own, and a name unless it is the same of another time, and a template; only the first is
 * made unasked. */
static void documents_are_told_apart(void **state)
{
    size_t count;
    const struct document *const *all = document_all(&count);
    assert_ptr_equal(all[0], &document_annual);
    for (size_t d = 0; d < count; d++) {
        _cleanup_text_ char *path = alloc_format("document/%s.html", all[d]->name);
        assert_non_null(built_in_text(path)); /* else it ends here, with the name */
        assert_true(all[d]->write && (d == 0) == !all[d]->option);
        for (size_t e = 0; e < d; e++)
            assert_true((strcmp(all[d]->name, all[e]->name) || all[d]->write == all[e]->write) &&
                        (e == 0 || strcmp(all[d]->option, all[e]->option)));
    }
}

static void every_picture_has_its_texts(void **state)
{
    struct words w;
    language_words(language_find("fr"), "report", &w);
    const json_t *texts = json_object_get(w.texts, "pictures");
    for (enum picture p = 0; p < PICTURE_COUNT; p++) {
        _cleanup_text_ char *description = alloc_format("%s_description", picture_word(p));
        assert_non_null(json_string_value(json_object_get(texts, picture_word(p))));
        assert_non_null(json_string_value(json_object_get(texts, description)));
        assert_true(picture_cut(p) == 0 || picture_cut(p) == DIM_OPERATOR || picture_cut(p) == DIM_DEPARTMENT);
    }
    words_free(&w);
}

static void rows_stand_in_the_order_of_the_alphabet(void **state)
{
    static const char *const wanted[] = {"All lines", "Celtiis", "Moov", "MTN", "Ouémé"};
    _cleanup_json_ json_t *rows = json_pack("[{s:s}, {s:s}, {s:s}, {s:s}, {s:s}]", "name", "All lines", "name", "MTN",
                                            "name", "Ouémé", "name", "Celtiis", "name", "Moov");
    report_sort(rows, "name", 1);
    for (size_t n = 0; n < COUNT(wanted); n++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(rows, n), "name")), wanted[n]);
    json_t *none = json_array();
    report_sort(none, "name", 1);
    assert_int_equal(json_array_size(none), 0);
    json_decref(none);
}

/* Each indicator is of one area, and is not left out of the report. */
static void every_indicator_has_an_area(void **state)
{
    struct words w;
    size_t count;
    const struct indicator *all = indicator_all(&count);
    language_words(language_find("fr"), "report", &w);
    for (size_t i = 0; i < count; i++) {
        struct part p = {0};
        size_t areas = 0;
        while (part_next(&w, &p))
            areas += part_has(&p, &all[i]);
        if (areas != 1)
            fail_msg("%s is of %zu areas", all[i].id, areas);
    }
    words_free(&w);
}

/* A summary tells those that matter most, in an order. */
static void every_area_begins_with_one_of_its_own(void **state)
{
    struct words w;
    size_t count;
    const struct indicator *all = indicator_all(&count);
    language_words(language_find("fr"), "report", &w);
    for (struct part p = {0}; part_next(&w, &p);) {
        int keys[10] = {0}, of_area = 0;
        for (size_t i = 0; i < count; i++)
            if (part_has(&p, &all[i])) {
                of_area++;
                keys[all[i].key]++;
            }
        for (int key = 1; key < 10; key++)
            if (keys[key] > 1 || (keys[key] && key > 1 && !keys[key - 1]) || (key == 1 && of_area && !keys[1]))
                fail_msg("%s has %d of key %d", p.family, keys[key], key);
    }
    words_free(&w);
}

static int nowhere(void *of, const char *name, const struct buf *bytes, struct fault *f)
{
    fail_msg("%s is written", name);
    return 0;
}

static void without_a_pack_there_is_none(void **state)
{
    struct fault f = {0};
    const struct report_order order = {
        .document = &document_annual, .country = "ZZ", .year = "2026", .language = language_find("en")};
    assert_int_equal(report_write(NULL, &order, &(struct outlet){nowhere, NULL}, &f), -ENOENT);
    assert_string_equal(f.text, "ZZ has no country pack");
}

static void without_figures_there_is_a_header(void **state)
{
    static const struct evidence none;
    _cleanup_(buf_free) struct buf csv = {0}, package = {0}, number = {0};
    const struct report_order order = {.document = &document_annual};
    struct report r = {.order = &order, .country = "BJ", .year = "2026", .in = "au Bénin"};
    language_words(language_find("fr"), "report", &r.words);
    package_csv(&none, &csv);
    assert_memory_equal(csv.data, "indicator,name_fr,", 18);
    assert_int_equal(evidence_next(&none, &(struct evidence_wanted){.indicator = "PER1"}, 0), -1);
    assert_false(report_number(&r, -1, &number));
    assert_false(report_shows(&r, indicator_find("PER1")));
    package_json(&r, &csv, &package);
    _cleanup_json_ json_t *read = json_loadb(package.data, package.len, 0, NULL);
    const json_t *resource = json_array_get(json_object_get(read, "resources"), 0);
    assert_string_equal(json_string_value(json_object_get(read, "title")), "L’état de l’Internet au Bénin, 2026");
    assert_string_equal(json_string_value(json_object_get(json_object_get(read, "edition"), "country")), "BJ");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(read, "edition"), "year")), 2026);
    assert_int_equal(json_integer_value(json_object_get(resource, "bytes")), csv.len);
    assert_int_equal(json_array_size(json_object_get(json_object_get(resource, "schema"), "fields")), FIGURE_COLUMNS);
    words_free(&r.words);
}

/* What may be asked for, of the options that have a rule. */
static void asks_for_a_year_and_a_country(void **state)
{
    struct fault f = {0};
    for (const struct option *o = command_report.options; o->name; o++) {
        if (!strcmp(o->name, "year")) {
            assert_int_equal(o->form, OPTION_YEAR);
        } else if (!strcmp(o->name, "country")) {
            assert_int_equal(o->check("BJ", &f), 0);
            assert_int_equal(o->check("TG", &f), -EINVAL); /* a neighbour */
            assert_int_equal(o->check("BEN", &f), -EINVAL);
        }
    }
}

static void files_go_where_they_are_to(void **state)
{
    struct fault f = {0};
    struct stat is;
    _cleanup_text_ char *folder = alloc_format("%s/made", dir), *path = alloc_format("%s/figures/PER1.svg", folder);
    _cleanup_(buf_free) struct buf back = {0};
    const struct paper paper = {.folder = folder};
    const struct buf svg = {.data = "<svg/>", .len = 6};
    assert_int_equal(paper_write(&paper, "figures/PER1.svg", &svg, &f), 0);
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_size, 6);
    assert_int_equal(is.st_mode & 0777, 0644);
    assert_int_equal(paper_read(folder, "figures/PER1.svg", &back, &f), 0);
    assert_string_equal(back.data, "<svg/>");
    assert_int_equal(paper_read(folder, "figures/PER2.svg", &back, &f), -ENOENT);
    for (int again = 0; again < 2; again++)
        assert_int_equal(paper_remove(&paper, "figures/PER1.svg", &f), 0);
    assert_int_equal(paper_read(folder, "figures/PER1.svg", &back, &f), -ENOENT);
}

/* What is staged is not there yet; what is taken back was never there. */
static void files_appear_when_they_are_settled(void **state)
{
    struct fault f = {0};
    _cleanup_text_ char *folder = alloc_format("%s/staged", dir);
    _cleanup_(buf_free) struct buf back = {0};
    const struct paper paper = {.folder = folder};
    const struct buf old = {.data = "old", .len = 3}, new = {.data = "new", .len = 3};
    assert_int_equal(paper_write(&paper, "a", &old, &f), 0);
    assert_int_equal(paper_stage(&paper, "a", &new, &f), 0);
    assert_int_equal(paper_stage(&paper, "b", &new, &f), 0);
    assert_int_equal(paper_read(folder, "a", &back, &f), 0);
    assert_string_equal(back.data, "old");
    assert_int_equal(paper_settle(&paper, "a", &f), 0);
    paper_unstage(&paper, "b");
    assert_int_equal(paper_settle(&paper, "b", &f), -ENOENT);
    buf_free(&back);
    assert_int_equal(paper_read(folder, "a", &back, &f), 0);
    assert_string_equal(back.data, "new");
    shell("test \"$(ls -A %s)\" = a", folder);
}

/* Who writes into a folder does so alone. */
static void folder_is_locked(void **state)
{
    struct fault f = {0};
    _cleanup_text_ char *folder = alloc_format("%s/locked", dir);
    const struct paper paper = {.folder = folder};
    _cleanup_fd_ int lock = -1;
    assert_int_equal(paper_lock(&paper, &lock, &f), 0);
    _cleanup_fd_ int other = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
}

/* An empty TMPDIR is none. */
static void writes_in_passing_somewhere(void **state)
{
    setenv("TMPDIR", "", 1);
    assert_string_equal(paper_scratch(), "/tmp");
    setenv("TMPDIR", "/var/tmp", 1);
    assert_string_equal(paper_scratch(), "/var/tmp");
    unsetenv("TMPDIR");
    assert_string_equal(paper_scratch(), "/tmp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_section_has_a_title),
        cmocka_unit_test(documents_are_told_apart),
        cmocka_unit_test(every_picture_has_its_texts),
        cmocka_unit_test(every_indicator_has_an_area),
        cmocka_unit_test(rows_stand_in_the_order_of_the_alphabet),
        cmocka_unit_test(every_area_begins_with_one_of_its_own),
        cmocka_unit_test(without_a_pack_there_is_none),
        cmocka_unit_test(without_figures_there_is_a_header),
        cmocka_unit_test(asks_for_a_year_and_a_country),
        cmocka_unit_test_setup_teardown(files_go_where_they_are_to, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(files_appear_when_they_are_settled, in_a_fresh_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folder_is_locked, in_a_fresh_folder, remove_folder),
        cmocka_unit_test(writes_in_passing_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
