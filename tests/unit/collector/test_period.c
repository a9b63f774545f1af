#include "tests/unit/check.h"

#include <jansson.h>

#include "collector/report/period.h"
#include "common/alloc.h"

static void is_read(void **state)
{
    static const struct {
        const char *text;
        int months, days; /* 0: it is none */
        const char *before, *year_before;
    } rows[] = {
        {"2026-11", 1, 30, "2026-10", "2025-11"},
        {"2026-01", 1, 31, "2025-12", "2025-01"},
        {"2024-02", 1, 29, "2024-01", "2023-02"},
        {"2026-02", 1, 28, "2026-01", "2025-02"},
        {"2026-Q3", 3, 92, "2026-Q2", "2025-Q3"},
        {"2026-Q1", 3, 90, "2025-Q4", "2025-Q1"},
        {"2026-Q4", 3, 92, "2026-Q3", "2025-Q4"},
        {"2026-13", 1, 0},
        {"2026-00", 1, 0},
        {"2026-1", 1, 0},
        {"2026-011", 1, 0},
        {"2026-11-01", 1, 0},
        {"26-11", 1, 0},
        {"1969-12", 1, 0},
        {"-026-11", 1, 0},
        {"2026-Q5", 3, 0},
        {"2026-Q0", 3, 0},
        {"2026-q3", 3, 0},
        {"2026-Q3", 1, 0},
        {"2026-11", 3, 0},
        {"", 1, 0},
        {"novembre", 1, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct period p = {0};
        struct fault f = {0};
        char text[PERIOD_TEXT_SIZE];
        const int rc = period_read(rows[r].text, rows[r].months, &p, &f);
        assert_int_equal(rc == 0, rows[r].days > 0);
        if (rc < 0) {
            assert_non_null(strstr(f.text, rows[r].months == 1 ? "2026-11" : "2026-Q3"));
            continue;
        }
        assert_string_equal(period_text(p, text), rows[r].text);
        assert_int_equal(period_last(p) - period_first(p) + 1, rows[r].days);
        assert_string_equal(period_text(period_before(p), text), rows[r].before);
        assert_string_equal(period_text(period_year_before(p), text), rows[r].year_before);
        assert_int_equal(period_last(period_before(p)) + 1, period_first(p));
        assert_int_equal(period_first(period_month(p, 0)), period_first(p));
        assert_int_equal(period_last(period_month(p, p.months - 1)), period_last(p));
    }
}

static void is_named(void **state)
{
    const struct words w = {LANG_FR,
                            json_pack("{s:[s, s], s:s, s:s, s:[s, s], s:[s, s]}", "months", "janvier", "février",
                                      "month_name", "{month} {year}", "month_in", "en {month} {year}", "quarter_name",
                                      "T1 {year}", "T2 {year}", "quarter_in", "au T1 {year}", "au T2 {year}")};
    const struct period month = {2026, 2, 1}, quarter = {2026, 4, 3};
    char *names[] = {period_name(month, &w), period_in(month, &w), period_name(quarter, &w), period_in(quarter, &w)};
    static const char *const wanted[] = {"février 2026", "en février 2026", "T2 2026", "au T2 2026"};
    for (size_t n = 0; n < COUNT(names); n++) {
        assert_string_equal(names[n], wanted[n]);
        free(names[n]);
    }
    json_decref(w.texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_read), cmocka_unit_test(is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
