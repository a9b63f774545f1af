/* The statistics of published figures.
 *
 * What a figure estimates (its estimand) is of all lines of a kind: each says one
 * value of the period, its own (line.h), and the figure is the median, another
 * quantile, the mean or the share of these. The lines that measure are a sample of
 * them; each weighs what weight.h lets it. How far the figure may be off for that is
 * interval.h's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

/* One value and whose it is. */
struct stat_sample {
    double value;
    uint32_t cluster; /* 0 to clusters - 1 */
};

struct stat_interval {
    double low, high;
};

/* What is computed of a sample. */
enum stat_kind {
    STAT_QUANTILE,
    STAT_MEAN,
    STAT_SHARE, /* percent of lines that say yes: the mean of 0 and 100 */
};
struct stat_what {
    enum stat_kind kind;
    double q;     /* of a quantile, 0 to 1 */
    double most;  /* the greatest value that there can be; 0: any */
    int decimals; /* in which it is told (rounding.h) */
    double days;  /* of a quantile: which of its own days a line says, 0 to 1; 0: their median (line.h) */
};

void stat_sort(struct stat_sample *samples, size_t count); /* by value, then cluster */

/* samples sorted, count > 0; each weighs what weights has for its cluster, NULL:
 * all the same. A quantile interpolates between the two closest ranks (type 7 of
 * Hyndman and Fan 1996, PostgreSQL's percentile_cont). Where weights differ it does
 * so as if there were n = (sum of w)^2 / (sum of w^2) values (Kish 1965): what lies
 * from q (n - 1) to q (n - 1) + 1 of n, weights scaled to n in all, is averaged
 * (Akinshin 2023). */
double stat_value(const struct stat_what *what, const struct stat_sample *samples, size_t count, const double *weights);

#define STAT_REPLICATES 1000 /* of a bootstrap */

/* The 95 % interval of STAT_REPLICATES replicates, which are sorted, over n
 * independent lines: their percentiles, moved outwards by what a t interval is
 * wider than a normal one of n in the place of n - 1 (the expanded percentile
 * interval of Hesterberg 2015), and with tails of so much of that. A plain one covers
 * too little with few lines. */
struct stat_interval stat_expanded(double *replicates, double n, double tails);
