/* Days of results turned into rows that the figures are made of. All of the
 * work is SQL (schema/functions/rollup.sql); this drives it. */
#pragma once

#include "collector/db/pg.h"
#include "common/fault.h"

/* Makes every listed probe-day again, some at a time, each time in a
 * transaction of its own: stopping it anywhere loses nothing. Two at once wait
 * for each other. Needs the owner's connection. */
int rollup_run(struct pg *pg, struct fault *f) CHECKED;
