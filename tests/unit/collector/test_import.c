#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/figures.h"
#include "collector/import/nearest.h"
#include "collector/import/unit.h"
#include "common/buf.h"
#include "common/log.h"
#include "tests/unit/collector/figure_lines.h"

#define HEADER "indicator,country,period,value,unit,source,retrieved"
#define LINE   "ACC1,BJ,2025,47.5,% of population,INStaD,2026-01-31"

static int read_all(const char *text, size_t len, struct remarks *remarks, struct buf *ret, struct fault *f)
{
    size_t count;
    return figures_read(text, len, remarks, keep, ret, &count, f);
}

/* As it was printed it has no figure but an example. */
static void takes_the_template_with_another_line(void **state)
{
    _cleanup_(buf_free) struct buf out = {0};
    struct fault f = {0};
    assert_int_equal(read_all(figures_template, strlen(figures_template), NULL, &out, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "line 2: column note: this line is the template's example"));
    _cleanup_text_ char *text = alloc_text(figures_template);
    memcpy(strstr(text, "an example"), "my example", 10);
    if (read_all(text, strlen(text), NULL, &out, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(out.data,
                        "2|ACC1|BJ|||||||||2025|47.5|% of population||||estimate of the national statistics office|"
                        "INStaD|https://instad.bj/|2026-01-31|my example: replace this line\n");
}

/* In another order, with a byte order mark, lines that end as on Windows, blanks
 * around, the unit in French, quarters of a year and all that a survey says. */
static void takes_columns_in_any_order(void **state)
{
    static const char text[] =
        "\xEF\xBB\xBFmargin,note,sample_size,geo,value,unit,retrieved,source,period,country,indicator,sex,zone\r\n"
        "2.5,\"'=a, b\",1200,BJ-BO,-0,% of population,2026-01-31, ARCEP\xC2\xA0,2025-Q1,BJ,ACC1,female,rural\r\n"
        ",,,, 1e1 ,% de la population,2026-01-31,ARCEP,2025-12,BJ,ACC1,,\r\n";
    _cleanup_(buf_free) struct buf out = {0};
    struct fault f = {0};
    if (read_all(text, sizeof text - 1, NULL, &out, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(
        out.data, "2|ACC1|BJ|BJ-BO|||rural|female||||2025-Q1|-0|% of population|1200|2.5|||ARCEP||2026-01-31|=a, b\n"
                  "3|ACC1|BJ|||||||||2025-12|1e1|% of population|||||ARCEP||2026-01-31|\n");
}

static void notes_what_is_unusual(void **state)
{
    static const char text[] = HEADER ",source_url\n" LINE ",https://instad.bj/\n" LINE ",\n"
                                      "ACC1,BJ,1991,0,% of population,ITU,2026-01-31,\n";
    _cleanup_(buf_free) struct buf out = {0};
    struct remarks r = {.path = "x"};
    struct fault f = {0};
    assert_int_equal(read_all(text, sizeof text - 1, &r, &out, &f), 0);
    assert_int_equal(r.count[REMARK_NO_URL], 2);
    assert_int_equal(r.first[REMARK_NO_URL], 3);
    assert_int_equal(r.count[REMARK_OLD], 1);
    log_set_level(LOG_ERROR);
    assert_int_equal(remarks_end(&r, &f), 0);
    r.strict = true;
    assert_int_equal(remarks_end(&r, &f), -EBADMSG);
    assert_string_equal(f.text, "3 warnings, and --strict takes none");
    r = (struct remarks){.path = "x", .strict = true};
    assert_int_equal(remarks_end(&r, &f), 0);
    remark_say(&r, "line 2: odd");
    assert_int_equal(remarks_end(&r, &f), -EBADMSG);
}

static void knows_the_nearest(void **state)
{
    static const char *const names[] = {"Celtiis (SBIN)", "JENY", "Moov Africa B\xC3\xA9nin",
                                        "MTN B\xC3\xA9nin (Spacetel)", "OTI"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"mtn", "MTN B\xC3\xA9nin (Spacetel), JENY, OTI"},
        {"mtm", "MTN B\xC3\xA9nin (Spacetel), JENY, OTI"}, /* after its first word */
        {"Celtis (SBIN)", "Celtiis (SBIN), JENY, OTI"},
        {"Moov", "Moov Africa B\xC3\xA9nin, JENY, OTI"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nearest n = {.word = rows[i].word};
        for (size_t k = 0; k < COUNT(names); k++)
            nearest_offer(&n, names[k]);
        _cleanup_text_ char *text = nearest_text(&n);
        assert_memory_equal(text, rows[i].nearest, strcspn(rows[i].nearest, ","));
    }
    struct nearest none = {.word = "x"};
    _cleanup_text_ char *text = nearest_text(&none);
    assert_string_equal(text, "");
}

static void knows_what_units_can_be(void **state)
{
    static const struct {
        const char *unit;
        double value;
        const char *says; /* NULL: it can be */
    } rows[] = {
        {"ms", 0, NULL},
        {"ms", -5, "-5 cannot be, in \"ms\": it is 0 at least"},
        {"% of users", 100, NULL},
        {"% of users", 100.1, "100.1 cannot be, in \"% of users\": it lies between 0 and 100"},
        {"%", -1, "-1 cannot be"},
        {"% of GNI per capita", 130, NULL},
        {"% year on year", 250, NULL},
        {"% year on year", -101, "-101 cannot be, in \"% year on year\": it is -100 at least"},
        {"per 100 inhabitants", 130, NULL},
        {"1-5", 0.5, "0.5 cannot be, in \"1-5\": it lies between 1 and 5"},
        {"0-10000", 3333.4, NULL},
        {"0-1", 1.01, "1.01 cannot be"},
        {"count", 3, NULL},
        {"count", 3.5, "3.5 cannot be, in \"count\": it is a whole number"},
        {"count and HHI", 3.5, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        assert_int_equal(unit_check(rows[i].unit, rows[i].value, &f), rows[i].says ? -EBADMSG : 0);
        if (rows[i].says && strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
    }
}

static void names_line_column_and_cure(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file is empty; `import csv --template`"},
        {"\n\n", "the file is empty"},
        {"indicator;country;value\n", "line 1: the column period is missing"},
        {"indicator\tcountry\n", "line 1: the column period is missing"},
        {"indicator,colour\n", "line 1, column 2: \"colour\" is no column"},
        {HEADER ",value\n", "line 1, column 8: value stands twice"},
        {"indicator,country,period,unit,source,retrieved\n", "line 1: the column value is missing"},
        {HEADER "\n" LINE ",x\n", "line 2: 8 columns, the header has 7; put"},
        {HEADER "\nACC1,BJ,2025,\"47,5\",% of population,INStaD,2026-01-31\n",
         "line 2: column value: \"47,5\" is no number here: decimals stand behind a point; write 47.5"},
        {HEADER "\n" LINE "\nACC0,BJ,2025,47.5,% of population,INStaD,2026-01-31\n",
         "line 3: column indicator: \"ACC0\" is no indicator; there are: ACC1, ACC2"},
        {HEADER "\n,BJ,2025,47.5,% of population,INStaD,2026-01-31\n", "line 2: column indicator: empty; every line"},
        {HEADER "\nACC1,Benin,2025,1,% of population,INStaD,2026-01-31\n",
         "line 2: column country: \"Benin\" is no country"},
        {HEADER "\nACC1,BJ,25,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"25\" is no period"},
        {HEADER "\nACC1,BJ,2025-13,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-13\" is no"},
        {HEADER "\nACC1,BJ,0000,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"0000\" is no period"},
        {HEADER "\nACC1,BJ,2025-Q5,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-Q5\" is no"},
        {HEADER "\nACC1,BJ,2025-T1,1,% of population,INStaD,2026-01-31\n", "line 2: column period: \"2025-T1\" is no"},
        {HEADER "\nACC1,BJ,2025,nan,% of population,INStaD,2026-01-31\n", "line 2: column value: \"nan\" is no number"},
        {HEADER "\nACC1,BJ,2025,1e999,% of population,INStaD,2026-01-31\n", "line 2: column value: \"1e999\" is no"},
        {HEADER "\nACC1,BJ,2025,0x10,% of population,INStaD,2026-01-31\n", "line 2: column value: \"0x10\" is no"},
        {HEADER "\nACC1,BJ,2025,,% of population,INStaD,2026-01-31\n", "line 2: column value: empty"},
        {HEADER "\nACC1,BJ,2025,101,% of population,INStaD,2026-01-31\n", "line 2: column value: 101 cannot be, in"},
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
        {HEADER ",technology\n" LINE ",fibre\n" LINE ",2g\n" LINE ",mobile\n" LINE ",Mobile\n",
         "line 5: column technology: \"Mobile\" is not known here; write one of: mobile, fixed, 2g, fibre, adsl"},
        {HEADER ",sex\n" LINE ",f\n", "line 2: column sex: \"f\" is not known here; write female"},
        {HEADER ",item\n" LINE ",price\n",
         "line 2: column item: \"price\" is no item of ACC1; there are: no-schooling, "},
        {HEADER ",item\nACC2,BJ,2025,47.5,% of households,INStaD,2026-01-31,price\n",
         "line 2: column item: ACC2 has no items; leave it empty"},
        {HEADER "\nUSE2,BJ,2025,47.5,% of non-users,INStaD,2026-01-31\n",
         "line 2: column item: each figure of USE2 is of one of: price, network"},
        {HEADER ",margin\n" LINE ",-1\n", "line 2: column margin: \"-1\" is no margin"},
        {HEADER ",sample_size\n" LINE ",1.5\n", "line 2: column sample_size: \"1.5\" is no number"},
        {HEADER ",source_url\n" LINE ",arcep.bj\n", "line 2: column source_url: \"arcep.bj\" is no address"},
        {HEADER ",source_url\n" LINE ",https://\n", "line 2: column source_url: \"https://\" is no address"},
        {HEADER ",source_url\n" LINE ",https://arcep.bj/un rapport\n",
         "line 2: column source_url: \"https://arcep.bj/"},
        {HEADER "\nACC1,BJ,2025,\"1\xE2\x80\xAF"
                "234,5\",% of population,INStaD,2026-01-31\n",
         "line 2: column value: \"1\xE2\x80\xAF"
         "234,5\" is no number here: decimals stand behind a point; write 1234.5"},
        {HEADER "\nACC1,BJ,2025,\"4,7,5\",% of population,INStaD,2026-01-31\n",
         "line 2: column value: \"4,7,5\" is no number; write"},
        {HEADER "\nACC1,BJ,2099,1,% of population,INStaD,2026-01-31\n",
         "line 2: column period: 2099 has not begun yet"},
        {HEADER "\nACC1,BJ,2099-S2,1,% of population,INStaD,2026-01-31\n",
         "line 2: column period: 2099-S2 has not begun"},
        {HEADER "\nACC1,XX,2025,1,% of population,INStaD,2026-01-31\n",
         "line 2: column country: there is no country pack of XX; there are those of: BJ, ML, SN"},
        {HEADER "\nPER1,BJ,2025,1,ms,INStaD,2026-01-31\n",
         "line 2: column indicator: PER1 is not imported: it is measured or rated here"},
        {HEADER "\nACC1,BJ,2025,-5,% of population,INStaD,2026-01-31\n", "line 2: column value: -5 cannot be, in"},
        {HEADER ",note\n" LINE ",\"never closed\n", "line 2, column 8: the quote that opens here is never closed"},
        {"\xC9t\xE9\n", "line 1, column 1: a letter that is not in UTF-8"},
        {HEADER "\n\"a,b\",B\xE9nin,\n",
         "line 2, column 2: a letter that is not in UTF-8 (older spreadsheets write Latin-1); save the"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf out = {0};
        struct fault f = {0};
        assert_int_equal(read_all(rows[i].text, strlen(rows[i].text), NULL, &out, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_template_with_another_line),
        cmocka_unit_test(takes_columns_in_any_order),
        cmocka_unit_test(notes_what_is_unusual),
        cmocka_unit_test(knows_the_nearest),
        cmocka_unit_test(knows_what_units_can_be),
        cmocka_unit_test(names_line_column_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
