/* One run of a check:
 *
 *   prepare  the check reads its arguments
 *   lookup   the target's name becomes an address that the policy allows; where
 *            the target is none of a host (check.h), or the check sets by_itself
 *            in prepare, this is left out
 *   begin    from the loop: the result gets its time, the check makes its first
 *            move; what follows is its protocol
 *   stop     everything that could call back closes, and the one result is
 *            handed over
 *   clear    once the loop has let go of the timer
 *
 * The state of a check begins with its struct measurement: they have one
 * address, which is what the steps are given. */
#pragma once

#include "agent/io/egress.h"
#include "agent/measure/check.h"
#include "agent/measure/target.h"

/* Called once, from the loop and never from inside measurement_start.
 * Ownership of the result passes to the callee. */
typedef void (*measurement_done_fn)(void *user, struct result *result);

struct measurement {
    const struct env *env;
    const struct check_args *args;
    struct result *result; /* until the end */
    uv_timer_t timer;      /* the check's from begin to end; its data is the state */
    bool by_itself;        /* the target is not looked up: the check does that its own way */
    /* measurement.c's own. */
    const struct check_ops *ops; /* as args say, who may be gone when the loop lets go */
    measurement_done_fn done;
    void *user;
    struct target *target;
    struct egress egress; /* by which its packets leave */
    bool over;
};

/* ---- for who runs checks ---- */

/* A run of args->ops; args outlive it. A failure is the agent's own. The lookup
 * takes the check's parameter `family`; without a target it takes the system's
 * `nth` resolver, with its port. */
int measurement_start(const struct env *env, const struct check_args *args, measurement_done_fn done, void *user,
                      struct measurement **ret, struct fault *f) CHECKED;
/* Ends it early: done will not be called. measurement_free still has to be. */
void measurement_cancel(struct measurement *m);
/* After done or cancel, or instead: memory stays until the loop has closed the timer. Accepts NULL. */
void measurement_free(struct measurement *m);

/* ---- for checks ---- */

/* What got no answer, or not all of them, has the reason interface_down where
 * this host's interface went down meanwhile. */
void measurement_end(struct measurement *m);
/* Notes that a packet could not be sent (datagram_send's -errno): the outcome,
 * and why, of the first. The check goes on. */
void measurement_send_failed(struct measurement *m, int error);
/* The end of one that could not measure: with its outcome and why. */
void measurement_fail(struct measurement *m, enum outcome outcome, const char *reason);
