#include "tests/unit/check.h"

#include "collector/report/trend.h"
#include "tests/unit/collector/told.h"

static const struct told figures[] = {
    {"ACC1", "2021", "ITU", "BJ", "value", "33.5"},
    {"ACC1", "2023", "ITU", "BJ", "value", "40"},
    {"ACC2", "2023", "ITU", "BJ", "value", "9"},
    {"PER3", "2026", "measured", "BJ", "p50", "50", "2025", "-4.8", "-7", "-2"},
    {"PER3_OWN", "2026", "measured", "BJ", "p50", "50", "2025", "4.8", "2", "7"},
    {"PER5", "2026", "measured", "BJ", "p50", "16", "2025", "1.5", "-1", "4"},
    {"PER6", "2026", "measured", "BJ", "p50", "16", "2025", "1.5", "1", "4"},
    {"PER7", "2026", "measured", "BJ", "p50", "16", .change_from = "2025", .change_why = "method"},
    {"PER8", "2026", "measured", "BJ", "mean", "1"},
    {"PER12", "2025", "measured", "BJ", "p20", "4"}, /* last: without it nothing was measured before */
};

static void says_which_way_and_whether_by_chance(void **state)
{
    static const struct {
        size_t row;
        const char *says[2]; /* parts of the sentence */
    } rows[] = {
        {1, {"gave", ">33.5</data> for 2021"}},
        {3, {"On comparable lines, that is less than in 2025", "an improvement"}}, /* a lower latency is better */
        {4, {"more than in 2025 (+<data", ", and not by chance"}},
        {5, {"On comparable lines, nothing shows", "2025"}},
        {6, {"more than in 2025", "an improvement"}},
        {7, {"method has changed", ""}},
        {8, {"No figure of an earlier year", ""}},
    };
    struct report r = told_report(figures, COUNT(figures), "en");
    for (size_t n = 0; n < COUNT(rows); n++) {
        const struct indicator *i = indicator_find(figures[rows[n].row].indicator);
        _cleanup_text_ char *said = trend_say(&r, i, rows[n].row);
        for (size_t p = 0; p < 2; p++)
            if (!said || !strstr(said, rows[n].says[p]))
                fail_msg("row %zu: %s", rows[n].row, said ? said : "nothing");
    }
    assert_null(trend_say(&r, indicator_find("ACC2"), 2)); /* its source said nothing before */
    told_free(&r);
}

/* In the first year that is said once, and not beside each figure. */
static void first_year_has_nothing_to_compare(void **state)
{
    struct report r = told_report(figures, COUNT(figures) - 1, "en");
    assert_null(trend_say(&r, indicator_find("PER8"), 8));
    told_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_which_way_and_whether_by_chance),
                                       cmocka_unit_test(first_year_has_nothing_to_compare)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
