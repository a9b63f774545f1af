#include "tests/unit/check.h"

#include <errno.h>

#include "collector/db/pg.h"

static void a_failed_connection_says_where_and_why(void **state)
{
    struct fault f = {0};
    struct pg *pg = NULL;
    assert_int_equal(pg_open("host=/nonexistent dbname=x", &pg, &f), -ENOTCONN);
    assert_int_equal(f.code, -ENOTCONN);
    assert_non_null(strstr(f.text, "/nonexistent"));
    assert_non_null(strstr(f.text, strerror(ENOENT)));
    assert_int_equal(pg_open("nonsense = 1", &pg, &f), -ENOTCONN);
    assert_non_null(strstr(f.text, "nonsense"));
    assert_int_equal(pg_open("host=/nonexistent", &pg, NULL), -ENOTCONN);
    assert_null(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_connection_says_where_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
