/* The collector's schedule: a statement signed by a pinned key, kept as it came
 * in state_dir/schedule.ndjson, so that every start checks the signature again.
 * Versions only grow: an older one is refused, so that nobody can bring back a
 * schedule that the collector has withdrawn. */
#pragma once

#include <stdint.h>

#include "agent/schedule/schedule.h"
#include "agent/uplink/call.h"

/* The kept schedule. -ENOENT when there is none. */
int remote_read(const char *state_dir, const struct identity *identity, struct schedule *ret, struct fault *f) CHECKED;

/* A fetched one. 1 and *ret when it is newer than `version` and kept, 0 when it
 * is the same, -ESTALE when older, -EKEYREJECTED or -EBADMSG when it is not
 * the collector's or malformed. */
int remote_accept(const char *state_dir, const struct identity *identity, int64_t version, const char *text, size_t len,
                  struct schedule *ret, struct fault *f) CHECKED;

struct remote_fetch;

/* Called once, from the loop: r as of remote_accept, or another failure;
 * the schedule's ownership passes when r is 1. */
typedef void (*remote_done_fn)(void *user, int r, struct schedule *schedule, const struct fault *f);

/* Asks for a schedule newer than `version`. */
int remote_fetch_start(const struct uplink *uplink, int64_t version, remote_done_fn done, void *user,
                       struct remote_fetch **ret, struct fault *f) CHECKED;
void remote_fetch_cancel(struct remote_fetch *fetch); /* done is not called; accepts NULL */
