#include "tests/unit/check.h"

#include <errno.h>

#include "collector/figure/indicator.h"
#include "collector/format/csv.h"
#include "collector/db/schema.h"
#include "collector/import/worldbank.h"
#include "common/buf.h"
#include "common/lang.h"
#include "tests/unit/collector/figure_lines.h"

#define BOM  "\xEF\xBB\xBF"
#define LEAD BOM "\"Data Source\",\"World Development Indicators\",\n\n\"Last Updated Date\",\"2018-05-02\",\n\n"
#define HEAD "\"Country Name\",\"Country Code\",\"Indicator Name\",\"Indicator Code\",\"1990\",\"1991\",\"2016\",\n"
#define USERS(name, code)                                                                                              \
    "\"" name "\",\"" code "\",\"Individuals using the Internet (% of population)\",\"IT.NET.USER.ZS\","

/* All countries: regions and strangers are left out, a neighbour is not, and what is empty is no zero. */
static void takes_a_series_of_all_countries(void **state)
{
    static const char text[] = LEAD HEAD
        USERS("Aruba", "ABW") "\"0\",\"\",\"93.5\",\n" USERS("Arab World", "ARB") "\"0\",\"\",\"42.5\",\n" USERS(
            "Benin", "BEN") "\"0\",\"\",\"11.994047908223\",\n" USERS("Togo", "TGO") "\"\",\"\",\"11.31\",\n";
    _cleanup_(buf_free) struct buf out = {0};
    _cleanup_(worldbank_found_free) struct worldbank_found w = {0};
    struct fault f = {0};
    if (worldbank_read(text, sizeof text - 1, NULL, &w, keep, &out, &f) < 0)
        fail_msg("%s", f.text);
    /* The years without a number are handed over as well: an earlier file may have had one. */
    static const char bj[] = "|% of population||||IT.NET.USER.ZS, World Development Indicators|World Bank|"
                             "https://data.worldbank.org/indicator/IT.NET.USER.ZS?locations=BJ|2018-05-02|\n";
    static const char tg[] = "|% of population||||IT.NET.USER.ZS, World Development Indicators|World Bank|"
                             "https://data.worldbank.org/indicator/IT.NET.USER.ZS?locations=TG|2018-05-02|\n";
    _cleanup_text_ char *wanted = alloc_format(
        "8|ACC1|BJ|||||||||1990|0%s8|ACC1|BJ|||||||||1991|%s8|ACC1|BJ|||||||||2016|11.994047908223%s"
        "9|ACC1|TG|||||||||1990|%s9|ACC1|TG|||||||||1991|%s9|ACC1|TG|||||||||2016|11.31%s",
        bj, bj, bj, tg, tg, tg);
    assert_string_equal(out.data, wanted);
    assert_int_equal(w.figures, 3);
    assert_int_equal(w.empty, 3);
    assert_int_equal(w.strangers, 2);
    assert_int_equal(w.unmapped, 0);
}

