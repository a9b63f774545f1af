/* When a packet left or came. The kernel stamps packets with the wall clock,
 * nearer to the wire than the program can; the monotonic clock guards against
 * a step of the wall clock in between. These read the host's clocks and not
 * common/clock.h because the kernel's stamps cannot be replaced either. */
#pragma once

#include <stdint.h>

#include <time.h>

struct moment {
    int64_t mono_ns;   /* CLOCK_MONOTONIC as the program saw it */
    int64_t wall_ns;   /* CLOCK_REALTIME at the same instant */
    int64_t kernel_ns; /* the kernel's own stamp, CLOCK_REALTIME; 0 when there is none */
};

void moment_now(struct moment *ret);
int64_t moment_timespec_ns(const struct timespec *ts);

/* Milliseconds between two moments, by the kernel's stamps where they exist.
 * Falls back to the monotonic clock when the wall clock was stepped in between
 * or when the stamps contradict what the program saw. Never negative. */
double moment_ms(const struct moment *from, const struct moment *to);
