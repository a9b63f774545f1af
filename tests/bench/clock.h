/* What benches of the collector measure by. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/fault.h"

/* f may be NULL. */
static inline void die(const char *what, const struct fault *f)
{
    fprintf(stderr, "%s: %s\n", what, f ? f->text : "failed");
    exit(1);
}

static inline double now_s(void)
{
    return (double)clock_mono_us(&clock_system) / 1e6;
}

/* Of this process, so that a busy machine does not count. */
static inline double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
