/* Two years of the same lines. What is compared are lines, each with one value a
 * year (line.h) and the same weight in both, so that one that came or went moves
 * nothing: their median where the statistic is a quantile, else their mean.
 *
 * No line weighs more than another; what one person vouches for, and the largest
 * lines of a mean, weigh no more than weight.h lets them.
 *
 * The interval is of the difference of the two. Of quantiles, by the bootstrap that
 * draws lines with both of their years, of what Harrell and Davis's estimator (1982)
 * comes to, as Wilcox and Erceg-Hurn (2012) have it: it weighs the lines around the
 * quantile, where the quantile itself jumps from one line to the next and its
 * bootstrap is too wide. Of means, that of the mean of what each line changed
 * (interval.h). Of shares, by how many lines went either way (Bonett and Price 2012). */
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

/* What each line weighs, in both years; the caller frees. */
double *pair_weights(const struct pair *pairs, size_t count) CHECKED;

/* To what part of itself a mean cuts each line's value in a year (weight.h), 1 mostly; the caller frees. to: in the
 * second. */
double *pair_parts(const struct stat_what *what, const struct pair *pairs, size_t count, const double *weights,
                   bool to) CHECKED;

/* The lines that it takes. */
uint32_t pair_lines(const struct stat_what *what);

/* count is pair_lines or more. False where there is no interval, as too few of them
 * weigh much, or changed, to tell how far others do. Equal pairs and seed give the same on every machine. */
bool pair_compare(const struct stat_what *what, const struct pair *pairs, size_t count, uint64_t seed,
                  struct pair_change *ret) CHECKED;
