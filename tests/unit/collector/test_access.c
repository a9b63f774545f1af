#include "tests/unit/check.h"

#include <errno.h>

#include "collector/api/access.h"
#include "common/alloc.h"

static void reads_the_bearer(void **state)
{
    static const struct {
        const char *header, *secret;
    } rows[] = {
        {NULL, NULL},
        {"Bearer imk_abc", "imk_abc"},
        {"bearer imk_abc", "imk_abc"}, /* a scheme's name has no case: RFC 9110 section 11.1 */
        {"  Bearer   imk_abc", "imk_abc"},
        {"Bearer ", ""},
        {"Bearer", ""},
        {"", ""},
        {"Basic dXNlcjpwYXNz", ""},
        {"imk_abc", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *secret = access_bearer(rows[i].header);
        if (rows[i].secret)
            assert_string_equal(secret, rows[i].secret);
        else
            assert_null(secret);
    }
}

/* Decided before the database is asked: there is none here. */
static void what_is_no_secret_asks_nobody(void **state)
{
    struct access access = {.level = ACCESS_ANALYST};
    struct fault f = {0};
    assert_int_equal(access_of(NULL, NULL, LANG_EN, &access, &f), 0);
    assert_int_equal(access.level, ACCESS_PUBLIC);
    static const char *const wrong[] = {"", "abc", "imt_abc", "IMK_abc", " imk_abc"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        access.level = ACCESS_ANALYST;
        assert_int_equal(access_of(NULL, wrong[i], LANG_EN, &access, &f), -EACCES);
        assert_int_equal(access.level, ACCESS_PUBLIC);
        assert_non_null(strstr(f.text, "Bearer imk_"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_bearer),
        cmocka_unit_test(what_is_no_secret_asks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
