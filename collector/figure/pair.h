/* Two years of the same lines. What is compared are lines, each with one value a
 * year (line.h) and the same weight in both, so that one that came or went moves
 * nothing: their median where the statistic is a quantile, else their mean.
 *
 * No line weighs more than another; what one person vouches for, and the largest
 * line of a mean, weigh no more than weight.h lets them. */
#pragma once

#include "collector/figure/stat.h"

struct pair {
    double from, to;
    uint32_t voucher; /* who confirmed the line, or let it in; 0 for none */
};

struct pair_change {
    double from, to;
    struct stat_interval interval; /* of to - from, 95 % */
};

#define PAIR_LINES_MIN 6

/* count is PAIR_LINES_MIN or more. The interval is a bootstrap that
 * draws lines with both of their years (stat_expanded). Equal pairs and seed give
 * the same on every machine. */
struct pair_change pair_compare(const struct stat_what *what, const struct pair *pairs, size_t count, uint64_t seed);
