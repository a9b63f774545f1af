/* What is told of how far a figure may be off: ends so far out that they tell of no line.
 *
 * An end of a quantile's interval is what a line says, or lies between what two say (interval.h). Where fewer than
 * FLOOR_PROBES lines lie at it or beyond, the next preferred number outwards is told that is a fifth of it away or
 * more, of the series R5 (ISO 3: 1, 1.6, 2.5, 4, 6.3, 10, by powers of ten). Nothing that is told is then within a
 * fifth of the line. Who knows this rule knows between which two numbers the line lies; neighbours differ by 1.5625 or
 * more, and of what lies between a and b the best guess, 2ab / (a + b), may be off by (b - a) / (b + a) of it: 22 %. Of
 * what has a greatest value too (a part in percent), the less is taken of an end and of what it lacks of that: 99.5
 * becomes 99.37. Zero stays zero.
 *
 * The method stays what it is, and is held to what it promises (tests/bench/coverage): what is told is wider. */
#pragma once

#include "collector/figure/interval.h"

/* samples: what it is of, sorted, a line each. i may have no kind: it is given back. */
struct interval ends_told(struct interval i, const struct stat_what *what, const struct stat_sample *samples,
                          size_t count) CHECKED;
