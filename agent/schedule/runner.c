/* Runs wait in one line, first come first served. From its head, what may
 * start starts:
 *   - while a heavy run goes on, nothing;
 *   - a light or path run when its class has a free place; if not, those of
 *     another class behind it may pass;
 *   - a heavy run when nothing else runs. Until then nothing behind it starts,
 *     so that it waits for one round of the others at most.
 * A check hands its result over from the loop, maybe deep inside its own code:
 * its state is freed on the next turn of the loop, not there. */
#include "agent/schedule/runner.h"

#include <errno.h>

#include "agent/measure/measurement.h"
#include "common/lang.h"
#include "common/log.h"

struct run {
    struct runner *runner;
    struct task *task;
    struct measurement *measurement; /* NULL before start */
    int64_t since_us;
    bool done;
    struct run *next;
};

struct runner {
    const struct env *env;
    runner_result_fn fn;
    void *user;
    uv_timer_t reap, guard;
    unsigned handles; /* open ones; the last close frees */
    bool closing;
    struct run *waiting, **waiting_end;
    struct run *running, *finished;
    size_t waiting_count, running_count[CLASS_HEAVY + 1];
};

static size_t running_total(const struct runner *r)
{
    return r->running_count[CLASS_LIGHT] + r->running_count[CLASS_PATH] + r->running_count[CLASS_HEAVY];
}

size_t runner_busy(const struct runner *r)
{
    return r->waiting_count + running_total(r);
}

static enum check_class class_of(const struct run *run)
{
    return run->task->args.ops->class;
}

static void run_free(struct run *run)
{
    measurement_free(run->measurement);
    task_unref(run->task);
    free(run);
}

static void pump(struct runner *r);

static void on_reap(uv_timer_t *timer)
{
    struct runner *r = timer->data;
    while (r->finished) {
        struct run *run = r->finished;
        r->finished = run->next;
        run_free(run);
    }
    pump(r);
    if (running_total(r) == 0)
        uv_timer_stop(&r->guard);
}

/* Takes a run out of the running ones; it is freed on the next turn. */
static void run_finish(struct run *run)
{
    struct runner *r = run->runner;
    for (struct run **at = &r->running; *at; at = &(*at)->next) {
        if (*at != run)
            continue;
        *at = run->next;
        break;
    }
    run->done = true;
    run->next = r->finished;
    r->finished = run;
    r->running_count[class_of(run)]--;
    /* The task may fire again from here on: an interval close to the run's
     * own length is no overlap. */
    run->task->busy = false;
    uv_timer_start(&r->reap, on_reap, 0, 0);
}

static void on_done(void *user, struct result *result)
{
    struct run *run = user;
    if (run->done) { /* a check that calls twice is a bug; its first word stands */
        result_free(result);
        return;
    }
    struct fault f;
    if (result_judge(result, &f) < 0)
        log_debug("task %s: %s", result->task, f.text);
    run_finish(run);
    run->runner->fn(run->runner->user, run->task, result);
}

/* A result of the agent's own making, for a run that could not be. */
static void run_fail(struct run *run, enum outcome outcome, const char *text)
{
    struct runner *r = run->runner;
    const struct check_args *args = &run->task->args;
    struct result *result = result_new(args->ops->name, args->task, args->target);
    result_begin(result, r->env->clock);
    result_reason(result, outcome, "%s", text);
    run_finish(run);
    r->fn(r->user, run->task, result);
}

static void on_guard(uv_timer_t *timer)
{
    struct runner *r = timer->data;
    int64_t now = clock_mono_us(r->env->clock);
    for (struct run *run = r->running, *next; run; run = next) {
        next = run->next;
        if (now - run->since_us < RUNNER_TIME_MAX_US)
            continue;
        measurement_cancel(run->measurement);
        run_fail(run, OUTCOME_ERROR, _("the check did not end by itself"));
    }
}

static void run_start(struct run *run)
{
    struct runner *r = run->runner;
    run->next = r->running;
    r->running = run;
    r->running_count[class_of(run)]++;
    run->since_us = clock_mono_us(r->env->clock);
    const struct check_ops *ops = run->task->args.ops;
    struct fault f = {0};
    int err = ops->able ? ops->able(r->env, &f) : 0;
    enum outcome outcome = OUTCOME_DENIED;
    if (err == 0) {
        err = measurement_start(r->env, &run->task->args, on_done, run, &run->measurement, &f);
        outcome = err == -EPERM || err == -EACCES ? OUTCOME_DENIED : OUTCOME_ERROR;
    }
    if (err < 0)
        run_fail(run, outcome, f.text);
    else if (!uv_is_active((uv_handle_t *)&r->guard))
        uv_timer_start(&r->guard, on_guard, 10000, 10000);
}

static bool may_start(const struct runner *r, const struct run *run)
{
    if (r->running_count[CLASS_HEAVY] > 0)
        return false;
    switch (class_of(run)) {
    case CLASS_LIGHT:
        return r->running_count[CLASS_LIGHT] < RUNNER_LIGHT_MAX;
    case CLASS_PATH:
        return r->running_count[CLASS_PATH] < RUNNER_PATH_MAX;
    case CLASS_HEAVY:
        break;
    }
    return running_total(r) == 0;
}

static void pump(struct runner *r)
{
    for (struct run **at = &r->waiting; *at && r->running_count[CLASS_HEAVY] == 0;) {
        struct run *run = *at;
        if (!may_start(r, run)) {
            if (class_of(run) == CLASS_HEAVY)
                return;
            at = &run->next;
            continue;
        }
        *at = run->next;
        if (!*at)
            r->waiting_end = at;
        r->waiting_count--;
        run_start(run);
    }
}

int runner_submit(struct runner *r, struct task *task)
{
    if (task->busy)
        return -EALREADY;
    if (r->waiting_count == RUNNER_WAITING_MAX)
        return -ENOBUFS;
    struct run *run = alloc_zero(1, sizeof *run);
    run->runner = r;
    run->task = task_ref(task);
    task->busy = true;
    *r->waiting_end = run;
    r->waiting_end = &run->next;
    r->waiting_count++;
    /* Started from the loop: results never come from inside this call. */
    uv_timer_start(&r->reap, on_reap, 0, 0);
    return 0;
}

struct runner *runner_new(const struct env *env, runner_result_fn fn, void *user)
{
    struct runner *r = alloc_zero(1, sizeof *r);
    r->env = env;
    r->fn = fn;
    r->user = user;
    r->waiting_end = &r->waiting;
    r->handles = 2;
    uv_timer_init(env->loop, &r->reap);
    uv_timer_init(env->loop, &r->guard);
    r->reap.data = r->guard.data = r;
    return r;
}

static void on_closed(uv_handle_t *handle)
{
    struct runner *r = handle->data;
    if (--r->handles == 0)
        free(r);
}

static void runs_free(struct run *list, bool cancel)
{
    while (list) {
        struct run *run = list;
        list = run->next;
        if (cancel && run->measurement)
            measurement_cancel(run->measurement);
        if (!run->done)
            run->task->busy = false;
        run_free(run);
    }
}

void runner_free(struct runner *r)
{
    if (!r)
        return;
    runs_free(r->running, true);
    runs_free(r->waiting, false);
    runs_free(r->finished, false);
    uv_close((uv_handle_t *)&r->reap, on_closed);
    uv_close((uv_handle_t *)&r->guard, on_closed);
}
