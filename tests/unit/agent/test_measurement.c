/* The life of a run, with a check that does nothing of its own. */
#include "tests/unit/check.h"

#include <errno.h>

#include "agent/io/names.h"
#include "agent/measure/measurement.h"

enum toy_way { TOY_ENDS, TOY_FAILS, TOY_WAITS };

struct toy {
    struct measurement run;
    char *owned;
};

static enum toy_way way;
static unsigned begun, stopped, cleared, done;
static bool with_target, by_itself, own_clock, broken;
static struct result *last;

static void on_timer(uv_timer_t *timer)
{
    measurement_end(timer->data);
}

static int prepare(void *check, struct fault *f)
{
    struct toy *t = check;
    t->owned = alloc_text("mine");
    t->run.by_itself = by_itself;
    if (own_clock)
        t->run.result->at_us = 77;
    return broken ? fault_set(f, -EIO, "broken") : 0;
}

static void begin(void *check, const struct target_answer *target)
{
    struct toy *t = check;
    begun++;
    with_target = target != NULL;
    assert_true(t->run.result->at_us > 0);
    if (way == TOY_ENDS)
        measurement_end(&t->run);
    else if (way == TOY_FAILS)
        measurement_fail(&t->run, OUTCOME_REFUSED, "not today");
    else
        uv_timer_start(&t->run.timer, on_timer, 20, 0);
}

static void stop(void *check)
{
    struct toy *t = check;
    assert_non_null(t->run.result); /* what it carries can still be added */
    stopped++;
}

static void clear(void *check)
{
    struct toy *t = check;
    free(t->owned);
    cleared++;
}

static const struct check_param params[] = {
    {"family", PARAM_CHOICE, "any", .choices = target_families, .help = "f"},
    {"nth", PARAM_INT, "1", .min = 1, .max = 99, .help = "n"},
};
static struct check_ops ops = {
    .name = "dns",
    .params = params,
    .param_count = COUNT(params),
    .state_size = sizeof(struct toy),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};

struct world {
    uv_loop_t loop;
    struct env env;
    struct check_args args;
    struct measurement *run;
};

static void on_done(void *user, struct result *result)
{
    done++;
    last = result;
}

static void world_open(struct world *w, const char *target, bool allow_private)
{
    const struct policy policy = {.allow_private = allow_private};
    struct fault f;
    begun = stopped = cleared = done = 0;
    last = NULL;
    by_itself = own_clock = broken = false;
    ops.target = TARGET_RESOLVER;
    assert_int_equal(uv_loop_init(&w->loop), 0);
    w->env = (struct env){.loop = &w->loop, .clock = &clock_system};
    assert_int_equal(names_new(&w->loop, &w->env.names, &f), 0);
    check_args_init(&w->args, &ops, "t", target, &policy);
}

static void world_start(struct world *w)
{
    struct fault f;
    assert_int_equal(measurement_start(&w->env, &w->args, on_done, NULL, &w->run, &f), 0);
}

/* Turns until the one result is there. */
static void world_run(struct world *w)
{
    world_start(w);
    assert_int_equal(begun + done, 0); /* nothing from inside the start */
    while (done == 0)
        uv_run(&w->loop, UV_RUN_ONCE);
}

static void world_close(struct world *w)
{
    measurement_free(w->run);
    names_free(w->env.names);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0); /* fails when a handle was left open */
    check_args_free(&w->args);
    assert_int_equal(stopped, 1);
    assert_int_equal(cleared, 1);
    result_free(last);
}

static void one_result_of_each_way(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_OK, OUTCOME_REFUSED, OUTCOME_OK};
    for (way = TOY_ENDS; way <= TOY_WAITS; way++) {
        struct world w;
        world_open(&w, "127.0.0.1", true);
        world_run(&w);
        assert_true(with_target);
        assert_int_equal(last->outcome, outcomes[way]);
        assert_string_equal(last->target, "127.0.0.1");
        assert_string_equal(last->addr, "127.0.0.1");
        assert_int_equal(last->af, 4);
        assert_int_equal(stopped, 1); /* before anyone frees */
        world_close(&w);
        assert_int_equal(done, 1);
    }
}

