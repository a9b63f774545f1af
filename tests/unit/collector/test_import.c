#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/figures.h"

#define HEADER "indicator,country,period,value,unit,source,retrieved"
#define LINE   "ACC1,BJ,2025,47.5,% of population,INStaD,2026-01-31"

static const char *text_of(const json_t *rows, size_t row, const char *name)
{
    return json_string_value(json_object_get(json_array_get(rows, row), name));
}

/* As it was printed it has no figure but an example. */
static void takes_the_template_with_another_line(void **state)
{
    json_t *rows = NULL;
    struct fault f = {0};
    assert_int_equal(import_read(import_template, strlen(import_template), &rows, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "line 2: column note: this line is the template's example"));
    _cleanup_text_ char *text = alloc_text(import_template);
    memcpy(strstr(text, "an example"), "my example", 10);
    if (import_read(text, strlen(text), &rows, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(text_of(rows, 0, "period"), "2025");
    assert_null(text_of(rows, 0, "zone"));
    json_decref(rows);
}

static void takes_columns_in_any_order(void **state)
{
    static const char text[] =
        "\xEF\xBB\xBFmargin,note,sample_size,geo,value,unit,retrieved,source,period,country,indicator\r\n"
        "2.5,\"'=a, b\",1200,BJ-BO,-0,% of population,2026-01-31,ARCEP,2025-Q1,BJ,ACC1\r\n"
        ",,,,1e1,% of population,2026-01-31,ARCEP,2025-12,BJ,ACC1\r\n";
    json_t *rows = NULL;
    struct fault f = {0};
    if (import_read(text, sizeof text - 1, &rows, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(text_of(rows, 0, "note"), "=a, b"); /* as our own CSV has it */
    assert_string_equal(text_of(rows, 0, "geo"), "BJ-BO");
    const json_t *first = json_array_get(rows, 0), *second = json_array_get(rows, 1);
    /* PostgreSQL takes no 1200.0 for a whole number. */
    assert_true(json_is_integer(json_object_get(first, "n_samples")));
    assert_int_equal(json_integer_value(json_object_get(first, "n_samples")), 1200);
    assert_true(json_number_value(json_object_get(first, "margin")) == 2.5);
    assert_true(json_number_value(json_object_get(second, "value")) == 10);
    assert_int_equal(json_integer_value(json_object_get(second, "line")), 3);
    assert_null(json_object_get(second, "margin"));
    json_decref(rows);
}

static void names_line_column_and_cure(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file is empty; `import --template`"},
        {"\n\n", "the file is empty"},
        {"indicator;country;value\n", "line 1: the columns are parted by semicolons; save"},
        {"indicator\tcountry\n", "line 1: the columns are parted by tabs"},
        {"indicator,colour\n", "line 1, column 2: \"colour\" is no column"},
        {HEADER ",value\n", "line 1, column 8: value stands twice"},
        {"indicator,country,period,unit,source,retrieved\n", "line 1: the column value is missing"},
        {HEADER "\n" LINE ",x\n", "line 2: 8 columns, the header has 7; put"},
        {HEADER "\nACC1,BJ,2025,\"47,5\",% of population,INStaD,2026-01-31\n",
         "line 2: column value: \"47,5\" is no number; write digits with a point"},
        {HEADER "\n" LINE "\nACC0,BJ,2025,47.5,% of population,INStaD,2026-01-31\n",
         "line 3: column indicator: \"ACC0\" is no indicator; there are: ACC1, ACC2"},
        {HEADER "\n,BJ,2025,47.5,% of population,INStaD,2026-01-31\n", "line 2: column indicator: empty; every line"},
        {HEADER "\nACC1,Benin,2025,1,% of population,INStaD,2026-01-31\n",
         "line 2: column country: \"Benin\" is no country"},
        {HEADER "\nACC1,BJ,25,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"25\" is no period"},
        {HEADER "\nACC1,BJ,2025-13,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-13\" is no"},
        {HEADER "\nACC1,BJ,2025-Q5,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-Q5\" is no"},
        {HEADER "\nACC1,BJ,2025-T1,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-T1\" is no"},
        {HEADER "\nACC1,BJ,2025,nan,% of population,INStaD,2026-01-31\n", "line 2: column value: \"nan\" is no number"},
        {HEADER "\nACC1,BJ,2025,1e999,% of population,INStaD,2026-01-31\n", "line 2: column value: \"1e999\" is no"},
        {HEADER "\nACC1,BJ,2025,0x10,% of population,INStaD,2026-01-31\n", "line 2: column value: \"0x10\" is no"},
        {HEADER "\nACC1,BJ,2025,,% of population,INStaD,2026-01-31\n", "line 2: column value: empty"},
        {HEADER "\nACC1,BJ,2025,101,% of population,INStaD,2026-01-31\n", "line 2: column value: 101 is no share"},
        {HEADER "\nACC1,BJ,2025,1,%,INStaD,2026-01-31\n",
         "line 2: column unit: \"%\" is not the unit of ACC1; convert the value and write \"% of population\""},
        {HEADER "\nACC1,BJ,2025,1,% of population,measured,2026-01-31\n",
         "line 2: column source: \"measured\" is the name"},
        {HEADER "\nACC1,BJ,2025,1,% of population,INStaD,31/01/2026\n",
         "line 2: column retrieved: \"31/01/2026\" is no date"},
        {HEADER "\nACC1,BJ,2025,1,% of population,INStaD,2026-02-30\n",
         "line 2: column retrieved: \"2026-02-30\" is no"},
        {HEADER "\nACC1,BJ,2025,1,% of population,INStaD,2999-01-01\n", "line 2: column retrieved: 2999-01-01 lies in"},
        {HEADER ",geo\n" LINE ",Borgou\n", "line 2: column geo: \"Borgou\" is no department; write"},
        {HEADER ",zone\n" LINE ",town\n", "line 2: column zone: \"town\" is no zone; write urban, rural"},
        {HEADER ",sex\n" LINE ",f\n", "line 2: column sex: \"f\" is not known here; write female"},
        {HEADER ",margin\n" LINE ",-1\n", "line 2: column margin: \"-1\" is no margin"},
        {HEADER ",sample_size\n" LINE ",1.5\n", "line 2: column sample_size: \"1.5\" is no number"},
        {HEADER ",source_url\n" LINE ",arcep.bj\n", "line 2: column source_url: \"arcep.bj\" is no address"},
        {HEADER "\n" LINE "\n\n" LINE "\n", "line 4: the same figure as line 2"},
        {HEADER ",note\n" LINE ",\"never closed\n", "line 2, column 8: the quote that opens here is never closed"},
        {"\xC9t\xE9\n", "octet 1: not UTF-8; save the file as"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *got = NULL;
        struct fault f = {0};
        assert_int_equal(import_read(rows[i].text, strlen(rows[i].text), &got, &f), -EBADMSG);
        assert_null(got);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_template_with_another_line),
        cmocka_unit_test(takes_columns_in_any_order),
        cmocka_unit_test(names_line_column_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
