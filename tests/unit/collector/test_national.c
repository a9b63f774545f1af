#include "tests/unit/check.h"

#include "collector/figure/national.h"
#include "common/alloc.h"

/* Indicators come by their ids: the last of them may have been measured last year alone. */
static void the_year_is_the_latest(void **state)
{
    static const struct {
        const char *periods[4], *year;
    } rows[] = {
        {{NULL}, ""},
        {{"2026"}, "2026"},
        {{"2025", "2026"}, "2026"},
        {{"2026", "2025"}, "2026"},
        {{"2026-Q4", "2025-12", "2026-01"}, "2026"},
        {{"2025-S2", "2026-S1"}, "2026"},
        {{"1999", "2000-01"}, "2000"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char year[YEAR_TEXT_SIZE] = "";
        for (size_t p = 0; p < 4 && rows[i].periods[p]; p++)
            national_note_year(year, rows[i].periods[p]);
        assert_string_equal(year, rows[i].year);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_year_is_the_latest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
