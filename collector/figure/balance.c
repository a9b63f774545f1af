#include "collector/figure/balance.h"

#include <math.h>
#include <string.h>

#include "collector/figure/weight.h"
#include "common/alloc.h"

#define ROUNDS_MAX 100
#define SETTLED    1e-9 /* a smaller part of a weight is no change */
#define ROUNDING   1e-4 /* by which more than a fifth is still one */
#define UNIT       1000000

/* What the cell's lines weigh in it together; the caller frees. */
static double *sums_of(const struct balance_cell *cell, const double *weights)
{
    double *sums = alloc_zero(cell->count, sizeof *sums);
    for (size_t i = 0; i < cell->count; i++)
        sums[i] = cell->lines[i].days * weights[cell->lines[i].line];
    return sums;
}

/* Takes over what the lines of one cell were cut to, but none below `least`. Did any change? */
static bool take(const struct balance_cell *cell, const double *sums, const double *least, double *weights)
{
    bool changed = false;
    for (size_t i = 0; i < cell->count; i++) {
        uint32_t line = cell->lines[i].line;
        double now = fmax(sums[i] / cell->lines[i].days, least[line]);
        changed |= now < weights[line] * (1 - SETTLED);
        weights[line] = fmin(weights[line], now);
    }
    return changed;
}

static bool cut_lines(const struct balance_cell *cell, const double *least, double *weights)
{
    double *sums = sums_of(cell, weights);
    weight_cut_lines(sums, (uint32_t)cell->count);
    bool changed = take(cell, sums, least, weights);
    free(sums);
    return changed;
}

/* from: what lines weigh before */
static void cut_voucher(const struct balance_cell *cell, const uint32_t *vouchers, const double *from,
                        const double *least, double *weights)
{
    double *sums = sums_of(cell, from);
    uint32_t *own = alloc_zero(cell->count, sizeof *own);
    for (size_t i = 0; i < cell->count; i++)
        own[i] = vouchers[cell->lines[i].line];
    weight_cut_voucher(sums, own, (uint32_t)cell->count);
    take(cell, sums, least, weights);
    free(own);
    free(sums);
}

static double largest(const struct balance_cell *cell, const double *weights)
{
    double whole = 0, most = 0;
    for (size_t i = 0; i < cell->count; i++) {
        double sum = cell->lines[i].days * weights[cell->lines[i].line];
        whole += sum;
        most = fmax(most, sum);
    }
    return most / whole;
}

/* Coarse cells first, which leaves what the finer ones are held to. Vouchers are cut once: cut again and again, a line
 * that shares a small cell with one of theirs and all that they vouch for would take each other down. */
static void settle(double *weights, const uint32_t *vouchers, size_t lines, const struct balance_cell *cells,
                   size_t count)
{
    double *least = alloc_zero(lines, sizeof *least), *none = alloc_zero(lines, sizeof *none);
    double *from = alloc_zero(lines, sizeof *from);
    for (size_t c = 0; c < count && cells[c].coarse; c++) {
        cut_lines(&cells[c], none, weights);
        cut_voucher(&cells[c], vouchers, weights, none, weights);
    }
    memcpy(from, weights, lines * sizeof *from);
    for (size_t l = 0; l < lines; l++)
        least[l] = weights[l] / BALANCE_MOST;
    for (size_t c = 0; c < count; c++)
        if (!cells[c].coarse)
            cut_voucher(&cells[c], vouchers, from, least, weights);
    bool changed = true;
    for (int round = 0; changed && round < ROUNDS_MAX; round++) {
        changed = false;
        for (size_t c = count; c-- > 0;)
            changed |= cut_lines(&cells[c], cells[c].coarse ? none : least, weights);
    }
    free(from);
    free(none);
    free(least);
}

void balance(double *weights, const uint32_t *vouchers, size_t lines, struct balance_cell *cells, size_t count)
{
    settle(weights, vouchers, lines, cells, count);
    for (size_t l = 0; l < lines; l++)
        weights[l] = fmax(1, round(weights[l] * UNIT)) / UNIT;
    for (size_t c = 0; c < count; c++)
        cells[c].refused = !cells[c].coarse && cells[c].count >= WEIGHT_LINES_MIN &&
                           largest(&cells[c], weights) > (1 + ROUNDING) / WEIGHT_LINES_MIN;
}
