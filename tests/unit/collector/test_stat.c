#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>

#include "collector/figure/stat.h"

static void near(double is, double wanted, double within)
{
    if (!(fabs(is - wanted) <= within))
        fail_msg("%.17g, wanted %.17g within %g", is, wanted, within);
}

static const struct stat_what median = {STAT_QUANTILE, 0.5}, mean = {STAT_MEAN, 0}, share = {STAT_SHARE, 0};

static void quantiles_interpolate(void **state)
{
    struct stat_sample s[] = {{40, 0}, {10, 1}, {30, 2}, {20, 3}};
    stat_sort(s, COUNT(s));
    static const struct {
        double q, value;
    } rows[] = {{0, 10}, {0.1, 13}, {0.5, 25}, {0.9, 37}, {1, 40}};
    for (size_t i = 0; i < COUNT(rows); i++)
        near(stat_value(&(struct stat_what){STAT_QUANTILE, rows[i].q}, s, COUNT(s), 4, NULL), rows[i].value, 1e-12);
    near(stat_value(&mean, s, COUNT(s), 4, NULL), 25, 1e-12);
    near(stat_value(&median, s, 1, 1, NULL), 10, 0);
}

static void share_counts_clusters_not_samples(void **state)
{
    /* Cluster 0 says yes most days, 1 always no on many days, 2 yes once. */
    struct stat_sample s[] = {{1, 0}, {1, 0}, {0, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 2}};
    stat_sort(s, COUNT(s));
    near(stat_value(&share, s, COUNT(s), 3, NULL), 200.0 / 3, 1e-9);
}

/* Published examples: the coverage of [x(k), x(n+1-k)] is 96.9, 97.9, 95.9 %. */
static void median_ranks(void **state)
{
    static const struct {
        size_t n, low, high;
    } rows[] = {{6, 1, 6}, {8, 1, 8}, {9, 2, 8}, {10, 2, 9}, {20, 6, 15}, {100, 40, 61}, {5000, 2431, 2570}};
    size_t low, high;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(stat_median_ranks(rows[i].n, &low, &high), 0);
        assert_int_equal(low, rows[i].low);
        assert_int_equal(high, rows[i].high);
    }
    for (size_t n = 0; n < 6; n++)
        assert_int_equal(stat_median_ranks(n, &low, &high), -ERANGE);
}

static void wilson(void **state)
{
    /* 0 of 10, 5 of 10, 10 of 10, and 81 of 263 (Newcombe 1998, table I). */
    static const struct {
        uint64_t yes, of;
        double low, high;
    } rows[] = {{0, 10, 0, 0.27753}, {5, 10, 0.23659, 0.76341}, {10, 10, 0.72247, 1}, {81, 263, 0.2553, 0.3662}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stat_interval w = stat_wilson(rows[i].yes, rows[i].of);
        near(w.low, rows[i].low, 5e-5);
        near(w.high, rows[i].high, 5e-5);
    }
}

/* A fixed stream of values, some clusters larger than others. */
static size_t make(struct stat_sample *s, uint32_t clusters, size_t per_cluster)
{
    size_t n = 0;
    for (uint32_t c = 0; c < clusters; c++)
        for (size_t i = 0; i < per_cluster + c % 3; i++)
            s[n++] = (struct stat_sample){20 + 10 * sin(c * 1.7) + sin(i * 12.9898 + c), c};
    stat_sort(s, n);
    return n;
}

static void bootstrap_is_reproducible(void **state)
{
    static struct stat_sample s[2000];
    size_t n = make(s, 40, 20);
    struct stat_interval a = stat_bootstrap(&median, s, n, 40, NULL, 1), b = stat_bootstrap(&median, s, n, 40, NULL, 1),
                         other = stat_bootstrap(&median, s, n, 40, NULL, 2);
    near(a.low, b.low, 0);
    near(a.high, b.high, 0);
    assert_true(a.low != other.low || a.high != other.high);
    double m = stat_value(&median, s, n, 40, NULL);
    assert_true(a.low <= m && m <= a.high);
    /* Days of one probe are alike: drawing probes must give a much wider
     * interval than drawing days would (about 0.6 here). */
    assert_true(a.high - a.low > 2);
}

/* Against theory: the mean of 200 equal-sized clusters whose means are normal
 * has an interval of 2 * 1.96 * sd / sqrt(200). */
static void bootstrap_width(void **state)
{
    static struct stat_sample s[400];
    double sum = 0, squares = 0;
    for (uint32_t c = 0; c < 200; c++) {
        double x = 0;
        for (int k = 1; k <= 12; k++)
            x += fmod(fabs(sin(c * 78.233 + k * 12.9898)) * 43758.5453, 1);
        s[2 * c] = (struct stat_sample){x, c};
        s[2 * c + 1] = (struct stat_sample){x, c};
        sum += x;
        squares += x * x;
    }
    stat_sort(s, COUNT(s));
    double sd = sqrt(squares / 200 - sum / 200 * sum / 200), width = 2 * 1.96 * sd / sqrt(200);
    struct stat_interval i = stat_bootstrap(&mean, s, COUNT(s), 200, NULL, 7);
    near(i.high - i.low, width, 0.1 * width);
    near((i.high + i.low) / 2, sum / 200, 0.1 * width);
}

/* Half a sample is half a sample: with whole weights the same as samples said again. */
static void weights_count_samples_in_parts(void **state)
{
    struct stat_sample s[] = {{1, 0}, {2, 1}, {3, 2}, {10, 0}};
    static const double ones[] = {1, 1, 1}, halves[] = {0.5, 1, 1};
    static const struct {
        struct stat_what what;
        const double *weights;
        double value;
    } rows[] = {
        {{STAT_MEAN, 0}, ones, 4},
        {{STAT_MEAN, 0}, halves, (0.5 + 2 + 3 + 5) / 3},
        {{STAT_QUANTILE, 0.5}, ones, 2.5},
        /* Counted up to: 0.5, 1.5, 2.5, 3; rank 1. */
        {{STAT_QUANTILE, 0.5}, halves, 2},
        {{STAT_QUANTILE, 0.75}, halves, 2.5},
        {{STAT_QUANTILE, 1}, halves, 3},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        near(stat_value(&rows[r].what, s, COUNT(s), 3, rows[r].weights), rows[r].value, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_interpolate),
        cmocka_unit_test(share_counts_clusters_not_samples),
        cmocka_unit_test(median_ranks),
        cmocka_unit_test(wilson),
        cmocka_unit_test(bootstrap_is_reproducible),
        cmocka_unit_test(bootstrap_width),
        cmocka_unit_test(weights_count_samples_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
