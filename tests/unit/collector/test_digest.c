#include "tests/unit/check.h"

#include <math.h>

#include "collector/report/digest.h"

static void numbers_say_where_they_stand(void **state)
{
    struct digest d = {0};
    struct buf out = {0}, csv = {0};
    digest_begin(&d, 1);
    digest_text(&d, DIGEST_what, "day");
    const size_t line = digest_begin(&d, 2);
    digest_text(&d, DIGEST_what, "operator");
    digest_text(&d, DIGEST_operator, "A, \"B\"");
    digest_value(&d, DIGEST_value, 1234.5);
    digest_value(&d, DIGEST_low, NAN);
    digest_count(&d, DIGEST_n_days, 29);
    assert_true(digest_number(&d, LANG_FR, line, DIGEST_value, &out));
    assert_false(digest_number(&d, LANG_FR, line, DIGEST_low, &out));
    assert_true(digest_number(&d, LANG_EN, line, DIGEST_n_days, &out));
    assert_string_equal(out.data, "<data value=\"1234.5\" data-line=\"3\">1\u202F234,50</data>"
                                  "<data value=\"29\" data-line=\"3\" data-column=\"n_days\">29</data>");
    digest_csv(&d, &csv);
    assert_string_equal(
        csv.data, "what,period,against,indicator,check,metric,operator,statistic,of_days,value,low,high,unit,n_days,"
                  "n_probes_least,n_probes_most,verdict,source,simulated,retrieved,source_url\n"
                  "day,,,,,,,,,,,,,,,,,,,,\n"
                  "operator,,,,,,\"A, \"\"B\"\"\",,,1234.5,,,,29,,,,,,,\n");
    buf_free(&out);
    buf_free(&csv);
    digest_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_say_where_they_stand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
