/* The process that runs the embedded PostgreSQL: whether there is one, and its
 * end. A server that is overlooked would be started a second time on the same
 * data; so "cannot tell" is an answer of its own, on which nothing is touched. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "common/alloc.h"
#include "common/fault.h"

enum postmaster {
    POSTMASTER_GONE,
    POSTMASTER_RUNS,
    POSTMASTER_UNCLEAR, /* the system does not say; f does, with what helps */
};

/* Whether a server runs on this data, which is of the user who asks: it is the
 * process that postmaster.pid names if its working folder is the data. *ret is
 * its number, 0 unless it runs. */
enum postmaster postmaster_find(const char *data_dir, pid_t *ret, struct fault *f) CHECKED;

/* Makes the server `pid` and its processes go on where somebody stopped one of
 * them: what it holds, others wait for. */
void postmaster_wake(pid_t pid);

/* How long each step of the end is waited for, in microseconds. */
struct postmaster_patience {
    int64_t say;  /* until somebody who waits is told */
    int64_t stop; /* fast: transactions are rolled back, what is in memory is written */
    int64_t quit; /* at once: the next start recovers */
    int64_t kill; /* it and its servers are killed */
};
extern const struct postmaster_patience postmaster_patience;

/* Makes the server `pid` on this data end, one step after the other. -ETIMEDOUT
 * when not even the last one helped. A child of ours is waited for. */
int postmaster_stop(const char *data_dir, pid_t pid, const struct postmaster_patience *patience,
                    struct fault *f) CHECKED;
