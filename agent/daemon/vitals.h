/* How the running agent is, gathered as it runs, for status.json. */
#pragma once

#include "agent/uplink/push.h"
#include "agent/spool/spool.h"
#include "agent/daemon/status.h"
#include "common/result.h"

enum disk_use { DISK_APPEND, DISK_SYNC, DISK_SEAL, DISK_USES };

struct vitals {
    struct status status;       /* what only the agent knows of is set by it: tasks, overlaps, missed, … */
    int disk_errors[DISK_USES]; /* errno, 0 when the last one went well */
};

/* What an earlier run has told that holds still. */
void vitals_init(struct vitals *v, const char *state_dir);
void vitals_result(struct vitals *v, const struct result *r);
/* How a write went: one that went well takes back what it said when it failed,
 * and not what another did. */
void vitals_disk(struct vitals *v, enum disk_use use, int r);
/* What spool and push say of themselves. */
void vitals_gather(struct vitals *v, const struct spool *spool, const struct push *push);
