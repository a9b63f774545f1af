#include "agent/io/moment.h"

#include <stdlib.h>

/* Slewing moves the wall clock by at most 500 ppm; a larger divergence of the
 * two clocks over a measurement of a second or two is a step. */
#define STEP_NS 1000000
/* A kernel stamp lies within what the program saw, but for the reading of two
 * clocks one after the other. */
#define SLACK_NS 50000

int64_t moment_timespec_ns(const struct timespec *ts)
{
    return ts->tv_sec * INT64_C(1000000000) + ts->tv_nsec;
}

void moment_now(struct moment *ret)
{
    struct timespec mono, wall;
    clock_gettime(CLOCK_MONOTONIC, &mono);
    clock_gettime(CLOCK_REALTIME, &wall);
    *ret = (struct moment){.mono_ns = moment_timespec_ns(&mono), .wall_ns = moment_timespec_ns(&wall)};
}

double moment_ms(const struct moment *from, const struct moment *to)
{
    int64_t seen = to->mono_ns - from->mono_ns;
    int64_t drift = (to->wall_ns - from->wall_ns) - seen;
    int64_t start = from->kernel_ns ? from->kernel_ns : from->wall_ns;
    int64_t end = to->kernel_ns ? to->kernel_ns : to->wall_ns;
    int64_t ns = end - start;
    if (llabs(drift) > STEP_NS || ns < 0 || ns > seen + SLACK_NS)
        ns = seen;
    return ns > 0 ? (double)ns / 1e6 : 0;
}
