#include "tests/unit/check.h"

#include "collector/report/history.h"

static void without_figures_there_is_none(void **state)
{
    const struct report r = {.country = "BJ", .year = "2026"};
    const struct indicator *i = indicator_find("ACC1");
    _cleanup_(buf_free) struct buf out = {0};
    size_t *rows = NULL;
    assert_null(history_source(&r, i));
    assert_int_equal(history_rows(&r, i, "ITU", "BJ", &rows), 0);
    free(rows);
    assert_int_equal(history_read(&r, i, &rows), 0);
    assert_null(rows);
    history_write(&r, i, &out);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_figures_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
