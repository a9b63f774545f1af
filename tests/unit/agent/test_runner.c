/* The runner on a real loop; the checks here are timers. */
#include "tests/unit/check.h"

#include <errno.h>

#include "agent/measure/measurement.h"
#include "agent/schedule/runner.h"

/* ---- a check that lasts as long as its target says, in ms ---- */

struct nap {
    struct measurement run;
    bool ended;
};

static unsigned napping[3], most[3], freed, cancelled, together_with_heavy;

static void on_nap(uv_timer_t *timer)
{
    struct nap *nap = timer->data;
    nap->ended = true;
    if (strcmp(nap->run.args->task, "impossible") == 0)
        result_metric(nap->run.result, "loss", -0.5);
    measurement_end(&nap->run);
}

static int prepare(void *check, struct fault *f)
{
    struct nap *nap = check;
    enum check_class class = nap->run.args->ops->class;
    if (strcmp(nap->run.args->target, "fails") == 0)
        return fault_set(f, -EPERM, "no permission");
    if (strcmp(nap->run.args->target, "breaks") == 0)
        return fault_set(f, -EIO, "broken");
    if (++napping[class] > most[class])
        most[class] = napping[class];
    if (napping[CLASS_HEAVY] > 0 && napping[0] + napping[1] + napping[2] > 1)
        together_with_heavy++;
    return 0;
}

static void begin(void *check, const struct target_answer *target)
{
    struct nap *nap = check;
    uv_timer_start(&nap->run.timer, on_nap, strtoul(nap->run.args->target, NULL, 10), 0);
}

static void stop(void *check)
{
    struct nap *nap = check;
    napping[nap->run.args->ops->class]--;
    cancelled += !nap->ended;
}

static void clear(void *check)
{
    freed++;
}

static int64_t nap_cost(const struct check_args *args)
{
    return 0;
}

#define NAP(c)                                                                                                         \
    {                                                                                                                  \
        .name = "ping", .class = c, .target = TARGET_DOMAIN, .cost_bytes = nap_cost, .state_size = sizeof(struct nap), \
        .prepare = prepare, .begin = begin, .stop = stop, .clear = clear                                               \
    }
static const struct check_ops naps[] = {NAP(CLASS_LIGHT), NAP(CLASS_PATH), NAP(CLASS_HEAVY)};

static struct task *nap(enum check_class class, const char *name, const char *ms)
{
    static const struct policy any = {.allow_private = true};
    return task_new(&naps[class], name, ms, &any);
}

/* ---- the runner ---- */

static uv_loop_t loop;
static struct env env = {.loop = &loop, .clock = &clock_system};
static unsigned results, denied, errors;
static char order[256];

static void on_result(void *user, struct task *task, struct result *result)
{
    results++;
    denied += result->outcome == OUTCOME_DENIED;
    errors += result->outcome == OUTCOME_ERROR;
    strncat(order, task->args.task, sizeof order - strlen(order) - 1);
    result_free(result);
}

static int reset(void **state)
{
    memset(napping, 0, sizeof napping);
    memset(most, 0, sizeof most);
    freed = cancelled = together_with_heavy = results = denied = errors = 0;
    order[0] = '\0';
    return uv_loop_init(&loop);
}

