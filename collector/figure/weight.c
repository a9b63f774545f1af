#include "collector/figure/weight.h"

#include <assert.h>
#include <math.h>

#include "collector/disclosure/dominance.h"

static_assert(DOMINANCE_TIMES == WEIGHT_MEAN_TIMES, "what is cut lies at the bound, and is not dominated");

static int heaviest_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The weight above which a line would have more than a fifth. */
static double heaviest(const double *sums, uint32_t lines)
{
    double *order = alloc_zero(lines, sizeof *order), rest = 0;
    for (uint32_t l = 0; l < lines; l++)
        rest += order[l] = sums[l];
    qsort(order, lines, sizeof *order, heaviest_first);
    /* At the latest the fifth weighs less than all from it on together, but for rounding. */
    uint32_t cut = 0;
    for (; cut < WEIGHT_LINES_MIN - 1 && order[cut] > rest / (WEIGHT_LINES_MIN - cut); cut++)
        rest -= order[cut];
    free(order);
    return rest / (WEIGHT_LINES_MIN - cut);
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

void weight_cut_lines(double *sums, uint32_t lines)
{
    if (lines < WEIGHT_LINES_MIN)
        return;
    double most = heaviest(sums, lines);
    for (uint32_t l = 0; l < lines; l++)
        sums[l] = fmin(sums[l], most);
}

void weight_cut_voucher(double *sums, const uint32_t *vouchers, uint32_t lines)
{
    uint32_t last = 0;
    if (lines < WEIGHT_LINES_MIN)
        return;
    for (uint32_t l = 0; l < lines; l++)
        last = vouchers[l] > last ? vouchers[l] : last;
    double *vouched = alloc_zero((size_t)last + 1, sizeof *vouched);
    for (uint32_t l = 0; l < lines; l++)
        vouched[vouchers[l]] += sums[l];
    uint32_t voucher = first_voucher(vouched, vouchers, lines);
    double scale = voucher ? scale_of(voucher, vouched[voucher], sums, vouchers, lines) : 1;
    for (uint32_t l = 0; l < lines; l++)
        sums[l] *= vouchers[l] == voucher ? scale : 1;
    free(vouched);
}

void weight_days(const uint32_t *days, const uint32_t *due, const uint32_t *vouchers, uint32_t lines, double *ret)
{
    for (uint32_t l = 0; l < lines; l++)
        ret[l] = fmin(due[l], (double)WEIGHT_DAY_MOST * days[l]);
    weight_cut_lines(ret, lines);
    weight_cut_voucher(ret, vouchers, lines);
    for (uint32_t l = 0; l < lines; l++)
        ret[l] /= days[l];
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

void weight_parts(const double *sums, uint32_t lines, double *ret)
{
    double rest = 0, *order = alloc_zero(lines, sizeof *order);
    for (uint32_t l = 0; l < lines; l++)
        order[l] = sums[l];
    qsort(order, lines, sizeof *order, heaviest_first);
    for (uint32_t l = 2; l < lines; l++)
        rest += order[l];
    for (uint32_t l = 0; l < lines; l++)
        ret[l] = lines >= 3 && sums[l] > WEIGHT_MEAN_TIMES * rest ? WEIGHT_MEAN_TIMES * rest / sums[l] : 1;
    free(order);
}

void weight_parts_of(const struct stat_sample *samples, size_t count, uint32_t lines, const double *weights,
                     double *ret)
{
    double *sums = alloc_zero(lines, sizeof *sums);
    for (size_t i = 0; i < count; i++)
        sums[samples[i].cluster] += samples[i].value * weights[samples[i].cluster];
    weight_parts(sums, lines, ret);
    free(sums);
}

void weight_cut_mean(struct stat_sample *samples, size_t count, uint32_t lines, const double *weights)
{
    double *parts = alloc_zero(lines, sizeof *parts);
    weight_parts_of(samples, count, lines, weights, parts);
    for (size_t i = 0; i < count; i++)
        samples[i].value *= parts[samples[i].cluster];
    free(parts);
}
