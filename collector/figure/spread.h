/* What lines say of a metric on a day, put together: analysts read percentiles of
 * lines that stand alike, in any way they ask for, made of the days by cell
 * (cell_day.h) while they wait. A year of a thousand lines is some hundred thousand
 * values, and every one of them is looked at. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SPREAD_QUANTILES 4

struct spread_line {
    uint64_t subject; /* what is put together has one number; points come in their order */
    int32_t samples;
    uint32_t network; /* 0: none was seen; else at most what spread_new was told */
    float value;
};

struct spread_point {
    uint64_t subject;
    int64_t samples;
    size_t lines, networks;
    double values[SPREAD_QUANTILES]; /* as percentile_cont has them */
};

struct spread;
struct spread *spread_new(uint32_t networks);
void spread_free(struct spread *s);

void spread_sort(struct spread_line *lines, size_t count);

/* The point of the subject whose lines begin here: *ret, with the quantiles (0 to 1) that are
 * asked for. Returns how many they are. Lines are sorted, and at least one. */
size_t spread_point(struct spread *s, const struct spread_line *lines, size_t count, const double *quantiles,
                    size_t quantile_count, struct spread_point *ret);
