/* A probe's turn: the number of what it asks for (enrolling, leaving, another
 * key), which only grows. Wishes are signed, and somebody may have kept an old one. */
#pragma once

#include <stdint.h>

#include "collector/db/pg.h"
#include "collector/http/http.h"

/* Takes it. -ESTALE when the probe has taken a later one; the same once more is
 * the same wish, whose answer was lost. -EBUSY, -ENOTCONN, -EIO. */
int turn_take(struct pg *pg, const char *probe, int64_t turn, struct fault *f) CHECKED;
/* The answer to a wish that is stale. For `return turn_refuse(…)`. */
int turn_refuse(struct http_request *request, struct http_reply *reply);
