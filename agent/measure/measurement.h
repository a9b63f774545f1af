/* One run of a check, as all live it that measure one thing at a time:
 *
 *   lookup  the target's name becomes an address that the policy allows; a
 *           check that asks none of its own leaves this out
 *   begin   from the loop: the result gets its time, the check makes its first
 *           move; what follows is its protocol
 *   end     everything stops, and the one result is handed over
 *   free    once the loop has let go of the timer
 *
 * The state of a check begins with its struct measurement: they have one
 * address, which is what cancel, free and the steps are given. */
#pragma once

#include "agent/measure/check.h"
#include "agent/measure/target.h"

struct measurement_steps {
    /* Once, from the loop, unless the lookup failed. target is the lookup's
     * answer, whose address the result has already; NULL without a lookup. May
     * end the measurement. */
    void (*begin)(void *check, const struct target_answer *target);
    /* Once, at the end or when cancelled: closes what could still call back, and
     * adds to the result what it carries however the run went. May be NULL. */
    void (*stop)(void *check);
    /* Last of all: frees what the state owns, but not the state. May be NULL. */
    void (*clear)(void *check);
};

struct measurement {
    const struct env *env;
    const struct check_args *args;
    struct result *result; /* until the end */
    uv_timer_t timer;      /* the check's from begin to end; its data is the state */
    /* measurement.c's own. */
    const struct measurement_steps *steps;
    check_done_fn done;
    void *user;
    struct target *target;
    bool over;
};

/* The state of a check, size octets, zero but for its measurement. */
void *measurement_new(size_t size, const struct measurement_steps *steps, const struct env *env,
                      const struct check_args *args, check_done_fn done, void *user) CHECKED;

/* One of them, in the check's start. The lookup takes the check's parameter
 * `family`; without a target it takes the system's `nth` resolver, with its
 * port. A check that measures the lookup, too, calls result_begin itself. */
void measurement_lookup(struct measurement *m);
void measurement_begin(struct measurement *m);

void measurement_end(struct measurement *m);
/* The end of one that could not measure: with its outcome and why. */
void measurement_fail(struct measurement *m, enum outcome outcome, const char *reason);

/* For check_ops. */
void measurement_cancel(void *check);
void measurement_free(void *check); /* accepts NULL */
