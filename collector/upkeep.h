/* Work that `serve` does by the clock: one thread, one connection, a table of
 * jobs. A job that fails is logged and tried again at its next time. */
#pragma once

#include "collector/pg.h"

struct upkeep;

int upkeep_start(const char *conninfo, struct upkeep **ret, struct fault *f) CHECKED;
void upkeep_stop(struct upkeep *u); /* waits for the job under way */
