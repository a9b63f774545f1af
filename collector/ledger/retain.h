/* Retention: months of results and of batch bodies that are older than the
 * settings keep leave the database for the archive, a folder:
 *
 *   ARCHIVE/result/2026-08/PROBE.ndjson.zst   one result a line
 *   ARCHIVE/batch_body/2026-08/PROBE.tar      the signed batches, for `load`
 *
 * Keys of batches, rollups and figures stay. The networks that probes were seen in
 * are deleted after 13 months and the hours of rollups after 90 days, whatever the
 * settings, and neither is archived. */
#pragma once

#include <stdint.h>

#include "collector/db/pg.h"

struct retain_options {
    const char *archive;                     /* the folder; made when missing */
    int64_t keep_results_us, keep_bodies_us; /* how long each stays in the database; 0: for ever */
};

int retain_run(struct pg *pg, const struct retain_options *o, struct fault *f) CHECKED;
