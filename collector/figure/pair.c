#include "collector/figure/pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/interval.h"
#include "collector/figure/random.h"
#include "collector/figure/weight.h"

#define LINES_MIN  6
#define NORMAL_975 1.959963984540054

uint32_t pair_lines(const struct stat_what *what)
{
    return what->kind == STAT_MEAN ? INTERVAL_PAIRS : LINES_MIN;
}

/* ---- lines and years ---- */

double *pair_weights(const struct pair *pairs, size_t count)
{
    uint32_t lines = (uint32_t)count, *days = alloc_zero(lines, sizeof *days),
             *vouchers = alloc_zero(lines, sizeof *vouchers);
    double *weights = alloc_zero(lines, sizeof *weights);
    for (uint32_t l = 0; l < lines; l++) {
        days[l] = 1;
        vouchers[l] = pairs[l].voucher;
    }
    weight_days(days, days, vouchers, lines, weights);
    free(days);
    free(vouchers);
    return weights;
}

/* One year, in the order of the lines; the caller frees. */
static struct stat_sample *said(const struct pair *pairs, uint32_t count, bool to)
{
    struct stat_sample *year = alloc_zero(count, sizeof *year);
    for (uint32_t l = 0; l < count; l++)
        year[l] = (struct stat_sample){to ? pairs[l].to : pairs[l].from, l};
    return year;
}

double *pair_parts(const struct stat_what *what, const struct pair *pairs, size_t count, const double *weights, bool to)
{
    struct stat_sample *year = said(pairs, (uint32_t)count, to);
    double *parts = alloc_zero(count, sizeof *parts);
    for (size_t l = 0; l < count; l++)
        parts[l] = 1;
    if (what->kind == STAT_MEAN)
        weight_parts_of(year, count, (uint32_t)count, weights, parts);
    free(year);
    return parts;
}

/* One year, sorted; the caller frees. */
static struct stat_sample *year_of(const struct stat_what *what, const struct pair *pairs, uint32_t count, bool to,
                                   const double *weights)
{
    struct stat_sample *year = said(pairs, count, to);
    if (what->kind == STAT_MEAN)
        weight_cut_mean(year, count, count, weights);
    stat_sort(year, count);
    return year;
}

/* One year of lines, sorted, and the other; what each line weighs. */
struct years {
    struct stat_sample *from, *to;
    const double *weights;
    uint32_t lines;
};

/* What each line changed by; the caller frees. */
static struct stat_sample *differences(const struct years *y)
{
    struct stat_sample *changes = alloc_zero(y->lines, sizeof *changes);
    for (uint32_t l = 0; l < y->lines; l++)
        changes[l].cluster = l;
    for (uint32_t l = 0; l < y->lines; l++) {
        changes[y->to[l].cluster].value += y->to[l].value;
        changes[y->from[l].cluster].value -= y->from[l].value;
    }
    return changes;
}

/* ---- quantiles ---- */

#define STEPS 4096

/* The beta distribution whose density weighs lines around the q-quantile of so many. */
static double *around(double q, double lines)
{
    double *upto = alloc_zero(STEPS + 1, sizeof *upto), a = (lines + 1) * q - 1, b = (lines + 1) * (1 - q) - 1;
    for (int i = 0; i < STEPS; i++) {
        double u = (i + 0.5) / STEPS;
        upto[i + 1] = upto[i] + exp(a * log(u / q) + b * log((1 - u) / (1 - q)));
    }
    for (int i = 0; i < STEPS; i++)
        upto[i] /= upto[STEPS];
    upto[STEPS] = 1;
    return upto;
}

static double part_upto(const double *upto, double u)
{
    double step = fmin(STEPS - 1, floor(u * STEPS));
    return upto[(int)step] + (u * STEPS - step) * (upto[(int)step + 1] - upto[(int)step]);
}

