#include "tests/unit/check.h"

#include <errno.h>

#include "collector/report/company.h"
#include "collector/report/document.h"

static int keep(void *of, const char *name, const struct buf *bytes, struct fault *f)
{
    fail_msg("%s is kept", name);
    return 0;
}

/* Of a year without figures nobody is known, and no sheet is written. */
static void nobody_is_known_without_figures(void **state)
{
    const struct report_order order = {.language = language_find("en"), .document = &document_review, .wanted = "MTN"};
    struct report r = {.order = &order, .country = "BJ", .year = "2026"};
    const char **names = company_names(&r), *found = NULL;
    const struct outlet to = {keep, NULL};
    struct fault f = {0};
    assert_null(names[0]);
    free(names);
    assert_int_equal(company_find(&r, "MTN", &found, &f), -ENOENT);
    assert_non_null(strstr(f.text, "\"MTN\""));
    assert_null(found);
    assert_int_equal(document_review.write(&r, &to, &f), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_known_without_figures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
