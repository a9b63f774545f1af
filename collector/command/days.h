/* --from and --to: the days that a command is to work on, both included. */
#pragma once

#include "common/invocation.h"

struct days {
    const char *from, *to; /* "2026-11-22"; NULL: without a bound */
};

extern const struct option days_options[];

/* -EINVAL when the first one is the later: nothing would be done, in silence. */
int days_read(const struct invocation *in, struct days *ret, struct fault *f) CHECKED;
