/* Figures made from rollups and stored for the pages, the API and the report. */
#pragma once

#include <stdint.h>

#include "collector/figure/cell.h"
#include "collector/db/pg.h"

/* Makes the figures of every year that a rollup touched, and of all years for
 * an indicator that is new or whose method version changed; of closed years the
 * next version, where something changed. All of it in one transaction: readers
 * see the old figures or the new ones. Needs the owner's connection. For commands:
 * a terminal shows how far it is. */
int refresh_run(struct pg *pg, struct fault *f) CHECKED;

/* The same, but at most a tenth of the time is spent on it: returns at once
 * while the last call was less than ten times its own duration ago; and no more
 * than a version a day of a closed year. For the periodic work of one thread. */
int refresh_paced(struct pg *pg, struct fault *f) CHECKED;

/* Reads the probe-days of a measured indicator from first ("2026-01-01") to
 * the day before last. The caller frees *ret (cells_free). */
int refresh_gather(struct pg *pg, const struct indicator *i, const char *first, const char *last, struct cells **ret,
                   struct fault *f) CHECKED;

/* The same of a year ("2026"), with what its editions have shown so far. */
int refresh_recall(struct pg *pg, const struct indicator *i, const char *year, struct cells **ret,
                   struct fault *f) CHECKED;

/* Lays down in pg_temp.voice what lines said of the objects of an indicator in a year (functions/object.sql). Within a
 * transaction, which it ends with. */
int refresh_voices(struct pg *pg, const struct indicator *i, const char *year, struct fault *f) CHECKED;

/* For serve, at its start: defines a chapter's own as it read them, and retires
 * what no file defines any more. No other command does: it may be given another
 * configuration, or may not read what serve reads. */
int refresh_settle(struct pg *pg, struct fault *f) CHECKED;
