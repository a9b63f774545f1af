/* What every command that measures or speaks holds: the loop, name resolution
 * and HTTP on it. */
#pragma once

#include <uv.h>

#include "agent/io/env.h"
#include "common/alloc.h"
#include "common/fault.h"

struct host {
    uv_loop_t loop;
    struct env env;
};

/* clock is borrowed: measurements and certificates go by it. */
int host_open(struct host *ret, const struct clock *clock, struct fault *f) CHECKED;

/* Lets every handle close; whoever opened one has asked for it by then. */
void host_close(struct host *h);
