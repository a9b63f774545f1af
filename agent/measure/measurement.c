#include "agent/measure/measurement.h"

#include <stdio.h>

#include "common/lang.h"

void *measurement_new(size_t size, const struct measurement_steps *steps, const struct env *env,
                      const struct check_args *args, check_done_fn done, void *user)
{
    struct measurement *m = alloc_zero(1, size);
    *m = (struct measurement){.env = env, .args = args, .steps = steps, .done = done, .user = user};
    /* Only who measures resolvers may go without a target. */
    m->result = result_new(args->ops->name, args->task, args->target ? args->target : "resolver");
    uv_timer_init(env->loop, &m->timer);
    m->timer.data = m;
    return m;
}

static void begin(struct measurement *m, const struct target_answer *target)
{
    if (m->result->at_us == 0)
        result_begin(m->result, m->env->clock);
    if (target && target->outcome != OUTCOME_OK) {
        measurement_fail(m, target->outcome, target->reason);
        return;
    }
    if (target)
        result_addr(m->result, &target->addr);
    m->steps->begin(m, target);
}

static void on_target(void *user, const struct target_answer *answer)
{
    struct measurement *m = user;
    m->target = NULL;
    begin(m, answer);
}

static void on_turn(uv_timer_t *timer)
{
    begin(timer->data, NULL);
}

static void on_turn_without_target(uv_timer_t *timer)
{
    struct measurement *m = timer->data;
    struct target_answer system = {.outcome = OUTCOME_OK};
    size_t nth = (size_t)check_arg_int(m->args, "nth");
    if (!target_resolver(m->env, nth, target_family(m->args), &system.addr)) {
        system.outcome = OUTCOME_SKIPPED;
        snprintf(system.reason, sizeof system.reason, _("this system names no such resolver"));
    }
    begin(m, &system);
}

void measurement_lookup(struct measurement *m)
{
    const struct check_args *args = m->args;
    if (args->target)
        m->target = target_find(m->env, &args->policy, args->target, target_family(args), on_target, m);
    else
        uv_timer_start(&m->timer, on_turn_without_target, 0, 0);
}

void measurement_begin(struct measurement *m)
{
    uv_timer_start(&m->timer, on_turn, 0, 0);
}

static void stop(struct measurement *m)
{
    if (m->over)
        return;
    m->over = true;
    target_cancel(TAKE(m->target));
    uv_timer_stop(&m->timer);
    if (m->steps->stop)
        m->steps->stop(m);
}

void measurement_end(struct measurement *m)
{
    stop(m);
    m->done(m->user, TAKE(m->result));
}

void measurement_fail(struct measurement *m, enum outcome outcome, const char *reason)
{
    result_reason(m->result, outcome, "%s", reason);
    measurement_end(m);
}

void measurement_cancel(void *check)
{
    stop(check);
}

static void on_closed(uv_handle_t *handle)
{
    struct measurement *m = handle->data;
    if (m->steps->clear)
        m->steps->clear(m);
    result_free(m->result);
    free(m);
}

void measurement_free(void *check)
{
    struct measurement *m = check;
    if (!m)
        return;
    stop(m);
    uv_close((uv_handle_t *)&m->timer, on_closed);
}
