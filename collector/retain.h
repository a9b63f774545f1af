/* Retention: months of results and of batch bodies that are older than the
 * settings keep leave the database for the archive, a folder:
 *
 *   ARCHIVE/result/2026-08/PROBE.ndjson.zst   one result a line
 *   ARCHIVE/batch_body/2026-08/PROBE.tar      the signed batches, for `load`
 *
 * Keys of batches, rollups and figures stay. */
#pragma once

#include "collector/command.h"
#include "collector/pg.h"

int retain_run(struct pg *pg, const struct context *c, struct fault *f) CHECKED;
