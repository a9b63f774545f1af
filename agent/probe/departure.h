/* What is done on the box's side when a probe leaves its collector for good.
 *
 *   1. identity.json becomes identity.left, durably: from here on the box is no
 *      probe, whatever happens then;
 *   2. journal, spool, chain, schedule and the key go;
 *   3. identity.left goes.
 *
 * A box that was interrupted before 3 finishes this before it becomes a probe
 * again: the key of one that was forgotten would be refused for ever, and its
 * chain and batches are no other probe's. */
#pragma once

#include "common/alloc.h"
#include "common/fault.h"

int departure_begin(const char *state_dir, struct fault *f) CHECKED;
/* Does nothing when none has begun. */
int departure_finish(const char *state_dir, struct fault *f) CHECKED;
