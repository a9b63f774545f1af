#include "collector/figure/pair.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/random.h"
#include "collector/figure/weight.h"

/* What each line weighs, in both years; the caller frees. */
static double *weigh(const struct pair *pairs, uint32_t count)
{
    uint32_t *days = alloc_zero(count, sizeof *days), *vouchers = alloc_zero(count, sizeof *vouchers);
    double *weights = alloc_zero(count, sizeof *weights);
    for (uint32_t l = 0; l < count; l++) {
        days[l] = 1;
        vouchers[l] = pairs[l].voucher;
    }
    weight_days(days, days, vouchers, count, weights);
    free(days);
    free(vouchers);
    return weights;
}

/* One year, sorted; the caller frees. */
static struct stat_sample *year_of(const struct stat_what *what, const struct pair *pairs, uint32_t count, bool to,
                                   const double *weights)
{
    struct stat_sample *year = alloc_zero(count, sizeof *year);
    for (uint32_t l = 0; l < count; l++)
        year[l] = (struct stat_sample){to ? pairs[l].to : pairs[l].from, l};
    if (what->kind == STAT_MEAN)
        weight_cut_mean(year, count, count, weights);
    stat_sort(year, count);
    return year;
}

struct pair_change pair_compare(const struct stat_what *what, const struct pair *pairs, size_t count, uint64_t seed)
{
    uint32_t lines = (uint32_t)count;
    double replicates[STAT_REPLICATES];
    double *weights = weigh(pairs, lines), *times = alloc_zero(lines, sizeof *times);
    struct stat_sample *from = year_of(what, pairs, lines, false, weights);
    struct stat_sample *to = year_of(what, pairs, lines, true, weights);
    struct pair_change change = {stat_value(what, from, count, weights), stat_value(what, to, count, weights), {0, 0}};
    for (size_t r = 0; r < STAT_REPLICATES; r++) {
        memset(times, 0, lines * sizeof *times);
        for (uint32_t l = 0; l < lines; l++) {
            uint32_t drawn = random_below(&seed, lines);
            times[drawn] += weights[drawn];
        }
        replicates[r] = stat_value(what, to, count, times) - stat_value(what, from, count, times);
    }
    change.interval = stat_expanded(replicates, lines, 1);
    free(from);
    free(to);
    free(times);
    free(weights);
    return change;
}
