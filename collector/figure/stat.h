/* The statistics of published figures: quantiles, seeded cluster bootstrap,
 * order-statistic and Wilson intervals. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

/* One value and the cluster it belongs to. An indicator's value is a probe-day
 * and its cluster the probe: days of one probe are not independent. */
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
    STAT_SHARE, /* percent of clusters whose median value is at least one half */
};
struct stat_what {
    enum stat_kind kind;
    double q; /* of a quantile, 0 to 1 */
};

void stat_sort(struct stat_sample *samples, size_t count); /* by value, then cluster */

/* samples sorted, count > 0. Each sample of a cluster counts as many times as
 * weights says; weights NULL: once. Quantiles interpolate between
 * the two closest ranks (type 7 of Hyndman and Fan 1996, PostgreSQL's
 * percentile_cont): with W the sum of weights and r = q (W - 1), between the
 * first sample up to which more than floor(r) are counted and the first up to
 * which more than ceil(r) are. A share knows no weights. */
double stat_value(const struct stat_what *what, const struct stat_sample *samples, size_t count, uint32_t clusters,
                  const double *weights);

/* Bootstrap over clusters (Field and Welsh 2007): each of STAT_REPLICATES
 * draws `clusters` clusters with replacement and computes the same thing of all
 * their samples; the interval is the replicates' 2.5th and 97.5th percentile.
 * Equal samples and seed give an equal interval on every machine. For quantiles
 * and means. samples sorted. */
#define STAT_REPLICATES 1000
struct stat_interval stat_bootstrap(const struct stat_what *what, const struct stat_sample *samples, size_t count,
                                    uint32_t clusters, const double *weights, uint64_t seed);

/* The 95 % interval of STAT_REPLICATES replicates, which are sorted, over n
 * independent clusters: their percentiles, moved outwards by what a t interval is
 * wider than a normal one of n in the place of n - 1 (the expanded percentile
 * interval of Hesterberg 2015). A plain one covers too little with few clusters. */
struct stat_interval stat_expanded(double *replicates, uint32_t n);

/* Below this many clusters a bootstrap says little, and the range is two of them. */
#define STAT_BOOTSTRAP_CLUSTERS_MIN 6

/* Interval of the median of n independent samples by order statistics: the
 * largest k with P(Binomial(n, 1/2) <= k-1) <= 0.025 gives [x(k), x(n+1-k)],
 * ranks from 1. -ERANGE below 6 samples, where none reaches 95 %. */
int stat_median_ranks(size_t n, size_t *ret_low, size_t *ret_high) CHECKED;

/* Wilson score interval of a proportion (Wilson 1927) at 95 %, 0 to 1.
 * trials > 0. */
struct stat_interval stat_wilson(uint64_t successes, uint64_t trials);
