#include "tests/unit/check.h"

#include <float.h>
#include <math.h>

#include "collector/figure/sketch.h"
#include "common/alloc.h"

/* As tests/sql/sketch.sql has them. */
static void buckets(void **state)
{
    static const struct {
        float value;
        int16_t bucket;
    } cases[] = {{0, 0},       {1, 10000},      {-1, -10000},     {1.01f, 10000}, {1.03f, 10001},   {0.99f, 9999},
                 {100, 10232}, {FLT_MIN, 5589}, {FLT_MAX, 14480}, {-100, -10232}, {0x1p-149f, 4784}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(sketch_bucket(cases[i].value), cases[i].bucket);
}

/* Skewed values over ten orders of magnitude. */
static void no_value_is_told_more_than_a_hundredth_off(void **state)
{
    for (float value = 1e-5f; value < 1e5f; value *= 1.00317f) {
        assert_true(fabs(sketch_value(sketch_bucket(value)) / value - 1) <= 0.0101);
        assert_true(fabs(sketch_value(sketch_bucket(-value)) / -value - 1) <= 0.0101);
    }
    assert_true(sketch_value(0) == 0);
}

/* Of parts that lie alone, and of those within something larger. */
static void values_at_ranks(void **state)
{
    static const struct {
        double rank;
        int16_t below, above;
    } cases[] = {{0, -3, -3}, {1, -3, -3}, {1.5, -3, 0}, {2, 0, 0}, {2.5, 0, 10050}, {5, 10050, 10050}};
    static const struct sketch_part parts[] = {{-3, 2}, {0, 1}, {10050, 3}};
    struct {
        double before;
        struct sketch_part part;
    } apart[COUNT(parts)];
    for (size_t i = 0; i < COUNT(parts); i++)
        apart[i].part = parts[i];
    for (size_t i = 0; i < COUNT(cases); i++) {
        double wanted = (sketch_value(cases[i].below) + sketch_value(cases[i].above)) / 2;
        assert_true(fabs(sketch_at(parts, sizeof *parts, cases[i].rank) - wanted) < 1e-12);
        assert_true(fabs(sketch_at(&apart[0].part, sizeof *apart, cases[i].rank) - wanted) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(buckets),
                                       cmocka_unit_test(no_value_is_told_more_than_a_hundredth_off),
                                       cmocka_unit_test(values_at_ranks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