/* The name of a zone or a URL is the check's own business, as is what it says so of. */
static void looked_up_is_what_is_a_host(void **state)
{
    static const struct {
        enum target_form form;
        bool by_itself, looked_up;
    } rows[] = {
        {TARGET_HOST, false, true},     {TARGET_HOST, true, false}, {TARGET_RESOLVER, false, true},
        {TARGET_RESOLVER, true, false}, {TARGET_URL, false, false}, {TARGET_DOMAIN, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        way = TOY_ENDS;
        world_open(&w, "127.0.0.1", true);
        ops.target = rows[i].form;
        by_itself = rows[i].by_itself;
        world_run(&w);
        assert_int_equal(with_target, rows[i].looked_up);
        assert_string_equal(last->addr, rows[i].looked_up ? "127.0.0.1" : "");
        world_close(&w);
    }
}

/* Of one that cannot start nothing is left but what prepare allocated, which goes. */
static void what_cannot_be_prepared_does_not_run(void **state)
{
    struct world w;
    struct fault f;
    world_open(&w, "127.0.0.1", true);
    broken = true;
    assert_int_equal(measurement_start(&w.env, &w.args, on_done, NULL, &w.run, &f), -EIO);
    assert_string_equal(f.text, "broken");
    names_free(w.env.names);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w.loop), 0);
    check_args_free(&w.args);
    assert_int_equal(begun + stopped + done, 0);
    assert_int_equal(cleared, 1);
}

static void a_target_that_is_forbidden_ends_it(void **state)
{
    struct world w;
    world_open(&w, "127.0.0.1", false);
    world_run(&w);
    assert_int_equal(begun, 0);
    assert_int_equal(last->outcome, OUTCOME_DENIED);
    assert_true(last->at_us > 0);
    world_close(&w);
}

static void no_target_is_a_resolver_of_the_system(void **state)
{
    struct world w;
    world_open(&w, NULL, false);
    assert_int_equal(check_args_set(&w.args, "nth", "99", NULL), 0);
    world_run(&w);
    assert_int_equal(begun, 0);
    assert_int_equal(last->outcome, OUTCOME_SKIPPED);
    assert_string_equal(last->target, "resolver");
    world_close(&w);
}

static void a_clock_that_the_check_read_stands(void **state)
{
    struct world w;
    way = TOY_ENDS;
    world_open(&w, "127.0.0.1", true);
    own_clock = true;
    world_run(&w);
    assert_int_equal(last->at_us, 77);
    world_close(&w);
}

static void cancelled_at_any_time(void **state)
{
    for (int turns = 0; turns < 4; turns++) {
        struct world w;
        way = TOY_WAITS;
        world_open(&w, "127.0.0.1", true);
        world_start(&w);
        for (int i = 0; i < turns; i++)
            uv_run(&w.loop, UV_RUN_NOWAIT);
        measurement_cancel(w.run);
        measurement_cancel(w.run); /* and again */
        for (int i = 0; i < 3; i++)
            uv_run(&w.loop, UV_RUN_NOWAIT);
        world_close(&w);
        assert_int_equal(done, 0);
    }
    measurement_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_result_of_each_way),
        cmocka_unit_test(looked_up_is_what_is_a_host),
        cmocka_unit_test(what_cannot_be_prepared_does_not_run),
        cmocka_unit_test(a_target_that_is_forbidden_ends_it),
        cmocka_unit_test(no_target_is_a_resolver_of_the_system),
        cmocka_unit_test(a_clock_that_the_check_read_stands),
        cmocka_unit_test(cancelled_at_any_time),
    };
    return cmocka_run_group_tests_name("measurement", tests, NULL, NULL);
}
