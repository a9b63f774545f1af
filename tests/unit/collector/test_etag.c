#include "tests/unit/check.h"

#include "collector/http/etag.h"
#include "common/alloc.h"

static void makes(void **state)
{
    char a[ETAG_SIZE], b[ETAG_SIZE];
    etag_make("page", 4, a);
    etag_make("page", 4, b);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), ETAG_SIZE - 1);
    assert_true(a[0] == '"' && a[ETAG_SIZE - 2] == '"' && !strpbrk(a, ", "));
    etag_make("Page", 4, b);
    assert_string_not_equal(a, b);
}

static void matches(void **state)
{
    static const struct {
        const char *header;
        bool matches;
    } rows[] = {
        {NULL, false},           {"", false},   {"\"a1\"", true},        {"\"a2\"", false},
        {"W/\"a1\"", true},      {"*", true},   {"\"x\", \"a1\"", true}, {"\"x\",W/\"a1\" ,\"y\"", true},
        {"\"x\", \"y\"", false}, {"a1", false}, {"\"a1", false},         {"\"a1\"\"", false},
        {", ,", false},          {"W/", false}, {"**", false},           {"\"a11\"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (etag_matches(rows[i].header, "\"a1\"") != rows[i].matches)
            fail_msg("%s", rows[i].header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(makes), cmocka_unit_test(matches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
