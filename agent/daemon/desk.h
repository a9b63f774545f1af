/* Where commands bring their errands to the running agent: one at a time. */
#pragma once

#include "agent/daemon/errand.h"

/* Called when an errand has changed what the probe is: ERRAND_ENROLLED, or
 * ERRAND_LEFT, after which the agent closes all and calls desk_farewell. */
typedef void (*desk_news_fn)(void *user, enum errand_end end);

struct desk;

/* The host is borrowed. */
int desk_open(const struct errand_host *host, desk_news_fn fn, void *user, struct desk **ret, struct fault *f) CHECKED;
void desk_news(struct desk *d); /* the push has told something; accepts NULL */
/* Nothing more is done on the host: its spool and its push may go. Accepts NULL. */
void desk_stop(struct desk *d);
/* Who asked to leave hears how the box's side of it went. */
void desk_farewell(struct desk *d, int r, const struct fault *f);
void desk_close(struct desk *d); /* accepts NULL; the loop has to turn once more */
