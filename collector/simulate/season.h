/* How the year and the day go in a simulated country, for all of its lines alike. */
#pragma once

#include <stdint.h>

/* What a line's own values are multiplied by. */
struct season {
    double latency, speed;
};

/* On a day (since 1970-01-01), `age` days after the first one of the simulation:
 * rain makes it slower, and each year networks become better. */
struct season season_of_day(int32_t day, int32_t age);
/* At an hour of the country's day, 0 to 23: evenings are busy. Within a day the
 * median over the hours is near 1. */
struct season season_of_hour(unsigned hour);

/* What a day, and a single measurement, differ by: lognormal around 1. */
#define SEASON_DAY_SIGMA    0.1
#define SEASON_SINGLE_SIGMA 0.2
/* A day's chances for a line: of being cut off for hours by itself, for
 * SEASON_CUT_HOURS of them on average. */
#define SEASON_CUT_CHANCE 0.004
#define SEASON_CUT_HOURS  6