/* One country with many series, without the lines above, as DataBank writes it. */
static void takes_an_extract(void **state)
{
    static const char text[] =
        "Series Name,Series Code,Country Name,Country Code,2018 [YR2018],2019 [YR2019]\r\n"
        "\"Access to electricity, rural (% of rural population)\",EG.ELC.ACCS.RU.ZS,Benin,BEN,17.9,..\r\n"
        "Mobile cellular subscriptions,IT.CEL.SETS,Benin,BEN,9461872,..\r\n"
        "Mobile cellular subscriptions (per 100 people),IT.CEL.SETS.P2,Benin,BEN,82.3,..\r\n"
        "Surface area (sq. km),AG.SRF.TOTL.K2,Benin,BEN,114760,\r\n\r\n\r\n"
        "Data from database: World Development Indicators\r\nLast Updated: 07/30/2021\r\n";
    _cleanup_(buf_free) struct buf out = {0};
    _cleanup_(worldbank_found_free) struct worldbank_found w = {0};
    struct fault f = {0};
    assert_int_equal(worldbank_read(text, sizeof text - 1, NULL, &w, keep, &out, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "say when it was taken: --retrieved"));
    if (worldbank_read(text, sizeof text - 1, "2021-08-01", &w, keep, &out, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(out.data, "2|EQU3|BJ||||rural|||||2018|17.9|% of population||||EG.ELC.ACCS.RU.ZS|World Bank|"
                                  "https://data.worldbank.org/indicator/EG.ELC.ACCS.RU.ZS?locations=BJ|2021-08-01|\n"
                                  "2|EQU3|BJ||||rural|||||2019||% of population||||EG.ELC.ACCS.RU.ZS|World Bank|"
                                  "https://data.worldbank.org/indicator/EG.ELC.ACCS.RU.ZS?locations=BJ|2021-08-01|\n");
    assert_string_equal(w.codes.data, "IT.CEL.SETS, IT.CEL.SETS.P2, AG.SRF.TOTL.K2");
    assert_int_equal(w.unmapped, 3);
    assert_non_null(strstr(worldbank_why("IT.CEL.SETS.P2"), "ACC3"));
    assert_null(worldbank_why("AG.SRF.TOTL.K2"));
    assert_null(worldbank_why("IT.NET.USER.ZS"));
}

/* Each line looks through the list: it does not grow with them, but what is known of a series is said in any case. */
static void names_few_of_many_strange_series(void **state)
{
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_(worldbank_found_free) struct worldbank_found w = {0};
    struct fault f = {0};
    buf_add_text(&text, LEAD HEAD USERS("Benin", "BEN") "\"0\",\"\",\"1\",\n");
    for (int i = 0; i < 2000; i++)
        buf_addf(&text, "Benin,BEN,x,XX.%d,1,1,1,\n", i);
    buf_add_text(&text, "Benin,BEN,x,IT.CEL.SETS.P2,1,1,1,\n");
    if (worldbank_read(text.data, text.len, NULL, &w, NULL, NULL, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(w.unmapped, 2001);
    assert_true(w.codes.len < 2100);
    assert_non_null(strstr(w.codes.data, ", IT.CEL.SETS.P2"));
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "no line has Country Code, Indicator Code and years"},
        {"\"Country Code\",\"Region\",\"IncomeGroup\"\n\"BEN\",\"x\",\"y\"\n", "no line has Country Code"},
        {"Data Source;WDI;\n\nLast Updated Date;2018-05-02;\n\na;b\na;b\na;b\na;b\na;b\na;b\n",
         "line 9: the columns are parted by semicolons"},
        {BOM "\"Data Source\",\"W\",\n\n\"Last Updated Date\",\"2999-01-01\",\n\n",
         "line 3, column 2: 2999-01-01 lies"},
        {BOM "\"Data Source\",\"W\x1B]0;x\",\n", "line 1, column 2: U+001B is in it"},
        {BOM "\"Data Source\",\"0123456789012345678901234567890123456789012345678901234567890\",\n",
         "line 1, column 2: a name of 60 octets"},
        {LEAD HEAD USERS("Benin", "BEN") "\"0\",\"1\",\n", "line 6: 7 columns, the header has 8"},
        {LEAD HEAD USERS("Benin", "BEN") "\"0\",\"\",\"11,9\",\n",
         "line 6, column 7 (2016): \"11,9\" is no number here"},
        {LEAD HEAD USERS("Benin", "BEN") "\"0\",\"\",\"119\",\n", "line 6, column 7 (2016): 119 cannot be"},
        {LEAD HEAD USERS("Benin", "BEN") "\"\",\"\",\"\",\n", "no cell of our countries has a number"},
        {LEAD HEAD USERS("Aruba", "ABW") "\"0\",\"\",\"1\",\n",
         "no line is of a country that has a pack, or of its neighbours; those are: BJ, ML, SN; and: "},
        {LEAD HEAD "\"Benin\",\"BEN\",\"Mobile\",\"IT.CEL.SETS.P2\",\"0\",\"\",\"1\",\n",
         "no series in it is an indicator here: IT.CEL.SETS.P2; those that are: IT.NET.USER.ZS, "},
        {LEAD HEAD "\"B\xE9nin\",", "the file is not in UTF-8"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(worldbank_found_free) struct worldbank_found w = {0};
        struct fault f = {0};
        assert_int_equal(worldbank_read(rows[i].text, strlen(rows[i].text), NULL, &w, NULL, NULL, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
    }
}

/* Each series is an indicator that may be brought, by a dimension that this has, or says why it is none. */
static void the_table_names_indicators(void **state)
{
    const char *text = schema_file("sources/worldbank.tsv")->text;
    _cleanup_(csv_free) struct csv csv;
    struct fault f = {0};
    size_t mapped = 0;
    csv_start(&csv, text, strlen(text));
    csv.separator = '\t';
    assert_int_equal(csv_next(&csv, &f), 1);
    while (csv_next(&csv, &f) > 0) {
        assert_int_equal(csv.count, 6);
        const struct indicator *i = *csv.fields[1] ? indicator_find(csv.fields[1]) : NULL;
        assert_int_equal(!*csv.fields[1], *csv.fields[4] && *csv.fields[5]);
        if (!*csv.fields[1])
            continue;
        if (!i || !indicator_importable(i) || (*csv.fields[2] && !(i->dimensions & DIM_ZONE)) ||
            (*csv.fields[3] && !(i->dimensions & DIM_SEX)))
            fail_msg("%s", csv.fields[0]);
        mapped++;
    }
    assert_true(mapped >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_series_of_all_countries),  cmocka_unit_test(takes_an_extract),
        cmocka_unit_test(names_few_of_many_strange_series), cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(the_table_names_indicators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
