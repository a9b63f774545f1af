/* What probes are to measure: the schedule, and what is added to it, packs of tasks
 * and the throughput to a target, as the configuration names them. The agent says what a task may be; this is
 * as much of it as probes would otherwise leave out one by one, far away. */
#pragma once

#include <jansson.h>

#include "common/alloc.h"
#include "common/fault.h"

/* path: of the file, NULL: the standard schedule. packs: names between spaces,
 * NULL: none. target: URL of a measurement target, to which throughput is measured once a day; NULL: to none. The
 * caller owns *ret. -EBADMSG with the file and what is wrong with it in f, or the errno of reading it. */
int schedule_load(const char *path, const char *packs, const char *target, json_t **ret, struct fault *f) CHECKED;
