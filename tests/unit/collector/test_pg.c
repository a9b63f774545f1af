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

static void another_database_of_the_same_server(void **state)
{
    static const struct {
        const char *from, *becomes;
    } rows[] = {
        {"host='/a b' port=5432 user=o dbname=d", "user='o' host='/a b' port='5432' dbname='e\\'f'"},
        {"postgresql://o:p%27w@db.example.org/d?sslmode=require",
         "user='o' password='p\\'w' host='db.example.org' sslmode='require' dbname='e\\'f'"},
        {"host=/a\\\\b", "host='/a\\\\b' dbname='e\\'f'"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_text_ char *conninfo = pg_conninfo_of(rows[i].from, "e'f");
        assert_string_equal(conninfo, rows[i].becomes);
        assert_int_equal(pg_conninfo_check(conninfo, NULL), 0);
    }
    assert_null(pg_conninfo_of("nonsense = 1", "e"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_connection_says_where_and_why),
        cmocka_unit_test(another_database_of_the_same_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
