/* What the published days of an indicator say of a longer time.
 *
 * No month and no quarter is published: figures are of years, and a day's is told once and stays. A month's own figure
 * would be held against the year, its days, and each of its parts, by a floor that knows none of them. So a bulletin
 * says of a month what follows from its days alone, which everybody has: of a percentile of lines the median of the
 * days, of a mean or a part of lines their mean, days alike; and with it of how many days that is.
 *
 * Its interval is between the medians of the days' lower and upper ends; a day that has none leaves everything open. A
 * day's ends say how far those who are measured may be from all lines. Mostly the same lines are measured day after
 * day, and are as far from all lines on all of them: more days make it no narrower than that, and where days differ by
 * chance alone it is wider than it need be. Days of means have no ends, so nothing is said of their changes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/db/pg.h"
#include "collector/figure/indicator.h"
#include "collector/format/chart.h"
#include "collector/report/period.h"
#include "common/fault.h"

/* Of fewer days a month is not compared. */
#define DAILY_COMPARED 7

struct daily {
    struct chart_point *points; /* the days that are told, in their order */
    size_t count;
    int64_t lines_least, lines_most; /* of a day, the lower ends of steps; 0: no day */
    double value, low, high;         /* NaN: no day; no interval */
};

/* source: "measured", "simulated". Free with daily_free. */
int daily_read(struct pg *pg, const struct indicator *i, const char *country, const char *source, struct period p,
               struct daily *ret, struct fault *f) CHECKED;
void daily_free(struct daily *d);

/* value, low and high of its points. */
void daily_sum(struct daily *d, const struct indicator *i);

/* From one time to another: two intervals that do not meet are more than chance. */
enum daily_change {
    DAILY_ROSE,
    DAILY_FELL,
    DAILY_STEADY, /* nothing says that it changed */
    DAILY_UNSURE, /* one of them has no interval */
    DAILY_FEW,    /* one of them has too few days */
    DAILY_NONE,   /* nothing is told of the one before */
    DAILY_CHANGES
};
enum daily_change daily_change(const struct daily *from, const struct daily *to);
const char *daily_change_word(enum daily_change c); /* "rose" */
