/* What load balancers and Prometheus are told: what health.c's handlers are
 * given (http_context). */
#pragma once

#include "collector/probe/desk.h"
#include "collector/ledger/intake.h"

struct health {
    struct pg_pool *pool;
    const struct desk *desk;
    const struct intake *intake;
    atomic_ullong restarts; /* of the embedded PostgreSQL, since the start */
};

extern const struct http_route health_routes[];
