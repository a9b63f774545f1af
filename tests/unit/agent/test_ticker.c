/* The ticker on a clock of the test's own, so that a busy machine is not late. */
#include "tests/unit/check.h"

#include "agent/schedule/ticker.h"

#define INTERVAL_US 50000
#define TASKS       4

static int64_t wall, mono;

static int64_t read_wall(void *ctx)
{
    return wall;
}

static int64_t read_mono(void *ctx)
{
    return mono;
}

static bool always(void *ctx)
{
    return true;
}

static const struct clock hand_clock = {.wall_us = read_wall, .mono_us = read_mono, .synced = always};
static const uint8_t public[SIGN_PUBLIC_SIZE] = {1};

static uv_loop_t loop;
static struct schedule schedule;
static struct ticker *ticker;
static unsigned fired;
static int64_t latest_us;

static void on_due(void *user, struct task *task)
{
    int64_t late = (wall - task->phase_us) % task->interval_us;
    latest_us = late > latest_us ? late : latest_us;
    fired++;
}

static int begin(void **state)
{
    static const struct check_ops ops = {.name = "ping", .class = CLASS_LIGHT, .target = TARGET_DOMAIN};
    static const struct policy any = {.allow_private = true};
    struct fault f;
    wall = 1795341600000000;
    mono = fired = 0;
    latest_us = 0;
    for (int i = 0; i < TASKS; i++) {
        const char *const names[TASKS] = {"t0", "t1", "t2", "t3"};
        struct task *t = task_new(&ops, names[i], "example.org", &any);
        t->interval_us = INTERVAL_US;
        assert_int_equal(schedule_add(&schedule, t, &f), 0);
    }
    assert_int_equal(uv_loop_init(&loop), 0);
    ticker = ticker_new(&loop, &hand_clock, public, on_due, NULL);
    ticker_set(ticker, &schedule);
    return 0;
}

static int end(void **state)
{
    ticker_free(ticker);
    schedule_free(&schedule);
    uv_run(&loop, UV_RUN_NOWAIT);
    return uv_loop_close(&loop); /* fails when a handle was left open */
}

static void pass(int64_t us)
{
    wall += us;
    mono += us;
}

/* Each look comes late_us after it was asked for. */
static void pass_looking(int64_t us, int64_t late_us)
{
    for (int64_t until = mono + us; mono < until;)
        pass(ticker_turn(ticker) + late_us);
}

static void fires_on_its_phase(void **state)
{
    pass_looking(10 * INTERVAL_US, 1000);
    assert_in_range(fired, 10 * TASKS, 11 * TASKS);
    assert_in_range(latest_us, 0, 2000);
    assert_int_equal(ticker_missed(ticker), 0);
}

/* A box that learns the date, one that loses it, a leap into the future. */
static void fires_whatever_the_clock_does(void **state)
{
    static const int64_t steps[] = {-1795341600000000, 1795341600000000, 365 * 86400 * INT64_C(1000000)};
    for (size_t i = 0; i < COUNT(steps); i++) {
        wall += steps[i];
        fired = 0;
        pass_looking(10 * INTERVAL_US, 1000);
        assert_in_range(fired, 9 * TASKS, 11 * TASKS);
    }
    assert_int_equal(ticker_missed(ticker), 0);
}

static void a_moment_seen_too_late_is_missed(void **state)
{
    pass(ticker_turn(ticker) + INTERVAL_US * 3 / 5);
    ticker_turn(ticker);
    assert_true(ticker_missed(ticker) > 0);
    assert_true(ticker_missed(ticker) + fired <= TASKS);
}

static void without_a_schedule_nothing_fires(void **state)
{
    ticker_set(ticker, NULL);
    pass_looking(10 * TICKER_LATE_MAX_US, 0);
    assert_int_equal(fired, 0);
}

static void stop_at_ten(uv_check_t *check)
{
    if (fired >= 10)
        uv_stop(&loop);
}

static void tick_on(uv_timer_t *timer)
{
    pass(1000);
}

/* A clock that goes on by a millisecond at each of the loop's turns. */
static void the_loop_looks_by_itself(void **state)
{
    uv_check_t check;
    uv_check_init(&loop, &check);
    uv_check_start(&check, stop_at_ten);
    uv_timer_t clock;
    uv_timer_init(&loop, &clock);
    uv_timer_start(&clock, tick_on, 1, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_in_range(fired, 10, 10 + TASKS);
    uv_close((uv_handle_t *)&check, NULL);
    uv_close((uv_handle_t *)&clock, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fires_on_its_phase, begin, end),
        cmocka_unit_test_setup_teardown(fires_whatever_the_clock_does, begin, end),
        cmocka_unit_test_setup_teardown(a_moment_seen_too_late_is_missed, begin, end),
        cmocka_unit_test_setup_teardown(without_a_schedule_nothing_fires, begin, end),
        cmocka_unit_test_setup_teardown(the_loop_looks_by_itself, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
