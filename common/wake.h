/* Conditions that are waited for no longer than so long, by a clock that nobody
 * sets: a box that learns the time must not wait an hour, or not at all. */
#pragma once

#include <pthread.h>
#include <time.h>

/* A condition for waits until wake_after_ms; pthread_cond_destroy it. */
void wake_init(pthread_cond_t *ret);

/* The moment in so many milliseconds from now, for pthread_cond_timedwait. */
struct timespec wake_after_ms(long ms);
