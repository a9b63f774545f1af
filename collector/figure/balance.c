#include "collector/figure/balance.h"

#include <math.h>
#include <string.h>

#include "collector/figure/weight.h"
#include "common/alloc.h"

#define ROUNDS_MAX 100
#define PASSES_MAX 20
#define TURNS_MAX  10
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

/* What is settled: `from` and `none` are as long as the weights, none is zero. */
struct settling {
    double *weights, *from, *least, *none;
    const uint32_t *vouchers;
    size_t lines;
    const struct balance_cell *cells;
    size_t count;
};

/* Each from what lines weigh before, so that it does not matter which cell comes first. */
static void cut_vouchers(const struct settling *s, bool coarse)
{
    memcpy(s->from, s->weights, s->lines * sizeof *s->from);
    for (size_t c = 0; c < s->count; c++)
        if (s->cells[c].coarse == coarse && !s->cells[c].refused)
            cut_voucher(&s->cells[c], s->vouchers, s->from, coarse ? s->none : s->least, s->weights);
}

/* More weight before is never less after, so that it ends with the same in whichever order. */
static void cut_all_lines(const struct settling *s, bool coarse_only)
{
    bool changed = true;
    for (int round = 0; changed && round < ROUNDS_MAX; round++) {
        changed = false;
        for (size_t c = s->count; c-- > 0;)
            if (!s->cells[c].refused && (s->cells[c].coarse || !coarse_only))
                changed |= cut_lines(&s->cells[c], s->cells[c].coarse ? s->none : s->least, s->weights);
    }
}

/* Coarse cells first, which leaves what the finer ones are held to. Lines that are cut for these leave a voucher more
 * of the coarse ones, which is cut there again. A line that shares a small cell with one of theirs and all that they
 * vouch for then take each other down, mostly by less each time; where not, it ends all the same. */
static void settle(const struct settling *s)
{
    cut_all_lines(s, true);
    cut_vouchers(s, true);
    for (size_t l = 0; l < s->lines; l++)
        s->least[l] = s->weights[l] / BALANCE_MOST;
    cut_vouchers(s, false);
    cut_all_lines(s, false);
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        cut_vouchers(s, true);
        cut_all_lines(s, false);
    }
    for (size_t l = 0; l < s->lines; l++)
        s->weights[l] = fmax(1, round(s->weights[l] * UNIT)) / UNIT;
}

/* Are there cells, which were not refused before, in which a line is still too much? */
static bool refuse(struct balance_cell *cells, size_t count, const double *weights)
{
    bool any = false;
    for (size_t c = 0; c < count; c++)
        if (!cells[c].refused && !cells[c].coarse && cells[c].count >= WEIGHT_LINES_MIN &&
            largest(&cells[c], weights) > (1 + ROUNDING) / WEIGHT_LINES_MIN)
            any = cells[c].refused = true;
    return any;
}

/* All that are too much at once, so that none depends on which is looked at first. After the last pass some may be
 * refused that had a hand in the weights: the others are within their bounds all the same. */
void balance(double *weights, const uint32_t *vouchers, size_t lines, struct balance_cell *cells, size_t count)
{
    double *own = alloc_zero(lines, sizeof *own);
    struct settling s = {weights,
                         alloc_zero(lines, sizeof *own),
                         alloc_zero(lines, sizeof *own),
                         alloc_zero(lines, sizeof *own),
                         vouchers,
                         lines,
                         cells,
                         count};
    memcpy(own, weights, lines * sizeof *own);
    for (size_t c = 0; c < count; c++)
        cells[c].refused = false;
    bool again = true;
    for (int pass = 0; again && pass < PASSES_MAX; pass++) {
        memcpy(weights, own, lines * sizeof *own);
        settle(&s);
        again = refuse(cells, count, weights);
    }
    free(s.from);
    free(s.least);
    free(s.none);
    free(own);
}
