#include "agent/uplink/timekeeper.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/lang.h"
#include "common/statement.h"

#define NONCE_SIZE 33

/* ---- the clock ---- */

static int64_t error_at(const struct timekeeper *t, int64_t mono_us)
{
    return t->error_us + (mono_us - t->mono_us) / 1000000 * TIMEKEEPER_DRIFT_PPM;
}

static bool own_time_holds(const struct timekeeper *t)
{
    return t->learned && error_at(t, clock_mono_us(t->below)) <= TIMEKEEPER_ERROR_MAX_US;
}

static int64_t wall(void *ctx)
{
    const struct timekeeper *t = ctx;
    if (clock_synced(t->below) || !t->learned)
        return clock_wall_us(t->below);
    return t->wall_us + clock_mono_us(t->below) - t->mono_us;
}

static int64_t mono(void *ctx)
{
    const struct timekeeper *t = ctx;
    return clock_mono_us(t->below);
}

static bool synced(void *ctx)
{
    const struct timekeeper *t = ctx;
    return clock_synced(t->below) || own_time_holds(t);
}

static const char *boot_id(void *ctx)
{
    const struct timekeeper *t = ctx;
    return t->boot;
}

void timekeeper_init(struct timekeeper *t, const struct clock *below)
{
    *t = (struct timekeeper){
        .clock = {.wall_us = wall, .mono_us = mono, .synced = synced, .boot_id = boot_id, .ctx = t}, .below = below};
    clock_boot_id(below, t->boot);
}

bool timekeeper_learn(struct timekeeper *t, int64_t asked_mono_us, int64_t answered_mono_us, int64_t server_us)
{
    int64_t half = (answered_mono_us - asked_mono_us) / 2;
    if (answered_mono_us < asked_mono_us || half > TIMEKEEPER_ERROR_MAX_US)
        return false;
    if (t->learned && error_at(t, answered_mono_us) <= half)
        return false;
    t->learned = true;
    t->wall_us = server_us;
    t->mono_us = asked_mono_us + half;
    t->error_us = half;
    return true;
}

bool timekeeper_wants(const struct timekeeper *t)
{
    if (clock_synced(t->below))
        return false;
    return !t->learned || error_at(t, clock_mono_us(t->below)) > t->error_us + TIMEKEEPER_ERROR_MAX_US / 4;
}

/* ---- asking ---- */

int timekeeper_read(const struct identity *identity, const char *nonce, const char *text, size_t len, int64_t *ret_us,
                    struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    const char *echoed, *at;
    int r = statement_read(identity->keys, identity->key_count, DOMAIN_TIME, text, len, &object, f);
    if (r < 0 || (r = json_get_text(object, "nonce", NONCE_SIZE, &echoed, f)) < 0 ||
        (r = json_get_text(object, "at", TIME_TEXT_SIZE, &at, f)) < 0)
        return r;
    if (strcmp(echoed, nonce) != 0)
        return fault_set(f, -EBADMSG, _("the time was said to somebody else, or before"));
    if (time_parse(at, strlen(at), ret_us) < 0)
        return fault_set(f, -EBADMSG, _("\"at\" is not an RFC 3339 time"));
    return 0;
}

struct timekeeper_ask {
    struct timekeeper *keeper;
    const struct uplink *uplink;
    struct web_transfer *transfer;
    char nonce[NONCE_SIZE];
    int64_t asked_mono_us;
    timekeeper_done_fn done;
    void *user;
};

/* A phase that did not happen is negative. */
static double phase(double ms)
{
    return ms > 0 ? ms : 0;
}

static void on_reply(void *user, const struct web_reply *reply)
{
    const struct timekeeper_ask ask = *(struct timekeeper_ask *)user;
    struct fault f = {0};
    int64_t server_us = 0, now = clock_mono_us(ask.keeper->below);
    /* The connection's own round trips are no part of the question's. */
    double ms = reply->total_ms - phase(reply->lookup_ms) - phase(reply->connect_ms) - phase(reply->tls_ms);
    int64_t asked = now - (int64_t)(ms * 1000);
    if (asked < ask.asked_mono_us)
        asked = ask.asked_mono_us;
    free(user);
    int r = call_judge(reply, false, &f);
    if (r == 0)
        r = timekeeper_read(ask.uplink->identity, ask.nonce, reply->body.data, reply->body.len, &server_us, &f);
    if (r == 0 && !timekeeper_learn(ask.keeper, asked, now, server_us))
        r = fault_set(&f, -EAGAIN, _("the answer took too long to tell the time"));
    ask.done(ask.user, r, &f);
}

int timekeeper_ask_start(struct timekeeper *t, const struct uplink *uplink, timekeeper_done_fn done, void *user,
                         struct timekeeper_ask **ret, struct fault *f)
{
    struct timekeeper_ask *ask = alloc_zero(1, sizeof *ask);
    uint64_t random[2];
    random_bytes(random, sizeof random);
    *ask = (struct timekeeper_ask){.keeper = t, .uplink = uplink, .done = done, .user = user};
    snprintf(ask->nonce, sizeof ask->nonce, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    ask->asked_mono_us = clock_mono_us(t->below);
    _cleanup_text_ char *path = alloc_format("/api/v1/time?nonce=%s", ask->nonce);
    const struct call call = {.path = path, .done = on_reply, .user = ask};
    int r = call_start(uplink, &call, &ask->transfer, f);
    if (r < 0)
        free(ask);
    else
        *ret = ask;
    return r;
}

void timekeeper_ask_cancel(struct timekeeper_ask *ask)
{
    if (!ask)
        return;
    web_cancel(ask->transfer);
    free(ask);
}
