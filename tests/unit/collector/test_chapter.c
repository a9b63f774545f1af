#include "tests/unit/check.h"

#include "collector/figure/chapter.h"
#include "collector/figure/indicator.h"
#include "common/file.h"

#define WHOLE                                                                                                          \
    "-- name.fr: Essai\n-- name.en: Test\n-- unit: %\n-- better: low\n-- status: proposed\n"                           \
    "-- nature: quantitative\n-- method: 1\n-- definition.fr: d\n-- definition.en: d\n"
#define IMPORTED "-- kind: imported\n-- aggregate: value\n-- headline.fr: {value}\n-- headline.en: {value}\n"
#define UNCHECKED                                                                                                      \
    "-- kind: measured\n-- aggregate: p50\n-- headline.fr: {p50} {where}\n-- headline.en: {p50} {where}\n\nSELECT 1\n"
#define MEASURED                                                                                                       \
    "-- kind: measured\n-- check: dns\n-- aggregate: p50\n-- headline.fr: {p50} {where}\n-- headline.en: {p50} "       \
    "{where}\n\nSELECT 1\n"

static char told[4096];

static void tell(const struct fault *f)
{
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%s\n", f->text);
}

static void write_file(const char *folder, const char *name, const char *text, size_t len)
{
    struct fault f = {0};
    _cleanup_text_ char *path = alloc_format("%s/%s", folder, name);
    if (file_write_atomic(path, text, len, 0644, &f) < 0)
        fail_msg("%s", f.text);
}

static void stands_beside_the_configuration(void **state)
{
    static const char *const rows[][2] = {{"/etc/internetmetre/collector.conf", "/etc/internetmetre/indicators.d"},
                                          {"collector.conf", "indicators.d"}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_text_ char *folder = chapter_folder(rows[r][0]);
        assert_string_equal(folder, rows[r][1]);
    }
}

static void what_is_faulty_is_known(void **state)
{
    static const char *const texts[] = {"-- id: MY_A\n-- better: cheap\n", "-- better: cheap\n-- id: MY_B \n",
                                        "-- id: bj-wifi\n"};
    const char *folder = scratch_dir();
    for (size_t t = 0; t < COUNT(texts); t++) {
        _cleanup_text_ char *name = alloc_format("%zu.sql", t);
        write_file(folder, name, texts[t], strlen(texts[t]));
    }
    chapter_load(folder, tell);
    _cleanup_text_ char *faulty = chapter_faulty();
    assert_string_equal(faulty, "[\"MY_A\",\"MY_B\"]");
    shell("rm -r %s", folder);
}

static void a_faulty_file_does_not_stop_the_others(void **state)
{
    static const struct {
        const char *name, *text, *says;
    } rows[] = {
        {"10.sql", "-- id: PER1\n" WHOLE IMPORTED,
         "10.sql: id: there is a PER1 already; choose another, such as MY_PER1"},
        {"11.sql", "-- id: bj-wifi\n" WHOLE IMPORTED, "11.sql: id: \"bj-wifi\": allowed: 2 to 16 capital letters"},
        {"12.sql", "-- id: MY_A\n-- better: cheap\n" WHOLE IMPORTED,
         "12.sql: line 2: better: \"cheap\" is not one of: low"},
        {"13.sql", "-- id: MY_B\n" WHOLE, "13.sql: MY_B: kind is missing"},
        {"14.sql", "-- id: MY_C\n-- over: figures\n" WHOLE IMPORTED "SELECT 1",
         "14.sql: over: of a chapter's own, only lines"},
        {"15.sql", "", "15.sql: id is missing"},
        {"16.sql", "-- id: MY_E\n" WHOLE UNCHECKED, "16.sql: check is missing: what measures it"},
        {"17.sql", "-- id: MY_C\n-- over: inputs\n" WHOLE IMPORTED "SELECT 1",
         "17.sql: over: of a chapter's own, only lines"},
        {"18.sql", "-- id: MY_G\n-- check: dsn\n" WHOLE UNCHECKED,
         "18.sql: line 2: check: \"dsn\" is not one of: ping dns "},
        {"20.sql", "-- id: BJ_WIFI\n" WHOLE IMPORTED, NULL},
        {"21.sql", "-- id: BJ_WIFI\n" WHOLE IMPORTED, "21.sql: id: there is a BJ_WIFI already"},
        {"22.sql", "-- id: MY_DNS\n" WHOLE MEASURED, NULL},
        {"23.sql.bak", "-- id: MY_D\n" WHOLE IMPORTED, NULL},
    };
    const char *folder = scratch_dir();
    *told = '\0';
    for (size_t r = 0; r < COUNT(rows); r++)
        write_file(folder, rows[r].name, rows[r].text, strlen(rows[r].text));
    write_file(folder, "30.sql", "a\0b", 3);
    chapter_load(folder, tell);
    for (size_t r = 0; r < COUNT(rows); r++)
        if (rows[r].says && !strstr(told, rows[r].says))
            fail_msg("\"%s\" is not in:\n%s", rows[r].says, told);
    size_t lines = 0;
    for (const char *at = told; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 11);
    assert_non_null(strstr(told, "30.sql: not a text"));
    assert_string_equal(indicator_find("BJ_WIFI")->name[LANG_FR], "Essai");
    assert_true(indicator_importable(indicator_find("BJ_WIFI")) && indicator_made(indicator_find("MY_DNS")));
    assert_int_equal(indicator_find("MY_DNS")->sql_line, 17);
    assert_true(indicator_find("MY_DNS") < indicator_find("PER1") && indicator_find("PER1")->measured);
    assert_null(indicator_find("MY_D"));
    assert_non_null(strstr(indicator_ids(), "BJ_WIFI, COV1"));
    assert_null(chapter_faulty());                           /* 15.sql and 30.sql do not tell of which they are */
    assert_false(chapter_agreed(indicator_find("BJ_WIFI"))); /* nobody asked the database */
    assert_true(chapter_agreed(indicator_find("PER1")));
    indicator_drop("BJ_WIFI");
    indicator_drop("BJ_WIFI");
    assert_null(indicator_find("BJ_WIFI"));
    assert_non_null(indicator_find("USE6"));
    shell("rm -r %s", folder);
}

static void what_others_may_write_is_not_read(void **state)
{
    static const char text[] = "-- id: MY_F\n" WHOLE IMPORTED;
    const char *folder = scratch_dir();
    write_file(folder, "1.sql", text, sizeof text - 1);
    for (int r = 0; r < 3; r++) {
        shell(r == 1 ? "chmod 664 %s/1.sql" : r == 0 ? "chmod 757 %s" : "chmod 644 %s/1.sql", folder);
        *told = '\0';
        chapter_load(folder, tell);
        assert_true((strstr(told, "others than its owner may write there") != NULL) == (r < 2));
        assert_true((indicator_find("MY_F") != NULL) == (r == 2));
        shell("chmod 755 %s", folder);
    }
    shell("rm -r %s", folder);
}

static void no_folder_is_none(void **state)
{
    *told = '\0';
    chapter_load("/nonexistent/indicators.d", tell);
    assert_string_equal(told, "");
    chapter_load("/dev/null/indicators.d", tell);
    assert_non_null(strstr(told, "cannot read /dev/null/indicators.d"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_beside_the_configuration),
        cmocka_unit_test(what_is_faulty_is_known),
        cmocka_unit_test(a_faulty_file_does_not_stop_the_others),
        cmocka_unit_test(what_others_may_write_is_not_read),
        cmocka_unit_test(no_folder_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
