#include "agent/schedule/ticker.h"

#include <string.h>

struct ticker {
    uv_timer_t timer;
    const struct clock *clock;
    uint8_t public[SIGN_PUBLIC_SIZE];
    ticker_due_fn fn;
    void *user;
    const struct schedule *schedule; /* borrowed */
    int64_t offset_us;               /* wall clock less CLOCK_BOOTTIME */
    int64_t missed;
};

static void set_due(const struct ticker *t, int64_t now_us)
{
    for (size_t i = 0; t->schedule && i < t->schedule->count; i++) {
        struct task *task = t->schedule->tasks[i];
        task->due_us = schedule_next(task->phase_us, task->interval_us, now_us);
    }
}

static int64_t late_allowed(const struct task *task)
{
    return task->interval_us / 2 < TICKER_LATE_MAX_US ? task->interval_us / 2 : TICKER_LATE_MAX_US;
}

static void fire(struct ticker *t, struct task *task, int64_t now_us)
{
    int64_t late = now_us - task->due_us;
    task->due_us = schedule_next(task->phase_us, task->interval_us, now_us);
    if (late > late_allowed(task))
        t->missed++;
    else
        t->fn(t->user, task);
}

/* Never asleep for long: the wall clock may jump, and the machine sleep. */
static int64_t wait_us(const struct ticker *t, int64_t now_us)
{
    int64_t wait = TICKER_LATE_MAX_US;
    for (size_t i = 0; t->schedule && i < t->schedule->count; i++)
        if (t->schedule->tasks[i]->due_us - now_us < wait)
            wait = t->schedule->tasks[i]->due_us - now_us;
    return wait > 0 ? wait : 0;
}

int64_t ticker_turn(struct ticker *t)
{
    int64_t now = clock_wall_us(t->clock);
    int64_t offset = now - clock_mono_us(t->clock);
    int64_t step = offset - t->offset_us;
    t->offset_us = offset;
    if (step > TICKER_STEP_US || step < -TICKER_STEP_US)
        set_due(t, now);
    for (size_t i = 0; t->schedule && i < t->schedule->count; i++)
        if (t->schedule->tasks[i]->due_us <= now)
            fire(t, t->schedule->tasks[i], now);
    return wait_us(t, now);
}

static void on_timer(uv_timer_t *timer);

static void arm(struct ticker *t, int64_t wait)
{
    if (!t->schedule || t->schedule->count == 0) {
        uv_timer_stop(&t->timer);
        return;
    }
    uv_update_time(t->timer.loop);
    uv_timer_start(&t->timer, on_timer, ((uint64_t)wait + 999) / 1000, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct ticker *t = timer->data;
    arm(t, ticker_turn(t));
}

struct ticker *ticker_new(uv_loop_t *loop, const struct clock *clock, const uint8_t public[static SIGN_PUBLIC_SIZE],
                          ticker_due_fn fn, void *user)
{
    struct ticker *t = alloc_zero(1, sizeof *t);
    t->clock = clock;
    memcpy(t->public, public, sizeof t->public);
    t->fn = fn;
    t->user = user;
    uv_timer_init(loop, &t->timer);
    t->timer.data = t;
    return t;
}

void ticker_set(struct ticker *t, const struct schedule *schedule)
{
    int64_t now = clock_wall_us(t->clock);
    t->schedule = schedule;
    t->offset_us = now - clock_mono_us(t->clock);
    for (size_t i = 0; schedule && i < schedule->count; i++) {
        struct task *task = schedule->tasks[i];
        task->phase_us = schedule_phase(t->public, task->args.task, task->interval_us);
    }
    set_due(t, now);
    arm(t, wait_us(t, now));
}

int64_t ticker_missed(const struct ticker *t)
{
    return t->missed;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void ticker_free(struct ticker *t)
{
    if (t)
        uv_close((uv_handle_t *)&t->timer, on_closed);
}
