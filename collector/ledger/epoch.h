/* Epochs: while the agent ran, on which network (batch.h), from a batch's
 * header into the table `epoch`. */
#pragma once

#include <stdint.h>

#include "collector/db/pg.h"
#include "common/batch.h"
#include "common/buf.h"

/* Appends the batch's epochs to a JSON array under construction, "" at first.
 * Prefixes are cut to /24 and /48 whatever the probe wrote; what is no prefix
 * and no known kind of link is left out. */
void epoch_write(const struct batch *b, int32_t probe_no, struct buf *out);

/* Stores such an array, which it closes; nothing when it is "". Failures as in
 * pg.h. */
int epoch_note(struct pg *pg, struct buf *json, struct fault *f) CHECKED;
