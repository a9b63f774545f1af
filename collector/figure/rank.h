/* Who comes before whom, as far as lines tell of it.
 *
 * Of two cells one comes before the other when its published value is better, and
 * its lines tell the two apart in the same direction (duel.h). Of all pairs together,
 * a wrong one is found in at most one case of twenty (Holm 1979). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/figure/stat.h"

#define RANK_WRONG     0.05
#define RANK_DRAWS_MIN 1999
#define RANK_DRAWS_MAX 9999 /* more than 27 cells (of means, 14) are told apart by no p of so few */

struct rank_cell {
    double value;        /* as it is published */
    const double *lines; /* what each of its lines says */
    size_t count;
};

/* The best and the worst place of a cell, from 1, that the differences found
 * leave it: both are equal where it differs from all others. */
struct rank {
    uint32_t low, high;
};

/* ret has room for `count`. Equal cells and seed give equal ranks on every machine. */
void rank_cells(const struct stat_what *what, bool high_is_better, const struct rank_cell *cells, size_t count,
                uint64_t seed, struct rank *ret);
