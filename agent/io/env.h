/* What everything that waits is given: the loop, the clock, and name resolution
 * and HTTP on that loop. host.h opens it. */
#pragma once

#include <uv.h>

#include "common/clock.h"

struct names; /* agent/io/names.h */
struct web;   /* agent/io/web.h */

struct env {
    uv_loop_t *loop;
    const struct clock *clock;
    struct names *names;
    struct web *web;
};
