/* Days of results turned into rows that the figures are made of. Which days is
 * SQL's (schema/functions/rollup.sql); their rows come by COPY, are added up here
 * (probe_day.h), and go back by COPY, all in one transaction. */
#pragma once

#include "collector/db/pg.h"
#include "common/fault.h"

/* Makes every listed probe-day again, some at a time, each time in a
 * transaction of its own: stopping it anywhere loses nothing. Two at once wait
 * for each other. Needs the owner's connection. */
int rollup_run(struct pg *pg, struct fault *f) CHECKED;
/* The same, for a command: a terminal shows how far it is. */
int rollup_run_shown(struct pg *pg, struct fault *f) CHECKED;