/* times: what each line counts; all: together */
static double smooth(const double *upto, const struct stat_sample *year, uint32_t lines, const double *times,
                     double all)
{
    double reached = 0, part = 0, value = 0;
    for (uint32_t l = 0; l < lines; l++) {
        double before = part;
        reached += times[year[l].cluster];
        part = part_upto(upto, fmin(1, reached / all));
        value += (part - before) * (year[l].value - year[0].value);
    }
    return year[0].value + value;
}

static bool of_quantiles(double q, const struct years *y, uint64_t seed, struct stat_interval *ret)
{
    double replicates[STAT_REPLICATES], sum = 0, squares = 0, *times = alloc_zero(y->lines, sizeof *times);
    for (uint32_t l = 0; l < y->lines; l++) {
        sum += y->weights[l];
        squares += y->weights[l] * y->weights[l];
    }
    double *upto = around(q, sum * sum / squares);
    for (size_t r = 0; r < STAT_REPLICATES; r++) {
        double all = 0;
        memset(times, 0, y->lines * sizeof *times);
        for (uint32_t l = 0; l < y->lines; l++) {
            uint32_t drawn = random_below(&seed, y->lines);
            times[drawn] += y->weights[drawn];
            all += y->weights[drawn];
        }
        replicates[r] = smooth(upto, y->to, y->lines, times, all) - smooth(upto, y->from, y->lines, times, all);
    }
    free(times);
    free(upto);
    *ret = stat_expanded(replicates, y->lines, 1);
    return true;
}

/* ---- means and shares ---- */

static bool of_means(const struct years *y, uint64_t seed, struct stat_interval *ret)
{
    struct stat_sample *changes = differences(y);
    struct interval i = interval_of_change(changes, y->lines, y->weights, seed);
    free(changes);
    *ret = (struct stat_interval){i.low, i.high};
    return i.kind;
}

/* One line more went either way, and two more were there; unequal weights as of so many lines of equal weight. */
static bool of_shares(const struct years *y, struct stat_interval *ret)
{
    struct stat_sample *changes = differences(y);
    double sum = 0, squares = 0, up = 0, down = 0;
    for (uint32_t l = 0; l < y->lines; l++) {
        double weight = y->weights[changes[l].cluster];
        sum += weight;
        squares += weight * weight;
        up += changes[l].value > 0 ? weight : 0;
        down += changes[l].value < 0 ? weight : 0;
    }
    double lines = sum * sum / squares;
    free(changes);
    up = (up / sum * lines + 1) / (lines + 2);
    down = (down / sum * lines + 1) / (lines + 2);
    double middle = 100 * (up - down),
           far = 100 * NORMAL_975 * sqrt((up + down - (up - down) * (up - down)) / (lines + 2));
    *ret = (struct stat_interval){fmax(-100, middle - far), fmin(100, middle + far)};
    return true;
}

/* ---- all ---- */

bool pair_compare(const struct stat_what *what, const struct pair *pairs, size_t count, uint64_t seed,
                  struct pair_change *ret)
{
    uint32_t lines = (uint32_t)count;
    double *weights = pair_weights(pairs, count);
    struct years y = {year_of(what, pairs, lines, false, weights), year_of(what, pairs, lines, true, weights), weights,
                      lines};
    struct pair_change change = {
        stat_value(what, y.from, count, weights), stat_value(what, y.to, count, weights), {0, 0}};
    bool told = what->kind == STAT_QUANTILE ? of_quantiles(what->q, &y, seed, &change.interval)
                : what->kind == STAT_MEAN   ? of_means(&y, seed, &change.interval)
                                            : of_shares(&y, &change.interval);
    free(y.from);
    free(y.to);
    free(weights);
    /* What is told lies within, though it is no smooth one. */
    change.interval.low = fmin(change.interval.low, change.to - change.from);
    change.interval.high = fmax(change.interval.high, change.to - change.from);
    *ret = change;
    return told;
}
