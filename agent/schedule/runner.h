/* Runs tasks so that measurements do not disturb each other (Holterbach et
 * al., IMC 2015): light ones many at once, path ones a few, a heavy one alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "agent/measure/check.h"
#include "agent/schedule/schedule.h"

#define RUNNER_LIGHT_MAX 128
#define RUNNER_PATH_MAX  4
/* Runs that wait; past it a run is refused and counted. */
#define RUNNER_WAITING_MAX 256
/* No check takes so long: one that does is a bug, and ends as `error`. */
#define RUNNER_TIME_MAX_US (10 * 60 * INT64_C(1000000))

struct runner;

/* Called from the loop with each run's one result, whose ownership passes. */
typedef void (*runner_result_fn)(void *user, struct task *task, struct result *result);

/* env must outlive the runner. */
struct runner *runner_new(const struct env *env, runner_result_fn fn, void *user) CHECKED;

/* 0; -EALREADY when the task's last run has not ended (an overlap); -ENOBUFS
 * when too many wait. The runner holds a reference while the task is busy. */
int runner_submit(struct runner *r, struct task *task) CHECKED;

size_t runner_busy(const struct runner *r); /* runs that wait or run */

/* Ends every run without a result and frees; the loop has to turn once more. */
void runner_free(struct runner *r);
