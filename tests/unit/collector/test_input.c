#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/input.h"
#include "collector/import/kind.h"
#include "common/buf.h"

extern const struct import_kind import_plans, import_market, import_economy, import_events;

#define PLANS                                                                                                          \
    "plan,country,operator,technology,segment,price,currency,volume_gb,validity_days,promotion,valid_from,valid_to,"   \
    "source,retrieved\n"
#define PLAN   "p1,BJ,MTN,4g,prepaid,1000,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n"
#define MARKET "country,technology,operator,period,share,subscriptions,source,retrieved\n"
#define EVENTS "country,date,kind,title_fr,title_en,source,retrieved\n"
#define MONEY  "country,period,series,value,currency,source,retrieved\n"

static int read_all(const struct import_kind *kind, const char *text, struct remarks *remarks, json_t **ret,
                    struct fault *f)
{
    _cleanup_(buf_free) struct buf file = {0};
    struct import_run run = {.kind = kind, .path = "x"};
    void *rows = NULL;
    buf_add_text(&file, text);
    buf_reserve(&file, 1);
    int rc = kind->read(&run, &file, &rows, f);
    if (remarks)
        *remarks = run.remarks;
    *ret = rows;
    return rc;
}

/* As they were printed they hold nothing but an example. */
static void take_their_templates_with_another_line(void **state)
{
    const struct import_kind *const kinds[] = {&import_plans, &import_market, &import_economy, &import_events};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        json_t *rows;
        struct fault f = {0};
        assert_int_equal(read_all(kinds[k], kinds[k]->template, NULL, &rows, &f), -EBADMSG);
        assert_non_null(strstr(f.text, "line 2: column note: this line is the template's example"));
        kinds[k]->free(rows);
        _cleanup_text_ char *text = alloc_text(kinds[k]->template);
        memcpy(strstr(text, "an example"), "my example", 10);
        if (read_all(kinds[k], text, NULL, &rows, &f) < 0)
            fail_msg("%s", f.text);
        assert_int_equal(json_array_size(rows), 1);
        kinds[k]->free(rows);
    }
}

static void keeps_texts_and_lines(void **state)
{
    json_t *rows;
    struct remarks remarks;
    struct fault f = {0};
    if (read_all(&import_plans,
                 PLANS PLAN
                 "\"p,2\",SN,Orange,fibre,postpaid,1e4,XOF,,30,Oui,2025-03-01,2025-03-01,Orange,2026-01-31\n",
                 &remarks, &rows, &f) < 0)
        fail_msg("%s", f.text);
    const json_t *first = json_array_get(rows, 0), *second = json_array_get(rows, 1);
    assert_int_equal(json_integer_value(json_object_get(second, "line")), 3);
    assert_string_equal(json_string_value(json_object_get(second, "plan")), "p,2");
    assert_string_equal(json_string_value(json_object_get(first, "promotion")), "f");
    assert_string_equal(json_string_value(json_object_get(second, "promotion")), "t");
    assert_string_equal(json_string_value(json_object_get(first, "volume_gb")), "1");
    assert_null(json_object_get(second, "volume_gb"));
    assert_int_equal(remarks.count[REMARK_NO_URL], 2);
    input_free(rows);
}

