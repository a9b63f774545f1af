/* What the running agent tells about itself, in state_dir/status.json: for the
 * `status` command, and for whoever watches a box without talking to it. It is
 * the one file of the folder that every user of the box may read; so nothing
 * stands in it that opens anything: no key, no owner's link, no contact. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/probe/identity.h"
#include "agent/uplink/trouble.h"
#include "common/alloc.h"
#include "common/clock.h"
#include "common/fault.h"

/* A moment on both clocks. The wall clock may have been wrong then or now; within
 * one boot the other one tells how long ago it was. */
struct status_moment {
    int64_t wall_us; /* 0: never */
    int64_t mono_us; /* CLOCK_BOOTTIME of the status's boot; 0: of another boot */
};

struct status {
    char probe[PROBE_ID_SIZE];
    char collector[COLLECTOR_URL_MAX + 1]; /* that it sends to, whatever the files say by now */
    int64_t pid, started;                  /* of its process; 0 when it has ended */
    char boot[BOOT_ID_SIZE];
    int64_t at_us;   /* when this was written */
    int64_t results; /* since the start */
    int64_t lost;    /* results that could not be written */
    int disk_error;  /* errno of the last write that failed, 0 when it went well since */
    int64_t overlaps, missed;
    int64_t tasks, schedule_version;
    int64_t forks;                                                          /* chains given up, since enrolment */
    int64_t waiting, waiting_bytes, acknowledged, rejected, rejected_bytes; /* batches in the spool */
    struct status_moment last_result, last_ack;
    char last_task[65], last_outcome[16];
    char last_fault[FAULT_TEXT_MAX]; /* of the last push, as the log says it; "" when it went well */
    struct trouble trouble;          /* the same as data; none when it went well, or an older agent wrote this */
};

/* On a disk that is full the file that is there is written over. */
int status_write(const char *state_dir, const struct status *s, struct fault *f) CHECKED;
/* -ENOENT when the agent has never run. */
int status_read(const char *state_dir, struct status *ret, struct fault *f) CHECKED;

/* This process is the one that runs. */
void status_process(struct status *s);
/* Does the process run that wrote it? */
bool status_running(const struct status *s);

/* How long ago it was, in microseconds; -1 when it is not known, because a clock
 * was wrong. */
int64_t status_age_us(const struct status *s, const struct status_moment *m, const struct clock *clock);
