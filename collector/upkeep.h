/* Work that `serve` does by the clock: one thread, one connection, a table of
 * jobs. A job that fails is logged and tried again at its next time. */
#pragma once

#include "collector/ledger/project.h"
#include "collector/ledger/retain.h"

struct upkeep;

struct upkeep_options { /* borrowed; they outlive the thread */
    const char *conninfo;
    struct retain_options retain;
    struct project_names names;
};

int upkeep_start(const struct upkeep_options *options, struct upkeep **ret, struct fault *f) CHECKED;
void upkeep_stop(struct upkeep *u); /* waits for the job under way */
