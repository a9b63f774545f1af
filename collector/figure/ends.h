/* What is told of how far a figure may be off: ends so far out that they tell of no line.
 *
 * An end of a quantile's interval is what a line says, or lies between what two say (interval.h). Where fewer than
 * FLOOR_PROBES lines lie at it or beyond, the next preferred number outwards is told that is a fifth of it away or
 * more, of the series R5 (ISO 3: 1, 1.6, 2.5, 4, 6.3, 10, by powers of ten). Nothing that is told is then within a
 * fifth of the line. Who knows this rule knows between which two numbers the line lies; neighbours differ by 1.5625 or
 * more, and of what lies between a and b the best guess, 2ab / (a + b), may be off by (b - a) / (b + a) of it: 22 %. Of
 * what has a greatest value too (a part in percent), the less is taken of an end and of what it lacks of that: 99.5
 * becomes 99.37. Zero stays zero. The figure bounds the line on the other side: where it leaves less room than
 * neighbours do, the number behind the next is told.
 *
 * Ends of a mean's interval tell the sum of squares beside the sum, and with it what the one line gives that gives
 * most, where it is nearly as much as it may (weight.h): a tenth more of it puts them nearly a tenth farther off.
 * Rounded to a tenth or a fifth of that they would tell it to a twentieth or a tenth. So the farther end is taken, and
 * how far it is off is told for both: each rounded by itself would be two guesses at one number, and how they compare a
 * third. It is told in parts of the mean, as the next number of the series times MEAN_STEP; what is more than
 * the mean itself, up to twice it, is told as MEAN_WIDE, as there it is of a line that gives more than two thirds of
 * the most that it may, whom that most bounds on the other side. So whatever a line gives, it may be more or less by a
 * fifth and the same is told.
 *
 * Changes of means, which have no such most, and those of medians where fewer than FLOOR_PROBES lines changed by as
 * much as an end says are off by a number of the series. A share is of lines that say yes or no: its interval adds how
 * many there are.
 *
 * The method stays what it is, and is held to what it promises (tests/bench/coverage): what is told is wider. */
#pragma once

#include "collector/figure/interval.h"
#include "collector/figure/pair.h"

/* samples: what it is of, sorted, a line each; value: what they are told to come to
 * (rounding.h). i may have no kind: it is given back. A mean
 * of what is never negative is not either. */
struct interval ends_told(struct interval i, const struct stat_what *what, const struct stat_sample *samples,
                          size_t count, double value) CHECKED;

/* Of a change from one year to the next of these lines, around its from and to, as they are told. */
struct stat_interval ends_of_change(const struct pair_change *change, const struct stat_what *what,
                                    const struct pair *pairs, size_t count) CHECKED;
