#include "agent/daemon/hearing.h"

#include <errno.h>
#include <inttypes.h>

#include "agent/uplink/keyring.h"
#include "agent/uplink/remote.h"
#include "common/log.h"

/* How often the clock is looked at; it is asked for only when it is wanted. */
#define TIME_INTERVAL_US (600 * INT64_C(1000000))

enum timer { TIMER_SCHEDULE, TIMER_TIME, TIMER_KEYS, TIMER_COUNT };

struct hearing {
    const struct uplink *uplink;
    struct timekeeper *timekeeper;
    const struct settings *settings;
    hearing_fn fn;
    void *user;
    uv_timer_t timers[TIMER_COUNT];
    unsigned open; /* timers; the last close frees */
    struct schedule schedule;
    struct remote_fetch *fetch;
    struct timekeeper_ask *ask;
    struct keyring_fetch *keys;
    int64_t keys_asked_us; /* CLOCK_BOOTTIME, 0: never */
};

static struct log_limit limit = {.interval_us = 600 * INT64_C(1000000), .burst = 3};

static void on_timer(uv_timer_t *timer);

/* In `after`, and then each `every`; 0: once. */
static void arm(struct hearing *h, enum timer which, int64_t after_us, int64_t every_us)
{
    uv_timer_start(&h->timers[which], on_timer, (uint64_t)(after_us + 999) / 1000, (uint64_t)every_us / 1000);
}

/* ---- keys ---- */

static void on_keys(void *user, int r, const struct fault *f)
{
    struct hearing *h = user;
    h->keys = NULL;
    if (r == 1)
        log_info("the collector has changed its keys: list %" PRId64, h->uplink->identity->serial);
    else if (r < 0)
        log_limited(&limit, LOG_INFO, "keys from %s: %s; those that are pinned stay", h->uplink->url, f->text);
}

void hearing_keys(struct hearing *h)
{
    struct fault f;
    int64_t now = clock_mono_us(h->uplink->env->clock);
    if (h->keys || (h->keys_asked_us > 0 && now - h->keys_asked_us < KEYRING_PAUSE_US))
        return;
    h->keys_asked_us = now;
    if (keyring_fetch_start(h->uplink, on_keys, h, &h->keys, &f) < 0)
        log_limited(&limit, LOG_INFO, "keys from %s: %s", h->uplink->url, f.text);
}

/* ---- the schedule ---- */

/* Next time, at this probe's own moment of the interval. */
static void arm_schedule(struct hearing *h)
{
    int64_t interval = h->settings->schedule_interval_us, now = clock_wall_us(h->uplink->env->clock);
    int64_t phase = schedule_phase(h->uplink->identity->key.public, "schedule", interval);
    arm(h, TIMER_SCHEDULE, schedule_next(phase, interval, now) - now, 0);
}

static void on_schedule(void *user, int r, struct schedule *schedule, const struct fault *f)
{
    struct hearing *h = user;
    h->fetch = NULL;
    if (r == 1) {
        schedule_free(&h->schedule);
        h->schedule = *schedule;
        log_info("schedule %" PRId64 " of the collector: %zu tasks", h->schedule.version, h->schedule.count);
        if (h->schedule.left_out > 0)
            log_info("%zu of its tasks are left out, the last one: %s", h->schedule.left_out, h->schedule.left_out_why);
    } else if (r < 0) {
        log_limited(&limit, LOG_INFO, "schedule from %s: %s; version %" PRId64 " stays", h->uplink->url, f->text,
                    h->schedule.version);
        if (r == -EKEYREJECTED)
            hearing_keys(h);
    }
    arm_schedule(h);
    h->fn(h->user, r == 1);
}

void hearing_schedule_now(struct hearing *h)
{
    struct fault f;
    if (h->settings->schedule != SCHEDULE_REMOTE || h->fetch)
        return;
    if (remote_fetch_start(h->uplink, h->schedule.version, on_schedule, h, &h->fetch, &f) < 0) {
        log_limited(&limit, LOG_INFO, "schedule from %s: %s", h->uplink->url, f.text);
        arm_schedule(h);
    }
}

/* ---- the time ---- */

static void on_time(void *user, int r, const struct fault *f)
{
    struct hearing *h = user;
    h->ask = NULL;
    if (r < 0)
        log_limited(&limit, LOG_INFO, "time from %s: %s; results say that the clock is not synchronised",
                    h->uplink->url, f->text);
    h->fn(h->user, false);
}

static void ask_time(struct hearing *h)
{
    struct fault f;
    if (h->ask || !timekeeper_wants(h->timekeeper))
        return;
    if (timekeeper_ask_start(h->timekeeper, h->uplink, on_time, h, &h->ask, &f) < 0)
        log_limited(&limit, LOG_INFO, "time from %s: %s", h->uplink->url, f.text);
}

/* ---- all of them ---- */

static void on_timer(uv_timer_t *timer)
{
    static void (*const ends[TIMER_COUNT])(struct hearing * h) = {
        [TIMER_SCHEDULE] = hearing_schedule_now, [TIMER_TIME] = ask_time, [TIMER_KEYS] = hearing_keys};
    struct hearing *h = timer->data;
    ends[timer - h->timers](h);
}

void hearing_start(struct hearing *h)
{
    arm(h, TIMER_TIME, 0, TIME_INTERVAL_US);
    arm(h, TIMER_KEYS, schedule_phase(h->uplink->identity->key.public, "keys", KEYRING_INTERVAL_US),
        KEYRING_INTERVAL_US);
    hearing_schedule_now(h);
}

void hearing_once(struct hearing *h)
{
    ask_time(h);
    hearing_schedule_now(h);
}

const struct schedule *hearing_schedule(const struct hearing *h)
{
    return &h->schedule;
}

bool hearing_waits(const struct hearing *h)
{
    return h->fetch || h->ask;
}

struct hearing *hearing_new(const struct uplink *uplink, struct timekeeper *timekeeper, const struct settings *settings,
                            hearing_fn fn, void *user)
{
    struct hearing *h = alloc_zero(1, sizeof *h);
    struct fault f;
    *h = (struct hearing){
        .uplink = uplink, .timekeeper = timekeeper, .settings = settings, .fn = fn, .user = user, .open = TIMER_COUNT};
    for (size_t i = 0; i < TIMER_COUNT; i++) {
        uv_timer_init(uplink->env->loop, &h->timers[i]);
        h->timers[i].data = h;
    }
    int r = remote_read(uplink->state_dir, uplink->identity, &h->schedule, &f);
    if (r < 0 && r != -ENOENT)
        log_warn("%s; the kept schedule is not used", f.text);
    return h;
}

void hearing_stop(struct hearing *h)
{
    remote_fetch_cancel(TAKE(h->fetch));
    timekeeper_ask_cancel(TAKE(h->ask));
    keyring_fetch_cancel(TAKE(h->keys));
    for (size_t i = 0; i < TIMER_COUNT; i++)
        uv_timer_stop(&h->timers[i]);
}

static void on_closed(uv_handle_t *handle)
{
    struct hearing *h = handle->data;
    if (--h->open == 0) {
        schedule_free(&h->schedule);
        free(h);
    }
}

void hearing_free(struct hearing *h)
{
    if (!h)
        return;
    hearing_stop(h);
    for (size_t i = 0; i < TIMER_COUNT; i++)
        uv_close((uv_handle_t *)&h->timers[i], on_closed);
}
