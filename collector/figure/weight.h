/* How much one line, and what one person vouches for, may weigh in a figure.
 *
 * A line weighs as many days as were expected of it: one that fails or is off
 * every other day has half as many values, and would count half as much just
 * because it is bad. But no day stands for more than WEIGHT_DAY_MOST: beyond that
 * a value would speak of more than it saw.
 * A line that has brought nothing since it was told last weighs what it did then
 * (past.h): what is waited for counts when it comes, or others would move with it.
 *
 * No line weighs more than a fifth of the whole (in figures, whose cells lie in each
 * other, balance.h sees to that): with the lines in order of their
 * weight, the heaviest first, the top k (as few as will do) are cut to a (5 - k)th
 * of what all others have together.
 *
 * Where one voucher's lines then weigh more than all others, they are scaled
 * down to as much as those: but no further than to where one of the others would
 * come to weigh more than a fifth.
 *
 * In a mean, the sums of the two largest lines count as WEIGHT_MEAN_TIMES what all
 * others give together, at most: one line, which may be forged, is not the mean, and
 * where it were cut alone, the second would be what is left. They
 * are cut once an edition, by what all lines of a source in the country give, and what
 * is left of them is their value in all cells: a cut that each cell had of its own would
 * be undone by subtraction. Where a line is most of a cell or of a sum still, that is
 * hidden (dominance.h). A day of a chart, and a change, cut for themselves. */
#pragma once

#include "collector/figure/stat.h"

#define WEIGHT_LINES_MIN  5
#define WEIGHT_DAY_MOST   4
#define WEIGHT_MEAN_TIMES 5 /* what a line may be of all but the two largest */

/* Of each line, days: those with a value; due: those that were expected, as many
 * or more; vouchers: who, 0 for nobody. ret: what one day with a value of each
 * line counts, from 0 to WEIGHT_DAY_MOST. Below WEIGHT_LINES_MIN lines nothing is
 * cut to a fifth. */
void weight_days(const uint32_t *days, const uint32_t *due, const uint32_t *vouchers, uint32_t lines, double *ret);

/* The two bounds, of what lines weigh together in a cell, in place: to a fifth, and to what all others vouch for. */
void weight_cut_lines(double *sums, uint32_t lines);
void weight_cut_voucher(double *sums, const uint32_t *vouchers, uint32_t lines);

/* The largest line's part of the whole. */
double weight_largest(const uint32_t *days, const double *weights, uint32_t lines);

/* sums: what each line gives to a mean, not negative. ret: to what part of itself each is cut, 1 mostly. */
void weight_parts(const double *sums, uint32_t lines, double *ret);

/* The same of what the lines say. */
void weight_parts_of(const struct stat_sample *samples, size_t count, uint32_t lines, const double *weights,
                     double *ret);

/* Cuts the largest lines' values down in place (they are no longer sorted). The
 * values are not negative. */
void weight_cut_mean(struct stat_sample *samples, size_t count, uint32_t lines, const double *weights);
