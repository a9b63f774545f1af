/* Probes that are forgotten at their owner's wish. The database deletes what
 * they sent (probe_forget); STATE/tombstones/PROBE, a file outside the database
 * and its backups, says so for ever, and a restored backup is made to forget
 * again when the collector starts. */
#pragma once

#include "collector/db/pg.h"

/* Forgets a probe: file first, then the database, then the archive's files.
 * A probe that the database does not know is kept out all the same. */
int forget_probe(struct pg *pg, const char *state_dir, const char *archive, const char *probe, struct fault *f) CHECKED;

/* Forgets again what a restored database remembers. *ret_count says how many. */
int forget_again(struct pg *pg, const char *state_dir, const char *archive, unsigned *ret_count,
                 struct fault *f) CHECKED;
