/* The probe-days of one cell, counted and weighed, and the statistics of them. */
#pragma once

#include <stdbool.h>

#include "collector/figure/interval.h"

struct tally {
    struct stat_sample *days; /* those with a value; the clusters are the lines in order */
    size_t count;
    double *weights; /* of each line (weight.h) */
    double largest;  /* the part of the whole that one line weighs at most */
    uint32_t lines, networks;
    uint32_t silent; /* probes that have given nothing for long, and were not taken away */
    int64_t results;
    int64_t failed;        /* tests without a number: of lines that have a value, and of others where these are many */
    bool failed_dominated; /* one line's are nearly all that one other does not know of */
};

/* A probe-day of a line (line.h); network and voucher are numbers, 0 for none. */
struct tally_day {
    uint32_t line, network, voucher;
    int32_t day;  /* since 1970-01-01 */
    double value; /* NAN: every test of the day failed */
    int64_t results, failed;
    uint32_t due;   /* the days it stands for: it and those without a value behind it */
    bool ended;     /* the last of a probe that is silent since */
    bool late;      /* it came after the day was told of in series, too few with it: it is in no point */
    bool barred;    /* the day was told of otherwise in series: it has no point */
    double weight;  /* what it counts here, as each day of its line (balance.h); 0 on all: what it is due */
    uint32_t place; /* days that no shown figure tells apart have the same */
    double counts; /* what it counts in the figure of all days, whatever it does here; 0 on all: as much as any other */
    double before; /* and in the last figure that was shown of these; 0: that has it not */
    bool cut;      /* what it says is cut in the figure of all days, which counts so much less */
    bool fresh;    /* it was never told */
};

/* days: those of a line side by side, at least one of them with a value. */
struct tally tally_days(const struct tally_day *days, size_t count);
void tally_free(struct tally *t); /* the members */
#define _cleanup_tally_ _cleanup_(tally_free)

/* Cuts the largest lines' values, as a mean takes them (weight.h). ret: to what part of itself each
 * line's is; NULL: nobody asks. */
void tally_cut(struct tally *t, double *ret);

/* Is the statistic told by more than one line? A percentile is not where one
 * line may fill the whole of its tail. */
bool tally_tells(const struct tally *t, const struct stat_what *what);

/* As it is reckoned with; rounding.h has what is told of it. */
double tally_value(const struct tally *t, const struct stat_what *what);

/* A mean of what is never negative is not either. */
struct interval tally_interval(const struct tally *t, const struct stat_what *what, uint64_t seed);

/* What is told of it (ends.h), in the decimals of what is told (rounding.h). */
struct interval tally_told(const struct tally *t, const struct stat_what *what, uint64_t seed);
