/* A day's readings as the rows that the rollup makes of results, without storing
 * each of these: without those that no clock could place. */
#pragma once

#include "collector/figure/probe_day.h"
#include "collector/figure/watch.h"
#include "collector/simulate/reading.h"

/* The source under which all of it is kept. */
#define SUMS_SOURCE "simulated"

/* A probe's day at work, empty between two, and the rows of all. */
struct sums {
    struct probe_day *day;
    struct watch *watch;
    struct probe_day_rows rows;
    struct copy_rows watched;
};
void sums_free(struct sums *s); /* not s itself */

/* Appends to the rows. targets: by the nation's number, those of the table target. day: since 1970-01-01. */
void sums_write(struct sums *s, const struct reading_world *w, const struct reading_day *d, int32_t day,
                int32_t probe_no, const int32_t *targets);
