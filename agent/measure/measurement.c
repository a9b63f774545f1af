#include "agent/measure/measurement.h"

#include <stdio.h>

#include "agent/io/address.h"
#include "agent/io/datagram.h"
#include "common/lang.h"

static void begin(struct measurement *m, const struct target_answer *target)
{
    if (m->result->at_us == 0)
        result_begin(m->result, m->env->clock);
    if (target && target->outcome != OUTCOME_OK) {
        result_fail(m->result, target->outcome, target->cause, target->reason);
        measurement_end(m);
        return;
    }
    if (target)
        result_addr(m->result, &target->addr);
    egress_find(target ? (const struct sockaddr *)&target->addr : NULL, &m->egress);
    m->ops->begin(m, target);
}

static const char *no_host_text(const char *word)
{
    static const char *const words[] __attribute__((unused)) = {N_("broadcast"), N_("multicast"), N_("unspecified")};
    return _(word);
}

static void on_target(void *user, const struct target_answer *answer)
{
    struct measurement *m = user;
    struct target_answer judged = *answer;
    m->target = NULL;
    const char *word = answer->outcome == OUTCOME_OK ? address_no_host(&answer->addr) : NULL;
    if (!word && answer->outcome == OUTCOME_OK && egress_is_broadcast((const struct sockaddr *)&answer->addr))
        word = "broadcast";
    if (word) {
        judged.outcome = OUTCOME_DENIED;
        snprintf(judged.reason, sizeof judged.reason, "%s", no_host_text(word));
    }
    begin(m, &judged);
}

static void on_turn(uv_timer_t *timer)
{
    begin(timer->data, NULL);
}

static void on_turn_without_target(uv_timer_t *timer)
{
    struct measurement *m = timer->data;
    struct target_answer system = {.outcome = OUTCOME_OK};
    struct fault f = {0};
    size_t nth = (size_t)check_arg_int(m->args, "nth");
    system.outcome = target_resolver(m->env, nth, target_family(m->args), &system.addr, &f);
    system.cause = system.outcome == OUTCOME_OK ? NULL : "no_resolver";
    snprintf(system.reason, sizeof system.reason, "%s", f.text);
    begin(m, &system);
}

static bool looks_up(const struct measurement *m)
{
    enum target_form form = m->ops->target;
    return !m->by_itself && (form == TARGET_HOST || form == TARGET_RESOLVER);
}

static void lookup(struct measurement *m)
{
    const struct check_args *args = m->args;
    if (!looks_up(m))
        uv_timer_start(&m->timer, on_turn, 0, 0);
    else if (args->target)
        m->target = target_find(m->env, &args->policy, args->target, target_family(args), on_target, m);
    else
        uv_timer_start(&m->timer, on_turn_without_target, 0, 0);
}

int measurement_start(const struct env *env, const struct check_args *args, measurement_done_fn done, void *user,
                      struct measurement **ret, struct fault *f)
{
    const struct check_ops *ops = args->ops;
    struct measurement *m = alloc_zero(1, ops->state_size);
    *m = (struct measurement){.env = env, .args = args, .ops = ops, .done = done, .user = user};
    /* Only who measures resolvers may go without a target. */
    m->result = result_new(ops->name, args->task, args->target ? args->target : "resolver");
    uv_timer_init(env->loop, &m->timer);
    m->timer.data = m;
    int r = ops->prepare ? ops->prepare(m, f) : 0;
    if (r < 0) {
        m->over = true;
        measurement_free(m);
        return r;
    }
    lookup(m);
    *ret = m;
    return 0;
}

static void stop(struct measurement *m)
{
    if (m->over)
        return;
    m->over = true;
    target_cancel(TAKE(m->target));
    uv_timer_stop(&m->timer);
    if (m->ops->stop)
        m->ops->stop(m);
}

static void judge_line(struct measurement *m)
{
    enum outcome outcome = m->result->outcome;
    bool waited = outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_PARTIAL || outcome == OUTCOME_UNREACHABLE ||
                  outcome == OUTCOME_DNS_ERROR;
    if (waited && egress_is_down(&m->egress))
        result_reason(m->result, outcome == OUTCOME_PARTIAL ? outcome : OUTCOME_UNREACHABLE, "%s", _("interface_down"));
}

void measurement_send_failed(struct measurement *m, int error)
{
    if (m->result->outcome != OUTCOME_OK)
        return;
    if (egress_is_down(&m->egress))
        result_reason(m->result, OUTCOME_UNREACHABLE, "%s", _("interface_down"));
    else
        result_reason(m->result, datagram_outcome(error), _("sending: %s"), datagram_why(error));
}

void measurement_end(struct measurement *m)
{
    judge_line(m);
    stop(m);
    m->done(m->user, TAKE(m->result));
}

void measurement_fail(struct measurement *m, enum outcome outcome, const char *reason)
{
    result_reason(m->result, outcome, "%s", reason);
    measurement_end(m);
}

void measurement_cancel(struct measurement *m)
{
    stop(m);
}

static void on_closed(uv_handle_t *handle)
{
    struct measurement *m = handle->data;
    if (m->ops->clear)
        m->ops->clear(m);
    result_free(m->result);
    free(m);
}

void measurement_free(struct measurement *m)
{
    if (!m)
        return;
    stop(m);
    uv_close((uv_handle_t *)&m->timer, on_closed);
}
