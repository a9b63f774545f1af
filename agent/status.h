/* What the running agent tells about itself, in state_dir/status.json, for the
 * `status` command and for whoever watches a box without talking to it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/trouble.h"
#include "common/alloc.h"
#include "common/fault.h"

struct status {
    int64_t at_us;   /* when this was written */
    int64_t results; /* since the start */
    int64_t lost;    /* results that could not be written */
    int64_t overlaps, missed;
    int64_t tasks, schedule_version;
    int64_t forks;          /* chains given up, since enrolment */
    int64_t last_result_us; /* 0 when none */
    char last_task[65], last_outcome[16];
    int64_t last_ack_us;             /* 0 when none */
    char last_fault[FAULT_TEXT_MAX]; /* of the last push, as the log says it; "" when it went well */
    struct trouble trouble;          /* the same as data; none when it went well, or an older agent wrote this */
};

int status_write(const char *state_dir, const struct status *s, struct fault *f) CHECKED;
/* -ENOENT when the agent has never run. */
int status_read(const char *state_dir, struct status *ret, struct fault *f) CHECKED;
