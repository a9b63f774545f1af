/* The desk: where probes come to be enrolled, to be told things and to leave.
 * What the handlers of enroll.c, announce.c and leave.c are given (http_context). */
#pragma once

#include <stdatomic.h>

#include "collector/http/http.h"
#include "collector/probe/identity.h"
#include "collector/db/pg.h"
#include "collector/probe/roster.h"
#include "collector/http/strike.h"

struct desk {
    struct pg_pool *pool;            /* role internetmetre_ingest */
    const struct identity *identity; /* the collector's own keys: what it says is signed */
    struct roster *roster;
    struct strikes *strikes;
    const struct buf *schedule; /* signed statement, the same for every probe */
    const char *country;        /* of a probe that names none, ISO 3166-1 */
    const char *state_dir;      /* tombstones of the forgotten */
    const char *archive;        /* folder of what retention took out of the database */
    atomic_ullong enrolled;     /* since the start, for /metrics */
};

extern const struct http_route announce_routes[], enroll_routes[], leave_routes[];