static void name_line_column_and_cure(void **state)
{
    static const struct {
        const struct import_kind *kind;
        const char *text, *says;
    } cases[] = {
        {&import_plans, "", "the file is empty; `import plans --template`"},
        {&import_plans, PLANS, "the file holds a header and nothing else"},
        {&import_plans, "plan;country\n", "line 1: the column operator is missing"},
        {&import_plans, "plan,colour\n",
         "line 1, column 2: \"colour\" is no column of this format; `import plans --template`"},
        {&import_plans, PLANS "p,XX,MTN,4g,prepaid,1,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column country: there is no country pack of XX"},
        {&import_plans, PLANS "p,BJ,,4g,prepaid,1,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column operator: empty"},
        {&import_plans, PLANS "p,BJ,MTN,6g,prepaid,1,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column technology: \"6g\" is not known here; write one of: mobile, fixed"},
        {&import_plans, PLANS "p,BJ,MTN,4g,paid,1,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column segment: \"paid\" is not known here; write one of: prepaid, postpaid"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,0,XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column price: 0 is not above 0"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,\"1 000,5\",XOF,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column price: \"1 000,5\" is no number here: decimals stand behind a point; write 1000.5"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,EUR,1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column currency: \"EUR\" is not the currency of BJ; convert the amount and write XOF"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,-1,30,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column volume_gb: -1 is not above 0"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,1.5,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column validity_days: \"1.5\" is no number of days"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,0,no,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column validity_days: \"0\" is no number of days"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,maybe,2025-03-01,,MTN,2026-01-31\n",
         "line 2: column promotion: \"maybe\" is neither yes nor no"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,01/03/2025,,MTN,2026-01-31\n",
         "line 2: column valid_from: \"01/03/2025\" is no date"},
        {&import_plans,
         PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,1989-01-01,,MTN,2026-01-31\n" PLAN
               "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,0202-01-01,,MTN,2026-01-31\n",
         "line 4: column valid_from: 0202-01-01 is before 1989-01-01, when nobody sold access to the Internet; write "
         "the "
         "day"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,1988-12-31,,MTN,2026-01-31\n",
         "line 2: column valid_from: 1988-12-31 is before"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,2025-03-01,2025-02-28,MTN,2026-01-31\n",
         "line 2: column valid_to: 2025-02-28 is before 2025-03-01"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,2025-03-01,,calculated,2026-01-31\n",
         "line 2: column source: \"calculated\" is the name of our own"},
        {&import_plans, PLANS "p,BJ,MTN,4g,prepaid,1,XOF,1,30,no,2025-03-01,,MTN,2999-01-31\n",
         "line 2: column retrieved: 2999-01-31 lies in the future"},
        {&import_economy, MONEY "BJ,2024,gni_per_capita,1e300,XOF,WB,2026-01-31\n",
         "line 2: column value: 1e300 cannot be, too far"},
        {&import_economy, MONEY "BJ,2024,gni_per_capita,1e-300,XOF,WB,2026-01-31\n",
         "line 2: column value: 1e-300 cannot be, too far"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,,,ARCEP,2026-01-31\n",
         "line 2: columns share, subscriptions: one of the two"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,40,40,ARCEP,2026-01-31\n",
         "line 2: columns share, subscriptions: one of the two"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,101,,ARCEP,2026-01-31\n", "line 2: column share: 101 is no share"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,1e-20000,,ARCEP,2026-01-31\n",
         "line 2: column share: \"1e-20000\" is no number"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,0e99999999,,ARCEP,2026-01-31\n",
         "line 2: column share: \"0e99999999\" is no number"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,-1,,ARCEP,2026-01-31\n", "line 2: column share: -1 is no share"},
        {&import_market, MARKET "BJ,mobile,MTN,2025,,1.5,ARCEP,2026-01-31\n",
         "line 2: column subscriptions: \"1.5\" is no number"},
        {&import_market, MARKET "BJ,mobile,MTN,2099,40,,ARCEP,2026-01-31\n",
         "line 2: column period: 2099 has not begun"},
        {&import_events, EVENTS "BJ,2999-01-01,law,a,b,ARCEP,2026-01-31\n",
         "line 2: column date: 2999-01-01 lies in the future; write the day on which it happened"},
        {&import_events, EVENTS "BJ,01/02/2024,law,a,b,ARCEP,2026-01-31\n",
         "line 2: column date: \"01/02/2024\" is no date"},
        {&import_economy, MONEY "BJ,2024,gdp,1,XOF,WB,2026-01-31\n",
         "line 2: column series: \"gdp\" is not known here; write one of: gni_per_capita, cpi"},
        {&import_economy, MONEY "BJ,2024,cpi,110,XOF,WB,2026-01-31\n",
         "line 2: column currency: cpi is no amount of money"},
        {&import_economy, MONEY "BJ,2024,gni_per_capita,1,,WB,2026-01-31\n",
         "line 2: column currency: empty; gni_per_capita is an amount"},
        {&import_economy, MONEY "BJ,2024,smartphone_price,1,USD,WB,2026-01-31\n",
         "line 2: column currency: \"USD\" is not the currency of BJ"},
        {&import_economy, MONEY "BJ,2024-12,cpi,110,,WB,2026-01-31\nBJ,2024-Q3,gni_per_capita,1,XOF,WB,2026-01-31\n",
         "line 3: column period: 2024-Q3 is a part of a year; gni_per_capita is of a whole one: write 2024"},
        {&import_economy, MONEY "BJ,2024,population,14000000,,WB,2026-01-31\n", /* which no figure reads */
         "line 2: column series: \"population\" is not known here"},
        {&import_economy, MONEY "BJ,2024-S1,gni_per_capita,1,XOF,WB,2026-01-31\n",
         "line 2: column period: 2024-S1 is a part of a year; gni_per_capita"},
        {&import_economy, MONEY "BJ,2024,cpi,0,,WB,2026-01-31\n", "line 2: column value: 0 is not above 0"},
        {&import_economy, MONEY "BJ,2024,cpi,110,,WB,2026-01-31\nBJ,2024,cpi,nan,,WB,2026-01-31\n",
         "line 3: column value: \"nan\" is no number"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *rows;
        struct fault f = {0};
        int rc = read_all(cases[i].kind, cases[i].text, NULL, &rows, &f);
        if (rc != -EBADMSG || strncmp(f.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("%d \"%s\", wanted \"%s…\"", rc, f.text, cases[i].says);
        cases[i].kind->free(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(take_their_templates_with_another_line),
        cmocka_unit_test(keeps_texts_and_lines),
        cmocka_unit_test(name_line_column_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
