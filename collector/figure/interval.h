/* 95 % intervals of what is told of many lines by those that measure. Each line
 * says one value of the period and weighs what it weighs (stat.h); lines are
 * taken for independent, and their weights for having to do with no value. The
 * interval is of what all lines of the kind would say together.
 *
 * A quantile: from one line's value to another's, by the sign test turned round
 * (Thompson 1936), which is right for any values: a line below the quantile is a
 * draw with its probability, and what lines below it weigh has the law of
 * chance.h. From line to line the steps of few are wide: where it would cover more
 * than 98 of 100, it is interpolated between the two lines next to the end
 * (Hettmansperger and Sheather 1986 for the median, Nyblom 1992 for others).
 *
 * A share: all those under which neither as much nor as little is improbable
 * (Clopper and Pearson 1934), of lines that weigh differently in the same way.
 *
 * A mean: the studentised bootstrap over lines (Efron 1981, Hall 1988), which
 * learns from the lines how skewed they are. Its tails are taken further out, as
 * Hesterberg (2015) does those of the plain one: of few lines it covers too little.
 *
 * How often each covers, and from how many lines on: tests/bench/coverage. */
#pragma once

#include "collector/figure/stat.h"

/* Why there is none. */
#define INTERVAL_LINES "lines" /* too few, or too few that weigh much */
#define INTERVAL_ALIKE "alike" /* too many say the same to tell how lines differ */

struct interval {
    double low, high;
    const char *kind; /* "order95", "exact95", "studentised95"; NULL: there is none */
    const char *why;
};

/* Of the mean of what lines changed by from one year to the next, from INTERVAL_PAIRS
 * lines on: in the same way, with tails further out, as a line that grows by a part
 * of itself changes more the larger it is. Where all changed by the very same it is that. */
#define INTERVAL_PAIRS 36
struct interval interval_of_change(const struct stat_sample *changes, size_t count, const double *weights,
                                   uint64_t seed);

/* The lines that it takes, were all to weigh the same. */
uint32_t interval_lines(const struct stat_what *what);

/* samples sorted, a line each; weights by cluster. Equal samples, weights and seed
 * give the same on every machine. */
struct interval interval_of(const struct stat_what *what, const struct stat_sample *samples, size_t count,
                            const double *weights, uint64_t seed);
