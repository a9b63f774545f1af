#include "collector/figure/stat.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "collector/figure/random.h"

#define NORMAL_975 1.959963984540054 /* the normal's 97.5th percentile */

static int by_value(const void *a, const void *b)
{
    const struct stat_sample *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->cluster > y->cluster) - (x->cluster < y->cluster);
}

void stat_sort(struct stat_sample *samples, size_t count)
{
    if (count > 1)
        qsort(samples, count, sizeof *samples, by_value);
}

/* ---- one value of a sample in which each cluster counts `times` times ---- */

/* A sample counts weight times; weights NULL: once. total is their sum. */
static double weight_of(const struct stat_sample *s, const double *weights)
{
    return weights ? weights[s->cluster] : 1;
}

static double total_of(const struct stat_sample *samples, size_t count, const double *weights)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += weight_of(&samples[i], weights);
    return total;
}

static double weighted_quantile(double q, const struct stat_sample *samples, size_t count, const double *weights,
                                double total)
{
    double rank = q * fmax(total - 1, 0), below = floor(rank);
    double low = samples[count - 1].value, high = low, upto = 0;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        upto += weight_of(&samples[i], weights);
        if (!found && upto > below) {
            low = samples[i].value;
            found = true;
        }
        if (upto > ceil(rank)) {
            high = samples[i].value;
            break;
        }
    }
    return low + (rank - below) * (high - low);
}

static double weighted_mean(const struct stat_sample *samples, size_t count, const double *weights, double total)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += samples[i].value * weight_of(&samples[i], weights);
    return sum / total;
}

static int by_cluster(const void *a, const void *b)
{
    const struct stat_sample *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return by_value(a, b);
}

static double share(const struct stat_sample *samples, size_t count, uint32_t clusters)
{
    struct stat_sample *copy = alloc_zero(count, sizeof *copy);
    memcpy(copy, samples, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, by_cluster);
    uint32_t yes = 0;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && copy[to].cluster == copy[from].cluster; to++)
            ;
        yes += weighted_quantile(0.5, copy + from, to - from, NULL, to - from) >= 0.5;
    }
    free(copy);
    return 100.0 * yes / clusters;
}

double stat_value(const struct stat_what *what, const struct stat_sample *samples, size_t count, uint32_t clusters,
                  const double *weights)
{
    double total = total_of(samples, count, weights);
    switch (what->kind) {
    case STAT_QUANTILE:
        return weighted_quantile(what->q, samples, count, weights, total);
    case STAT_MEAN:
        return weighted_mean(samples, count, weights, total);
    case STAT_SHARE:
        return share(samples, count, clusters);
    }
    return NAN;
}

/* ---- bootstrap ---- */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t count, double q)
{
    double rank = q * (double)(count - 1);
    size_t below = (size_t)floor(rank), above = (size_t)ceil(rank);
    return sorted[below] + (rank - (double)below) * (sorted[above] - sorted[below]);
}

struct stat_interval stat_bootstrap(const struct stat_what *what, const struct stat_sample *samples, size_t count,
                                    uint32_t clusters, const double *weights, uint64_t seed)
{
    double replicates[STAT_REPLICATES];
    double *sizes = alloc_zero(clusters, sizeof *sizes), *times = alloc_zero(clusters, sizeof *times);
    for (size_t i = 0; i < count; i++)
        sizes[samples[i].cluster] += weight_of(&samples[i], weights);
    for (size_t r = 0; r < STAT_REPLICATES; r++) {
        double total = 0;
        memset(times, 0, clusters * sizeof *times);
        for (uint32_t c = 0; c < clusters; c++) {
            uint32_t drawn = random_below(&seed, clusters);
            times[drawn] += weights ? weights[drawn] : 1;
            total += sizes[drawn];
        }
        replicates[r] = what->kind == STAT_MEAN ? weighted_mean(samples, count, times, total)
                                                : weighted_quantile(what->q, samples, count, times, total);
    }
    free(sizes);
    free(times);
    qsort(replicates, STAT_REPLICATES, sizeof *replicates, by_number);
    return (struct stat_interval){percentile(replicates, STAT_REPLICATES, 0.025),
                                  percentile(replicates, STAT_REPLICATES, 0.975)};
}

/* The 97.5th percentile of Student's t: the expansion of Cornish and Fisher, right
 * to three decimals from 5 degrees of freedom on. */
static double student(double freedom)
{
    const double z = NORMAL_975, z2 = z * z, n = freedom;
    return z * (1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
                (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n));
}

struct stat_interval stat_expanded(double *replicates, uint32_t n)
{
    double tail = 0.5 * erfc(student(n - 1) * sqrt(n / (n - 1.0)) / M_SQRT2);
    qsort(replicates, STAT_REPLICATES, sizeof *replicates, by_number);
    return (struct stat_interval){percentile(replicates, STAT_REPLICATES, tail),
                                  percentile(replicates, STAT_REPLICATES, 1 - tail)};
}

/* ---- closed forms ---- */

int stat_median_ranks(size_t n, size_t *ret_low, size_t *ret_high)
{
    /* Binomial(n, 1/2) term by term in logarithms: 2^-n underflows early. */
    double term = -(double)n * M_LN2, upto = 0;
    size_t k = 0;
    for (size_t i = 0; i < n && (upto += exp(term)) <= 0.025; i++) {
        k = i + 1;
        term += log((double)(n - i) / (double)(i + 1));
    }
    if (k == 0)
        return -ERANGE;
    *ret_low = k;
    *ret_high = n + 1 - k;
    return 0;
}

struct stat_interval stat_wilson(uint64_t successes, uint64_t trials)
{
    const double z = NORMAL_975, zz = z * z;
    double n = (double)trials, p = (double)successes / n;
    double middle = (p + zz / (2 * n)) / (1 + zz / n);
    double half = z * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);
    /* At the ends the interval closes exactly; rounding would leave 1e-17. */
    return (struct stat_interval){successes == 0 ? 0 : middle - half, successes == trials ? 1 : middle + half};
}
