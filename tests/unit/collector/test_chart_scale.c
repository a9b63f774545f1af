#include "tests/unit/collector/drawing.h"

#define MOST 12

static const struct {
    enum chart_classes classes;
    double values[MOST];
    size_t count;
    int decimals;
    double edges[CHART_CLASSES + 1];
    size_t classes_count;
} rows[] = {
    {CHART_EVEN, {8.8, 68.2, NAN, 30}, 4, 1, {0, 20, 40, 60, 80}, 4},
    {CHART_EVEN, {0, 100}, 2, 0, {0, 20, 40, 60, 80, 100}, 5},
    {CHART_EVEN, {41, 43.5}, 2, 1, {41, 41.5, 42, 42.5, 43, 43.5}, 5},
    {CHART_EVEN, {7}, 1, 0, {6, 8}, 1}, /* one value: a step around it */
    {CHART_EVEN, {0, 0}, 2, 0, {0, 0.2}, 1},
    {CHART_EVEN, {-3, 3}, 2, 0, {-4, -2, 0, 2, 4}, 4},
    {CHART_EVEN, {NAN, NAN}, 2, 0, {0}, 0},
    {CHART_EVEN, {0}, 0, 0, {0}, 0},
    {CHART_QUANTILES, {1, 2, 3, 4, 100, 200, 300, 400, 5000, 6000}, 10, 0, {1, 3, 52, 250, 2700, 6000}, 5},
    {CHART_QUANTILES, {5, 5, 5, 5, 5}, 5, 0, {5, 5}, 1},
    {CHART_QUANTILES, {1, 1, 1, 1, 9}, 5, 0, {1, 5, 9}, 2},
    {CHART_QUANTILES, {1.01, 1.02, 1.03, 1.04, 1.05}, 5, 1, {1.01, 1.02, 1.03, 1.04, 1.05, 1.05}, 5},
    {CHART_QUANTILES, {3, NAN, 1}, 3, 0, {1, 2, 3}, 2},
};

static void classes_are(void **state)
{
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct chart_scale s = chart_scale_of(rows[r].classes, rows[r].values, rows[r].count, rows[r].decimals);
        if (s.count != rows[r].classes_count)
            fail_msg("row %zu: %zu classes, wanted %zu", r, s.count, rows[r].classes_count);
        for (size_t e = 0; s.count > 0 && e <= s.count; e++)
            if (fabs(s.edges[e] - rows[r].edges[e]) > 1e-9)
                fail_msg("row %zu: edge %zu is %g, wanted %g", r, e, s.edges[e], rows[r].edges[e]);
    }
}

/* Each value lies between the edges of its class. */
static void values_are_in_their_class(void **state)
{
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct chart_scale s = chart_scale_of(rows[r].classes, rows[r].values, rows[r].count, rows[r].decimals);
        for (size_t v = 0; s.count > 0 && v < rows[r].count; v++) {
            double value = rows[r].values[v];
            if (isnan(value))
                continue;
            size_t class = chart_scale_class(&s, value);
            assert_true(class >= 1 && class <= s.count);
            assert_true(value >= s.edges[class - 1] - 1e-9 && (class == s.count || value < s.edges[class]));
            assert_true(value <= s.edges[s.count] + 1e-9);
        }
    }
}

/* 0.3 is not three times 0.1, and belongs to the class that begins there. */
static void an_edge_belongs_to_the_class_above(void **state)
{
    const double values[] = {0.1, 0.2, 0.3, 0.5};
    struct chart_scale s = chart_scale_of(CHART_EVEN, values, COUNT(values), 1);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.decimals, 1);
    assert_int_equal(chart_scale_class(&s, 0.3), 3);
    assert_int_equal(chart_scale_class(&s, 0.29), 2);
    assert_int_equal(chart_scale_class(&s, 0.5), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are),
        cmocka_unit_test(values_are_in_their_class),
        cmocka_unit_test(an_edge_belongs_to_the_class_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
