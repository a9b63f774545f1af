#include "tests/unit/check.h"

#include "collector/import/stage.h"

/* PostgreSQL's manual, "COPY": a tab between, \N for nothing, what is special behind a backslash. */
static void writes_lines_for_copy(void **state)
{
    struct stage s = {0};
    struct fault f = {0};
    const struct figure_line lines[] = {
        {.line = 2, .cell = {[CELL_INDICATOR] = "ACC1", [CELL_VALUE] = "1e1", [CELL_MARGIN] = "2.5"}},
        {.line = 3, .cell = {[CELL_VALUE] = "-0", [CELL_NOTE] = "a\tb\\N\r\n"}},
    };
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_int_equal(stage_put(&s, &lines[i], &f), 0);
    buf_add_char(&s.rows, '\0');
    assert_string_equal(
        s.rows.data,
        "2\tACC1\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t10\t\\N\t\\N\t2.5\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n"
        "3\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t0\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\ta\\tb\\\\"
        "N\\r"
        "\\n"
        "\n");
    assert_int_equal(s.count, 2);
    buf_free(&s.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_lines_for_copy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
