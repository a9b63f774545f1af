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
        assert_true(fabs(sketch_value(sketch_bucket(value)) / value - 1) <= 0.01);
        assert_true(fabs(sketch_value(sketch_bucket(-value)) / -value - 1) <= 0.01);
    }
    assert_true(sketch_value(0) == 0);
}

static void values_at_ranks(void **state)
{
    static const struct {
        double rank;
        int16_t below, above;
    } cases[] = {{0, -3, -3}, {1, -3, -3}, {1.5, -3, 0}, {2, 0, 0}, {2.5, 0, 10050}, {5, 10050, 10050}};
    static const struct sketch_part parts[] = {{-3, 2}, {0, 1}, {10050, 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        double wanted = (sketch_value(cases[i].below) + sketch_value(cases[i].above)) / 2;
        assert_true(fabs(sketch_at(parts, cases[i].rank) - wanted) < 1e-12);
    }
}

/* ---- what others got wrong ---- */

#define VALUES 60

/* Values from the smallest on, each with how many there are, and a quantile of all of them as R's type 7 has it:
 * reports of other sketches, of other people's numbers. */
static const struct published {
    const char *source;
    struct {
        double value;
        int32_t count;
    } values[32];
    double q, wanted;
} published[] = {
    {"HdrHistogram issue 95", {{10, 1}, {90, 1}, {1000000, 1}, {1000001, 1}, {1000002, 1}}, 0.5, 1000000},
    {"HdrHistogram issue 194", {{0, 1}, {0.01, 6}}, 0, 0},
    {"HdrHistogram issue 194", {{0, 1}, {0.01, 6}}, 0.5, 0.01},
    {"HdrHistogram_py pull 14", {{1, 1}, {2, 4}}, 0.25, 2},
    {"HdrHistogram_c issue 5",
     {{90, 2}, {91, 2}, {92, 2}, {93, 2}, {94, 2}, {95, 2}, {96, 2}, {97, 2}, {98, 2}, {99, 2}, {100, 2}},
     0.9,
     99},
    {"t-digest issue 143",
     {{240, 1},   {241, 2},   {242, 1},   {243, 2},   {244, 1},   {245, 3},   {246, 1},   {247, 1},   {247.2, 1},
      {248, 1},   {250, 1},   {50100, 1}, {51240, 1}, {51242, 1}, {51246, 1}, {52247, 1}, {52249, 1}, {53243, 1},
      {54241, 1}, {55245, 1}, {56244, 1}, {56245, 1}, {57241, 1}, {58243, 1}, {59248, 1}, {59250, 1}, {575247, 1}},
     0.5,
     50100},
    {"t-digest issue 167", {{1000, 26}, {3000, 11}, {9000, 2}}, 0.9, 3000},
    {"t-digest issue 167", {{1000, 26}, {3000, 11}, {9000, 2}}, 0.95, 3600},
    {"hrbrmstr/tdigest issue 1", {{3, 10}, {5, 10}, {8, 10}}, 0.7, 8},
    {"rust-sketches-ddsketch issue 16", {{-10, 1}, {-5, 1}, {-2, 1}, {-1, 1}}, 0, -10},
    {"rust-sketches-ddsketch issue 16", {{-10, 1}, {-5, 1}, {-2, 1}, {-1, 1}}, 1, -1},
    {"sketches-js issue 22", {{-10, 1}, {-5, 1}, {2, 1}, {7, 1}}, 0.5, -1.5},
    {"sketches-js pull 18", {{0, 3}, {1, 1}, {2, 1}}, 0.5, 0},
    {"one value", {{42, 1}}, 0.95, 42},
    {"more than 2^31", {{1, INT32_MAX}, {2, INT32_MAX}, {3, INT32_MAX}}, 0.5, 2},
};

/* Of sketches of a value each, one after the other, and of one sketch: whichever comes first. */
static void merged_in_any_order_they_are_right(void **state)
{
    for (size_t c = 0; c < COUNT(published); c++) {
        const struct published *p = &published[c];
        struct sketch_part forth[VALUES], back[VALUES], twice[2 * VALUES];
        int64_t all = 0, samples = 0;
        size_t count = 0;
        for (; p->values[count].count > 0; count++) {
            forth[count] = (struct sketch_part){sketch_bucket((float)p->values[count].value), p->values[count].count};
            all += forth[count].count;
        }
        for (size_t i = 0; i < count; i++) {
            back[i] = forth[count - 1 - i];
            twice[i] = (struct sketch_part){back[i].bucket, back[i].count / 2};
            twice[count + i] = (struct sketch_part){back[i].bucket, back[i].count - back[i].count / 2};
        }
        double once = sketch_quantile(forth, count, p->q, &samples);
        if (!(fabs(once - p->wanted) <= 0.01 * fmax(fabs(p->wanted), p->values[0].value < 0 ? 10 : 0)))
            fail_msg("%s: %g, wanted %g", p->source, once, p->wanted);
        assert_int_equal(samples, all);
        assert_true(sketch_quantile(back, count, p->q, &samples) == once && samples == all);
        assert_true(sketch_quantile(twice, 2 * count, p->q, &samples) == once && samples == all);
    }
}

static void of_nothing_there_is_nothing(void **state)
{
    struct sketch_part empty = {10000, 0};
    int64_t samples = 1;
    assert_true(sketch_quantile(NULL, 0, 0.5, &samples) == 0 && samples == 0);
    assert_true(sketch_quantile(&empty, 1, 0.5, &samples) == 0 && samples == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets), cmocka_unit_test(no_value_is_told_more_than_a_hundredth_off),
        cmocka_unit_test(values_at_ranks), cmocka_unit_test(merged_in_any_order_they_are_right),
        cmocka_unit_test(of_nothing_there_is_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
