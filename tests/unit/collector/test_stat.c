#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/stat.h"

static void near(double is, double wanted, double within)
{
    if (!(fabs(is - wanted) <= within))
        fail_msg("%.17g, wanted %.17g within %g", is, wanted, within);
}

static const struct stat_what median = {STAT_QUANTILE, 0.5}, mean = {STAT_MEAN, 0};

static void quantiles_interpolate(void **state)
{
    struct stat_sample s[] = {{40, 0}, {10, 1}, {30, 2}, {20, 3}};
    stat_sort(s, COUNT(s));
    static const struct {
        double q, value;
    } rows[] = {{0, 10}, {0.1, 13}, {0.5, 25}, {0.9, 37}, {1, 40}};
    for (size_t i = 0; i < COUNT(rows); i++)
        near(stat_value(&(struct stat_what){STAT_QUANTILE, rows[i].q}, s, COUNT(s), NULL), rows[i].value, 1e-12);
    near(stat_value(&mean, s, COUNT(s), NULL), 25, 1e-12);
    near(stat_value(&median, s, 1, NULL), 10, 0);
}

/* What lines weigh is of any scale; without weights all weigh the same. */
static void weights_count_lines_in_parts(void **state)
{
    struct stat_sample s[] = {{1, 0}, {2, 1}, {3, 2}, {10, 3}};
    static const double sevens[] = {7, 7, 7, 7}, uneven[] = {100, 50, 25, 25}, one[] = {1, 0, 0, 0};
    static const struct {
        struct stat_what what;
        const double *weights;
        double value;
    } rows[] = {
        {{STAT_MEAN, 0}, sevens, 4},
        {{STAT_MEAN, 0}, uneven, (100 + 100 + 75 + 250) / 200.0},
        {{STAT_SHARE, 0}, uneven, (100 + 100 + 75 + 250) / 200.0},
        {{STAT_QUANTILE, 0.5}, sevens, 2.5},
        {{STAT_QUANTILE, 0.75}, sevens, 3 + 7 / 4.0},
        /* 2.909 lines in all, of which 1.455, 0.727, 0.364, 0.364: from 0.955 to 1.955 lie 0.5 of 1 and 0.5 of 2 */
        {{STAT_QUANTILE, 0.5}, uneven, 1.5},
        /* the last of them: 0.364 of 10, 0.364 of 3, 0.273 of 2 */
        {{STAT_QUANTILE, 1}, uneven, (40 * 10 + 40 * 3 + 30 * 2) / 110.0},
        {{STAT_QUANTILE, 0.1}, one, 1},
        {{STAT_QUANTILE, 0.9}, one, 1},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        near(stat_value(&rows[r].what, s, COUNT(s), rows[r].weights), rows[r].value, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_interpolate),
        cmocka_unit_test(weights_count_lines_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
