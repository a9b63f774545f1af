/* What is measured and how often: tasks from the owner's configuration and
 * from the collector's signed schedule, and the moments at which they fire. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/measure/check.h"
#include "common/alloc.h"
#include "common/fault.h"
#include "common/sign.h"

/* Tasks in one schedule: the standard one has a few dozen. */
#define SCHEDULE_TASKS_MAX 512
/* The longest pause between two runs of a task; longer makes no series. */
#define TASK_INTERVAL_MAX_US (31 * 86400 * INT64_C(1000000))
/* Rates are capped here, whatever a collector asks: a remote task fires at
 * most once a minute, a heavy one at most once an hour. */
#define REMOTE_INTERVAL_MIN_US       (60 * INT64_C(1000000))
#define REMOTE_HEAVY_INTERVAL_MIN_US (3600 * INT64_C(1000000))
#define LOCAL_INTERVAL_MIN_US        INT64_C(1000000)

struct task {
    unsigned refs;
    struct check_args args; /* also the task's name and target */
    int64_t interval_us;
    bool remote;
    /* Kept by ticker.c. */
    int64_t phase_us;
    int64_t due_us; /* wall clock */
    bool busy;      /* kept by runner.c: waiting or running */
};

/* One reference; the policy is set from where the task comes from. */
struct task *task_new(const struct check_ops *ops, const char *name, const char *target,
                      const struct policy *policy) CHECKED;
struct task *task_ref(struct task *t);
void task_unref(struct task *t); /* accepts NULL */
static inline void task_unrefp(struct task **t)
{
    task_unref(*t);
}

/* Is the name fit for a task: 1 to 64 of a-z A-Z 0-9 . _ -, the first one a
 * letter or a digit? */
bool task_name_valid(const char *name);

/* Before a task's name in the owner's list of what is forbidden: no check is
 * meant, and the name may be one that only the collector knows. */
#define TASK_PREFIX "task:"

/* Does the target fit what the check wants (a name or an address, a URL)? *ret
 * is it as results will have it (target_read), the caller's to free; NULL
 * where there is none and needs be none. */
int task_target_check(const struct check_ops *ops, const char *target, char **ret, struct fault *f) CHECKED;

/* Can the check run with the task's target and parameters, all of them set? */
int task_check(const struct task *t, struct fault *f) CHECKED;

/* Bytes on the wire in 30 days, were every run to cost what the check says. */
int64_t task_month_bytes(const struct task *t);

struct schedule {
    struct task **tasks; /* one reference each */
    size_t count;
    int64_t version;        /* of the collector's schedule, 0 without one */
    size_t left_out;        /* tasks this agent cannot run: a check or a parameter that it does not know or allow */
    char left_out_why[160]; /* the last of them, for the log */
};

/* Takes over the reference. -EEXIST when the name is taken, -E2BIG when full;
 * the reference is dropped then. */
int schedule_add(struct schedule *s, struct task *t, struct fault *f) CHECKED;
struct task *schedule_find(const struct schedule *s, const char *name);
void schedule_free(struct schedule *s); /* s can be used again */

/* Reads {"schedule":1,"version":N,"tasks":[…]}: every task becomes a remote
 * one. What is malformed refuses the whole (-EBADMSG); a check or parameter
 * that this agent does not know or allow leaves that task out. */
int schedule_read(const json_t *object, struct schedule *ret, struct fault *f) CHECKED;

/* The standard schedule that is compiled in; for costs, never run by itself. */
int schedule_standard(struct schedule *ret, struct fault *f) CHECKED;

/* Is it a task of the standard schedule or of a pack of this version? A
 * collector may have others. */
bool schedule_ships(const char *task);

/* Joins what the agent runs: local tasks first; a remote task with a local
 * one's name, or whose name or check is forbidden, is left out. */
void schedule_join(struct schedule *ret, const struct schedule *local, const struct schedule *remote,
                   const char *forbid);

/* Where in its interval a task fires: a hash of probe key and task name, so
 * that a fleet never fires together. 0 <= phase < interval. */
int64_t schedule_phase(const uint8_t public[static SIGN_PUBLIC_SIZE], const char *name, int64_t interval_us);

/* The first moment after now that is phase past a multiple of interval. */
int64_t schedule_next(int64_t phase_us, int64_t interval_us, int64_t now_us);
