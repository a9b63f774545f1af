/* In how many digits figures are told.
 *
 * The mean of few lines of which each says a part of known whole numbers, 3 failed of 7, is a fraction: where all
 * digits of it are there, only one set of such parts may come to it. So whatever is told of a measured indicator,
 * values, points, changes and the ends of their intervals, has the decimals of the indicator and no more, and what is
 * derived of it (how far the ends of a mean are off) is derived of the rounded number. All that is reckoned with,
 * ranks, the floor and what was said before, is not rounded. */
#pragma once

#include "collector/figure/stat.h"

/* The nearest number of so many decimals; halves go away from zero. As value is binary, one that its decimals show half
 * way may lie a hair beside it: 1.005 is less, and told as 1 in hundredths. */
double rounding_nearest(double value, int decimals);

/* The least and the greatest number around both ends; one that is within a millionth of the last decimal is that, so
 * that 0.3 made of 0.1 and 0.2 is not told as 0.4. */
struct stat_interval rounding_outwards(double low, double high, int decimals);
