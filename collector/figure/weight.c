#include "collector/figure/weight.h"

#include <math.h>

static int longest_first(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

/* The days above which a line would weigh more than a fifth. */
static double longest(const uint32_t *days, uint32_t lines)
{
    uint32_t *order = alloc_zero(lines, sizeof *order);
    double rest = 0, most;
    for (uint32_t l = 0; l < lines; l++)
        rest += order[l] = days[l];
    qsort(order, lines, sizeof *order, longest_first);
    /* At the latest the fifth is shorter than all from it on together. */
    for (uint32_t cut = 0; order[cut] > (most = rest / (WEIGHT_LINES_MIN - cut)); cut++)
        rest -= order[cut];
    free(order);
    return most;
}

/* Of all vouchers, the one whose lines weigh most; 0 where nobody vouches. */
static uint32_t first_voucher(const double *sums, const uint32_t *vouchers, uint32_t lines)
{
    uint32_t first = 0;
    for (uint32_t l = 0; l < lines; l++)
        if (vouchers[l] && (!first || sums[vouchers[l]] > sums[first]))
            first = vouchers[l];
    return first;
}

/* What every line of the voucher is to be multiplied by. */
static double scale_of(uint32_t voucher, double own, const double *sums, const uint32_t *vouchers, uint32_t lines)
{
    double rest = 0, largest = 0;
    for (uint32_t l = 0; l < lines; l++)
        if (vouchers[l] != voucher) {
            rest += sums[l];
            largest = fmax(largest, sums[l]);
        }
    return rest > 0 && own > rest ? fmin(1, fmax(rest, WEIGHT_LINES_MIN * largest - rest) / own) : 1;
}

void weight_days(const uint32_t *days, const uint32_t *vouchers, uint32_t lines, double *ret)
{
    for (uint32_t l = 0; l < lines; l++)
        ret[l] = 1;
    if (lines < WEIGHT_LINES_MIN)
        return;
    double most = longest(days, lines), *sums = alloc_zero(lines, sizeof *sums);
    uint32_t last = 0;
    for (uint32_t l = 0; l < lines; l++) {
        sums[l] = fmin(days[l], most);
        last = vouchers[l] > last ? vouchers[l] : last;
    }
    double *vouched = alloc_zero((size_t)last + 1, sizeof *vouched);
    for (uint32_t l = 0; l < lines; l++)
        vouched[vouchers[l]] += sums[l];
    uint32_t voucher = first_voucher(vouched, vouchers, lines);
    double scale = voucher ? scale_of(voucher, vouched[voucher], sums, vouchers, lines) : 1;
    for (uint32_t l = 0; l < lines; l++)
        ret[l] = sums[l] / days[l] * (vouchers[l] == voucher ? scale : 1);
    free(vouched);
    free(sums);
}

double weight_largest(const uint32_t *days, const double *weights, uint32_t lines)
{
    double whole = 0, largest = 0;
    for (uint32_t l = 0; l < lines; l++) {
        whole += days[l] * weights[l];
        largest = fmax(largest, days[l] * weights[l]);
    }
    return largest / whole;
}

void weight_cut_mean(struct stat_sample *samples, size_t count, uint32_t lines, const double *weights)
{
    if (lines < 3)
        return;
    double *sums = alloc_zero(lines, sizeof *sums), rest = 0;
    for (size_t i = 0; i < count; i++)
        sums[samples[i].cluster] += samples[i].value * weights[samples[i].cluster];
    uint32_t first = 0, second = UINT32_MAX;
    for (uint32_t l = 1; l < lines; l++)
        if (sums[l] > sums[first]) {
            second = first;
            first = l;
        } else if (second == UINT32_MAX || sums[l] > sums[second]) {
            second = l;
        }
    for (uint32_t l = 0; l < lines; l++)
        rest += l == first || l == second ? 0 : sums[l];
    if (sums[first] > WEIGHT_MEAN_TIMES * rest)
        for (size_t i = 0; i < count; i++)
            if (samples[i].cluster == first)
                samples[i].value *= WEIGHT_MEAN_TIMES * rest / sums[first];
    free(sums);
}
