#include "tests/unit/check.h"

#include "collector/db/range.h"

static const struct metric metrics[] = {
    {1, 4, "loss", "ratio", "low", METRIC_VALUE},
    {2, 4, "rcvd", "packets", "high", METRIC_COUNT},
    {3, 4, "sent", "packets", "-", METRIC_COUNT},
    {4, 3, "max", "ms", "low", METRIC_VALUE},
};
static const struct metric_range ranges[] = {{0, 1}, {0, 1e9}, {1, 1e9}, {-3600000, 0.5}};

static void each_line_of_the_registry_is_a_condition(void **state)
{
    static const struct {
        struct metric_rule rule;
        uint8_t count, rule_count;
        uint64_t whole;
        const char *sql;
    } cases[] = {
        {{0}, 1, 0, 0, "r.metrics[1] NOT BETWEEN 0 AND 1"},
        {{0},
         2,
         0,
         2,
         "r.metrics[1] NOT BETWEEN 0 AND 1 OR coalesce(r.exact[2], r.metrics[2]) NOT BETWEEN 0 AND 1000000000 OR "
         "coalesce(r.exact[2], r.metrics[2]) <> trunc(coalesce(r.exact[2], r.metrics[2]))"},
        {{RULE_AT_MOST, {0, 3}},
         1,
         1,
         0,
         "r.metrics[1] NOT BETWEEN 0 AND 1 OR r.metrics[1] > r.metrics[4] + abs(r.metrics[4]) * 1e-06"},
        {{RULE_AT_MOST, {1, 2}},
         1,
         1,
         6,
         "r.metrics[1] NOT BETWEEN 0 AND 1 OR coalesce(r.exact[2], r.metrics[2]) > coalesce(r.exact[3], r.metrics[3])"},
        {{RULE_NEEDS, {0, 3}},
         1,
         1,
         0,
         "r.metrics[1] NOT BETWEEN 0 AND 1 OR r.metrics[1] IS NOT NULL AND r.metrics[4] IS NULL"},
        {{RULE_LOSS, {0, 1, 2}},
         1,
         1,
         6,
         "r.metrics[1] NOT BETWEEN 0 AND 1 OR abs(r.metrics[1] - 1 + coalesce(r.exact[2], r.metrics[2]) / "
         "nullif(coalesce(r.exact[3], r.metrics[3]), 0)) > 0.001"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct metric_set set = {9,      4,       cases[i].count, cases[i].rule_count, cases[i].whole,
                                       "test", metrics, ranges,         &cases[i].rule};
        _cleanup_(buf_free) struct buf sql = {0};
        range_broken_sql(&set, &sql);
        assert_string_equal(sql.data, cases[i].sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_line_of_the_registry_is_a_condition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
