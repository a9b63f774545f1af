/* Lines of two cells against each other, each with one value (line.h): how
 * probable is it that they are parted so far, were neither kind ahead?
 *
 * A quantile: do lines of the one tend to say more than those of the other? By
 * Brunner and Munzel's statistic (2000), the part of all pairs of lines in which it
 * is so, less half, over its standard error; held against what it is when lines
 * are exchanged at random (Neubert and Brunner 2007). The test of Wilcoxon, Mann
 * and Whitney has no such error below the line, and takes lines that lie farther
 * apart for lines that lie elsewhere. Of few that lie far apart against many it still
 * parts a little too often: p is taken DUEL_QUANTILE times.
 *
 * A mean: by Welch's t, held against lines exchanged at random (Janssen 1997) and
 * against lines drawn again from either cell, which knows how skewed each is. Both
 * must part them, and of few skewed lines both do so too often: p is DUEL_MEAN times
 * the larger. Fewer lines than have an interval (interval.h) tell nothing.
 *
 * A share: by the difference, held against lines exchanged at random, which is
 * Fisher's exact test: with equal shares lines are of one kind.
 *
 * How often each parts equals: tests/bench/coverage. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/figure/stat.h"

/* Found with tests/bench/coverage, of log-normal lines with sigma up to 1. */
#define DUEL_QUANTILE 1.4
#define DUEL_MEAN     2.5

struct duel_side {
    const double *lines;
    size_t count;
};

/* Above 0: lines of `one` say more. 0 where either has fewer than two. */
double duel_statistic(const struct stat_what *what, const struct duel_side *one, const struct duel_side *other);

/* The least p of so many draws. */
double duel_least(const struct stat_what *what, size_t draws);

/* p, two-sided, of so many draws: (b + 1) / (draws + 1) where b are as far apart
 * (Phipson and Smyth 2010), times what is said above. Draws end where it is sure to be more than `most`, and
 * what is returned is more than that. */
double duel_p(const struct stat_what *what, const struct duel_side *one, const struct duel_side *other, size_t draws,
              double most, uint64_t *state);
