/* Who comes before whom, as far as lines tell of it.
 *
 * Of two cells one comes before the other when its published value is better and
 * exchanging lines at random between the two seldom parts them as far as they
 * are: Pitman's permutation test (1937), two-sided, on what each line says
 * (line.h). Lines are compared by their ranks where the statistic is a quantile,
 * which is the test of Wilcoxon (1945), and by their values where it is a mean or
 * a share. p is (b + 1) / (m + 1) of m draws, b of them as far apart (Phipson and
 * Smyth 2010). Of all pairs together, a wrong one is found in at most one case of
 * twenty (Holm 1979).
 *
 * A test of lines is right for however few there are, where a bootstrap finds
 * differences too often. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/figure/stat.h"

#define RANK_WRONG     0.05
#define RANK_DRAWS_MIN 1999
#define RANK_DRAWS_MAX 9999 /* more than 31 cells are told apart by no p of so few */

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
