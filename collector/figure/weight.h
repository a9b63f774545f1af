/* How much one line, and what one person vouches for, may weigh in a figure.
 *
 * A line weighs as many days as it measured, but none more than a fifth of the
 * whole: with the lines in order of their days, the longest first, the top k (as
 * few as will do) are cut to a (5 - k)th of what all others have together.
 *
 * Where one voucher's lines then weigh more than all others, they are scaled
 * down to as much as those: but no further than to where one of the others would
 * come to weigh more than a fifth.
 *
 * In a mean, the largest line's sum counts as five times what all but the two
 * largest give together, at most: who knows the second largest (its own) learns
 * the largest within 20 % at best. This is the p% rule of statistical offices,
 * with the value cut in the place of the figure hidden. */
#pragma once

#include "collector/figure/stat.h"

#define WEIGHT_LINES_MIN  5
#define WEIGHT_MEAN_TIMES 5 /* what the largest line may be of all but the two largest */

/* days: of each line; vouchers: of each, 0 for none. ret: what one day of each
 * line counts, from 0 to 1. Below WEIGHT_LINES_MIN lines all days count once. */
void weight_days(const uint32_t *days, const uint32_t *vouchers, uint32_t lines, double *ret);

/* The largest line's part of the whole. */
double weight_largest(const uint32_t *days, const double *weights, uint32_t lines);

/* Cuts the largest line's values down in place (they are no longer sorted). The
 * values are not negative. */
void weight_cut_mean(struct stat_sample *samples, size_t count, uint32_t lines, const double *weights);
