#include "tests/unit/check.h"

#include "collector/simulate/draw.h"
#include "common/alloc.h"

/* Tables of the normal distribution. */
static void quantiles(void **state)
{
    static const double known[][2] = {
        {0.5, 0},         {0.975, 1.959963985}, {0.025, -1.959963985}, {0.99, 2.326347874}, {0.001, -3.090232306},
        {0.8413447461, 1}};
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_float_equal(normal_quantile(known[i][0]), known[i][1], 1e-6);
        assert_float_equal(normal_below(known[i][1]), known[i][0], 1e-6);
    }
}

static void streams_are_apart(void **state)
{
    uint64_t a = draw_stream(1, DRAW_DAY, 2, 3);
    assert_int_equal(a, draw_stream(1, DRAW_DAY, 2, 3));
    assert_int_not_equal(a, draw_stream(2, DRAW_DAY, 2, 3));
    assert_int_not_equal(a, draw_stream(1, DRAW_EVENT, 2, 3));
    assert_int_not_equal(a, draw_stream(1, DRAW_DAY, 3, 2));
}

static void lognormal_has_its_median_and_mean(void **state)
{
    uint64_t stream = draw_stream(7, DRAW_DAY, 0, 0);
    unsigned below = 0;
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        double x = draw_lognormal(&stream, 20, 0.5);
        below += x < 20;
        sum += x;
    }
    assert_in_range(below, 49500, 50500);
    assert_float_equal(sum / 100000, 20 * exp(0.125), 0.2);
}

static void parts(void **state)
{
    static const double shares[] = {0.2, 0, 0.8};
    uint64_t stream = draw_stream(7, DRAW_DAY, 0, 1);
    unsigned found[3] = {0};
    for (int i = 0; i < 10000; i++)
        found[draw_part(&stream, shares, 3)]++;
    assert_in_range(found[0], 1850, 2150);
    assert_int_equal(found[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(streams_are_apart),
        cmocka_unit_test(lognormal_has_its_median_and_mean),
        cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