static int finish(void **state)
{
    /* Closing takes a few turns; a test that failed half-way may never end. */
    for (int i = 0; i < 10; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    return uv_loop_close(&loop); /* fails when a handle was left open */
}

/* Turns until nothing is busy. */
static void turn(struct runner *r)
{
    while (runner_busy(r) > 0)
        uv_run(&loop, UV_RUN_ONCE);
}

static void submit(struct runner *r, struct task *t, int want)
{
    assert_int_equal(runner_submit(r, t), want);
    task_unref(t);
}

static void classes_keep_to_their_limits(void **state)
{
    struct runner *r = runner_new(&env, on_result, NULL);
    for (int i = 0; i < RUNNER_LIGHT_MAX + 28; i++)
        submit(r, nap(CLASS_LIGHT, "l", "10"), 0);
    for (int i = 0; i < 12; i++)
        submit(r, nap(CLASS_PATH, "p", "10"), 0);
    submit(r, nap(CLASS_HEAVY, "h", "10"), 0);
    for (int i = 0; i < 5; i++)
        submit(r, nap(CLASS_LIGHT, "l", "10"), 0);
    submit(r, nap(CLASS_HEAVY, "h", "10"), 0);
    turn(r);
    assert_int_equal(results, RUNNER_LIGHT_MAX + 28 + 12 + 1 + 5 + 1);
    assert_int_equal(most[CLASS_LIGHT], RUNNER_LIGHT_MAX);
    assert_int_equal(most[CLASS_PATH], RUNNER_PATH_MAX);
    assert_int_equal(most[CLASS_HEAVY], 1);
    assert_int_equal(together_with_heavy, 0);
    /* The first heavy one waited for those before it, not for those after. */
    assert_ptr_equal(strchr(order, 'h'), order + RUNNER_LIGHT_MAX + 28 + 12);
    runner_free(r);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(freed, RUNNER_LIGHT_MAX + 28 + 12 + 1 + 5 + 1);
}

/* Whatever check has a bug: the result is an error of ours, not a number. */
static void numbers_that_cannot_be_are_an_error(void **state)
{
    struct runner *r = runner_new(&env, on_result, NULL);
    submit(r, nap(CLASS_LIGHT, "fine", "0"), 0);
    turn(r);
    assert_int_equal(errors, 0);
    submit(r, nap(CLASS_LIGHT, "impossible", "0"), 0);
    turn(r);
    assert_int_equal(results, 2);
    assert_int_equal(errors, 1);
    runner_free(r);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void overlaps_and_a_full_line_are_refused(void **state)
{
    struct runner *r = runner_new(&env, on_result, NULL);
    struct task *t = nap(CLASS_LIGHT, "a", "20");
    assert_int_equal(runner_submit(r, t), 0);
    assert_int_equal(runner_submit(r, t), -EALREADY);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(runner_submit(r, t), -EALREADY);
    turn(r);
    assert_int_equal(runner_submit(r, t), 0); /* the run before has ended */
    turn(r);
    assert_int_equal(results, 2);
    task_unref(t);
    for (int i = 0; i < RUNNER_WAITING_MAX; i++)
        submit(r, nap(CLASS_LIGHT, "w", "0"), 0);
    submit(r, nap(CLASS_LIGHT, "w", "0"), -ENOBUFS);
    turn(r);
    assert_int_equal(results, 2 + RUNNER_WAITING_MAX);
    runner_free(r);
}

static void failures_to_start_are_results(void **state)
{
    struct runner *r = runner_new(&env, on_result, NULL);
    submit(r, nap(CLASS_LIGHT, "a", "fails"), 0);
    submit(r, nap(CLASS_HEAVY, "b", "breaks"), 0);
    submit(r, nap(CLASS_LIGHT, "c", "1"), 0);
    assert_int_equal(results, 0); /* never from inside submit */
    turn(r);
    assert_string_equal(order, "abc");
    assert_int_equal(denied, 1);
    assert_int_equal(errors, 1);
    runner_free(r);
}

static void stopping_cancels_without_results(void **state)
{
    struct runner *r = runner_new(&env, on_result, NULL);
    struct task *t = nap(CLASS_LIGHT, "a", "100000");
    assert_int_equal(runner_submit(r, t), 0);
    for (int i = 0; i < RUNNER_LIGHT_MAX + 8; i++)
        submit(r, nap(CLASS_LIGHT, "l", "100000"), 0);
    uv_run(&loop, UV_RUN_NOWAIT);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(napping[CLASS_LIGHT], RUNNER_LIGHT_MAX);
    runner_free(r);
    assert_int_equal(cancelled, RUNNER_LIGHT_MAX);
    assert_false(t->busy);
    assert_int_equal(t->refs, 1);
    task_unref(t);
    assert_int_equal(results, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(classes_keep_to_their_limits, reset, finish),
        cmocka_unit_test_setup_teardown(numbers_that_cannot_be_are_an_error, reset, finish),
        cmocka_unit_test_setup_teardown(overlaps_and_a_full_line_are_refused, reset, finish),
        cmocka_unit_test_setup_teardown(failures_to_start_are_results, reset, finish),
        cmocka_unit_test_setup_teardown(stopping_cancels_without_results, reset, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
