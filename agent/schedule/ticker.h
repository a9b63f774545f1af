/* Says when a task is due. A task's moments are its phase plus whole intervals
 * on the wall clock, each computed anew, so that drift never adds up and a
 * restart changes nothing. */
#pragma once

#include <stdint.h>

#include <uv.h>

#include "agent/schedule/schedule.h"
#include "common/clock.h"

/* A moment that is later than this by the time it is seen (a suspended
 * laptop, a clock set forward) is missed, not made up for. */
#define TICKER_LATE_MAX_US (30 * INT64_C(1000000))
/* A wall clock that jumps by more than this is a new clock. */
#define TICKER_STEP_US 500000

struct ticker;

typedef void (*ticker_due_fn)(void *user, struct task *task);

struct ticker *ticker_new(uv_loop_t *loop, const struct clock *clock, const uint8_t public[static SIGN_PUBLIC_SIZE],
                          ticker_due_fn fn, void *user) CHECKED;
/* Takes another schedule, borrowed until the next call; NULL for none. */
void ticker_set(struct ticker *t, const struct schedule *schedule);
/* Fires what is due, and returns in how many µs it is to be called again, at
 * most TICKER_LATE_MAX_US. The loop calls it; who has a clock of its own may. */
int64_t ticker_turn(struct ticker *t);
int64_t ticker_missed(const struct ticker *t); /* moments missed since the start */
void ticker_free(struct ticker *t);            /* the loop has to turn once more */
