#include "tests/unit/check.h"

#include "collector/api/series_made.h"
#include "common/alloc.h"

#define SELECT_SQL                                                                                                     \
    "COPY (SELECT d.day - '2000-01-01'::date, d.cell_no, d.check_no, d.position, d.kind, d.probes, d.samples, "        \
    "d.medians FROM rollup_cell_day d WHERE d.day BETWEEN '2024-01-01' AND '2024-12-31' AND d.scope = "

static void days_are_narrowed_to_what_is_asked(void **state)
{
    static const struct {
        struct made_span span;
        const char *where;
    } cases[] = {
        {{.scope = "all"}, "'all'"},
        {{.scope = "all", .check_no = 1, .position = 3}, "'all' AND d.check_no = 1 AND d.position = 3"},
        {{.scope = "kind", .kind = "resolver", .check_no = 2}, "'kind' AND d.check_no = 2 AND d.kind = 'resolver'"},
        {{.scope = "target", .targets = "7", .cells = "1,2"}, "'target' AND d.target_no IN (7) AND d.cell_no IN (1,2)"},
        {{.scope = "all", .probe_no = 12},
         "'all' AND (d.day, d.cell_no) IN (SELECT l.day, l.cell_no FROM rollup_line l WHERE l.probe_no = 12 AND "
         "l.day BETWEEN '2024-01-01' AND '2024-12-31')"},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct made_span span = cases[c].span;
        span.first = "2024-01-01";
        span.last = "2024-12-31";
        _cleanup_text_ char *sql = made_sql(&span);
        _cleanup_text_ char *wanted = alloc_format(SELECT_SQL "%s ORDER BY d.day) TO STDOUT (FORMAT binary)",
                                                   cases[c].where);
        assert_string_equal(sql, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(days_are_narrowed_to_what_is_asked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
