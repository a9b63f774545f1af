#include "collector/figure/block.h"

#include <math.h>
#include <stdlib.h>

#include "collector/disclosure/crowd.h"
#include "collector/figure/weight.h"

#define WEIGHT_WHOLE 1000000 /* a weight of 1, in the parts that weight.h takes */

/* From what is most alike on. Operators come before departments: who is left over in a department
 * is told with the operator's others. */
static const unsigned levels[] = {
    BLOCK_ALIKE(DEPARTMENT) | BLOCK_ALIKE(OPERATOR) | BLOCK_ALIKE(TECHNOLOGY) | BLOCK_ALIKE(ZONE),
    BLOCK_ALIKE(DEPARTMENT) | BLOCK_ALIKE(OPERATOR) | BLOCK_ALIKE(TECHNOLOGY),
    BLOCK_ALIKE(DEPARTMENT) | BLOCK_ALIKE(OPERATOR),
    BLOCK_ALIKE(OPERATOR),
    BLOCK_ALIKE(DEPARTMENT),
    BLOCK_ALIKE(TECHNOLOGY),
    BLOCK_ALIKE(ZONE),
    0,
};

/* What two have in common. */
static unsigned common(const struct block_line *a, const struct block_line *b)
{
    unsigned alike = 0;
    for (int f = 0; f < BLOCK_FIELDS; f++)
        if (a->fields[f] == b->fields[f])
            alike |= 1u << f;
    return alike;
}

/* Those that are in no block last, in the order of what the mask asks for, then of their numbers: equal
 * lines give equal blocks. */
static int by_place(const void *a, const void *b, void *mask)
{
    const struct block_line *x = a, *y = b;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    for (int f = 0; f < BLOCK_FIELDS; f++)
        if ((*(const unsigned *)mask & 1u << f) && x->fields[f] != y->fields[f])
            return x->fields[f] < y->fields[f] ? -1 : 1;
    return (x->probe > y->probe) - (x->probe < y->probe);
}

static bool enough(const struct block_line *lines, size_t count)
{
    struct crowd crowd = {0};
    for (size_t i = 0; i < count; i++)
        crowd_add(&crowd, lines[i].probe, lines[i].network, 1);
    return crowd.probe_count >= FLOOR_PROBES && crowd.network_count >= FLOOR_NETWORKS;
}

static void sort(struct block_line *lines, size_t count, unsigned mask)
{
    if (count > 1)
        qsort_r(lines, count, sizeof *lines, by_place, &mask);
}

/* Makes blocks of those left that are alike in the mask's fields; returns how many there are then. */
static size_t make(struct block_line *lines, size_t count, unsigned mask, size_t made)
{
    sort(lines, count, mask);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1;
             end < count && lines[end].block == lines[i].block && (common(&lines[i], &lines[end]) & mask) == mask;)
            end++;
        if (lines[i].block != BLOCK_NONE || !enough(&lines[i], end - i))
            continue;
        for (size_t k = i; k < end; k++)
            lines[k].block = made;
        made++;
    }
    return made;
}

/* The block that has most in common with all of `left`; of several, the smallest. */
static size_t closest(const struct block_line *lines, const struct block_line *left, const struct block_line *end)
{
    size_t best = BLOCK_NONE, best_size = 0;
    int best_alike = -1;
    for (const struct block_line *from = lines, *to; from < left; from = to) {
        unsigned alike = ~0u;
        for (to = from; to < left && to->block == from->block; to++)
            alike &= common(from, to);
        for (const struct block_line *l = left; l < end; l++)
            alike &= common(from, l);
        int fields = __builtin_popcount(alike);
        if (fields > best_alike || (fields == best_alike && (size_t)(to - from) < best_size)) {
            best = from->block;
            best_alike = fields;
            best_size = (size_t)(to - from);
        }
    }
    return best;
}

/* Cuts what lines that are told together weigh. */
static void weigh(struct block_line *lines, size_t count)
{
    uint32_t *whole = alloc_zero(count, sizeof *whole), *due = alloc_zero(count, sizeof *due);
    uint32_t *vouchers = alloc_zero(count, sizeof *vouchers);
    double *weights = alloc_zero(count, sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        whole[i] = WEIGHT_WHOLE;
        due[i] = (uint32_t)lround(lines[i].weight * WEIGHT_WHOLE);
        vouchers[i] = lines[i].voucher;
    }
    weight_days(whole, due, vouchers, (uint32_t)count, weights);
    for (size_t i = 0; i < count; i++)
        lines[i].weight = weights[i];
    free(weights);
    free(vouchers);
    free(due);
    free(whole);
}

/* All of them, and then each block. */
static void weigh_blocks(struct block_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lines[i].weight = 1;
    weigh(lines, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && lines[end].block == lines[i].block;)
            end++;
        weigh(&lines[i], end - i);
    }
}

size_t block_part(struct block_line *lines, size_t count, unsigned **ret_alike)
{
    size_t made = 0, parted = 0;
    for (size_t i = 0; i < count; i++)
        lines[i].block = BLOCK_NONE;
    for (size_t l = 0; l < COUNT(levels); l++)
        made = make(lines, count, levels[l], made);
    sort(lines, count, 0);
    while (parted < count && lines[parted].block != BLOCK_NONE)
        parted++;
    if (parted > 0 && parted < count) {
        size_t joined = closest(lines, lines + parted, lines + count);
        for (size_t i = parted; i < count; i++)
            lines[i].block = joined;
        sort(lines, count, 0);
    }
    if (made > 0)
        weigh_blocks(lines, count);
    unsigned *alike = alloc_zero(made ? made : 1, sizeof *alike);
    for (size_t b = 0; b < made; b++)
        alike[b] = levels[0];
    for (size_t i = 0; made > 0 && i < count; i++)
        if (i > 0 && lines[i].block == lines[i - 1].block)
            alike[lines[i].block] &= common(&lines[i - 1], &lines[i]);
    *ret_alike = alike;
    return made;
}
