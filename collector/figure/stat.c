#include "collector/figure/stat.h"

#include <math.h>

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

/* ---- one value of many ---- */

static double weight_of(const struct stat_sample *s, const double *weights)
{
    return weights ? weights[s->cluster] : 1;
}

/* How much of the first `upto` comes after the first `rank`, of one. */
static double within(double upto, double rank)
{
    return fmin(1, fmax(0, upto - rank));
}

static double quantile(double q, const struct stat_sample *samples, size_t count, const double *weights)
{
    double total = 0, squares = 0, upto = 0, value = samples[0].value;
    for (size_t i = 0; i < count; i++) {
        double weight = weight_of(&samples[i], weights);
        total += weight;
        squares += weight * weight;
    }
    double scale = total / squares, rank = q * (total * scale - 1);
    for (size_t i = 0; i < count; i++) {
        double before = upto;
        upto += weight_of(&samples[i], weights) * scale;
        value += (within(upto, rank) - within(before, rank)) * (samples[i].value - samples[0].value);
    }
    return value;
}

static double mean(const struct stat_sample *samples, size_t count, const double *weights)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < count; i++) {
        sum += samples[i].value * weight_of(&samples[i], weights);
        total += weight_of(&samples[i], weights);
    }
    return sum / total;
}

double stat_value(const struct stat_what *what, const struct stat_sample *samples, size_t count, const double *weights)
{
    return what->kind == STAT_QUANTILE ? quantile(what->q, samples, count, weights) : mean(samples, count, weights);
}

/* ---- what a bootstrap comes to ---- */

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

/* The 97.5th percentile of Student's t: the expansion of Cornish and Fisher, right
 * to three decimals from 5 degrees of freedom on. */
static double student(double freedom)
{
    const double z = NORMAL_975, z2 = z * z, n = freedom;
    return z * (1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
                (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n));
}

struct stat_interval stat_expanded(double *replicates, double n, double tails)
{
    double tail = tails * 0.5 * erfc(student(n - 1) * sqrt(n / (n - 1.0)) / M_SQRT2);
    qsort(replicates, STAT_REPLICATES, sizeof *replicates, by_number);
    return (struct stat_interval){percentile(replicates, STAT_REPLICATES, tail),
                                  percentile(replicates, STAT_REPLICATES, 1 - tail)};
}
