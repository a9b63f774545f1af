/* For LD_PRELOAD: the wall clock is set by STEP_S seconds, STEP_AFTER_MS
 * milliseconds after the program first looked at a clock. */
#include <stdlib.h>

#include "wall_clock.h"

static long long number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoll(text, NULL, 10) : 0;
}

static time_t clock_off(void)
{
    static long long first;
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    long long now = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
    if (first == 0)
        first = now;
    return now - first > number("STEP_AFTER_MS") ? number("STEP_S") : 0;
}
