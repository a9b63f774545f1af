/* throughput: what the line carries to and from a measurement target over one
 * TCP connection each way, capped in time and octets.
 *
 *   PING  a request for /v1/ping opens a connection, then PINGS more on it;
 *         idle_rtt_ms is the median of the times from request to first octet,
 *         so it holds the target's own time (under a millisecond), but neither
 *         handshake nor name lookup
 *   DOWN  GET /v1/download on a connection of its own. down_mbps counts the
 *         octets after the first block against the time from that block to the
 *         last, so that neither the handshake nor the first round trip is in
 *   UP    POST /v1/upload on a connection of its own, octets made as they go.
 *         up_mbps is what the target says came in, from its first octet to its
 *         last; our own count would include what only left for a buffer
 *
 * A way ends by `seconds` since its first octet (stop: time), by `bytes_max`
 * (stop: bytes), or because nothing moves any more when the time is up (stop:
 * stalled): what came still counts, over the whole time, but a way that is
 * silent for half of it is partial. One that the target ends before is no
 * measurement. While it runs the connection is looked at every INTERVAL_MS:
 * detail's series has [ms since the first octet, octets so far], for the upload
 * as acknowledged by TCP; detail's tcp is the last look. retrans is the
 * upload's: only a sender knows it.
 *
 * One way alone that fails makes the outcome partial, a ping or every way that
 * fails the outcome of the failure. */
#include "agent/measure/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/tcpinfo.h"
#include "agent/io/web.h"
#include "agent/measure/measurement.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/noise.h"

#define PINGS       5
#define INTERVAL_MS 250
/* A terabit a second: two blocks that came at once, or a target's clock, say nothing of a line. */
#define MBPS_MAX 1e6
/* A small answer of the target: {"bytes":…,"us":…}, pong, or a problem. */
#define ANSWER_MAX 4096
/* What /v1/ping answers, and what to ask where another answer comes. */
#define PONG      "pong\n"
#define NO_TARGET _("; is this a measurement target?")
/* Connections, headers and the pings. */
#define COST_OVERHEAD_BYTES 8000

enum step { PING, DOWN, UP };

struct way {
    int64_t bytes, first_bytes; /* all of them; the block that started the clock */
    uint64_t first_ns, last_ns; /* 0 before the first octet */
    int64_t silent_ns;          /* at its end, when it stalled */
    const char *stop;           /* why it ended by our wish, NULL when it did not */
    json_t *series;
    struct tcpinfo tcp;
    bool seen_tcp;
    enum outcome outcome;
    double mbps; /* 0: none */
};

struct throughput {
    struct measurement run; /* its timer looks at the connection */
    char *base;             /* the target's URL without its last slash */
    enum step step;
    struct web_transfer *transfer; /* NULL between two */
    struct noise noise;
    unsigned pings; /* answered; the first one opened the connection */
    double rtts_ms[PINGS];
    struct way ways[UP + 1];
};

static const char *const directions[] = {"both", "down", "up", NULL};
enum direction { BOTH_WAYS, DOWN_ONLY, UP_ONLY };

static const struct check_param params[] = {
    {"direction", PARAM_CHOICE, "both", .choices = directions, .help = N_("which way to measure")},
    {"seconds", PARAM_INT, "5", .min = 1, .max = 30, .help = N_("limit of each way, s")},
    {"bytes_max", PARAM_INT, "20000000", .min = 100000, .max = 1000000000, .help = N_("limit of each way, octets")},
    {"timeout_ms", PARAM_INT, "10000", .min = 500, .max = 60000,
     .help = N_("limit for each connection and answer, ms")},
    {"family", PARAM_CHOICE, "any", .choices = target_families, .help = N_("IP version")},
};

static void step_start(struct throughput *t, enum step step);

/* ---- the result ---- */

static json_t *tcp_detail(const struct tcpinfo *tcp)
{
    return json_pack("{s:f, s:f, s:f, s:I, s:I, s:I}", "rtt_ms", tcp->rtt_ms, "rtt_var_ms", tcp->rtt_var_ms,
                     "min_rtt_ms", tcp->min_rtt_ms, "cwnd", (json_int_t)tcp->cwnd, "mss", (json_int_t)tcp->mss,
                     "retrans", (json_int_t)tcp->retrans);
}

static void way_detail(struct result *r, const char *name, struct way *w)
{
    json_t *detail = json_object();
    json_object_set_new(detail, "bytes", json_integer(w->bytes));
    if (w->stop)
        json_object_set_new(detail, "stop", json_string(w->stop));
    if (w->outcome != OUTCOME_OK)
        json_object_set_new(detail, "outcome", json_string(outcome_word(w->outcome)));
    if (w->seen_tcp)
        json_object_set_new(detail, "tcp", tcp_detail(&w->tcp));
    if (w->series)
        json_object_set_new(detail, "series", TAKE(w->series));
    json_object_set_new(r->detail, name, detail);
}

static bool wants(const struct throughput *t, enum step way)
{
    enum direction direction = (enum direction)check_arg_int(t->run.args, "direction");
    return direction == BOTH_WAYS || (direction == DOWN_ONLY) == (way == DOWN);
}

static void finish(struct throughput *t)
{
    struct result *r = t->run.result;
    const struct way *down = &t->ways[DOWN], *up = &t->ways[UP];
    int fine = 0, failed = 0;
    for (enum step way = DOWN; way <= UP; way++) {
        if (!t->ways[way].series) /* not wanted, or not reached */
            continue;
        fine += t->ways[way].outcome == OUTCOME_OK || t->ways[way].outcome == OUTCOME_PARTIAL;
        failed += t->ways[way].outcome != OUTCOME_OK;
        way_detail(r, way == DOWN ? "down" : "up", &t->ways[way]);
    }
    if (fine > 0 && failed > 0)
        r->outcome = OUTCOME_PARTIAL; /* the reason stands already */
    if (down->mbps > 0)
        result_metric(r, "down_mbps", down->mbps);
    if (up->mbps > 0)
        result_metric(r, "up_mbps", up->mbps);
    if (up->seen_tcp)
        result_metric(r, "retrans", (double)up->tcp.retrans);
    result_metric(r, "bytes_used", (double)r->bytes);
    measurement_end(&t->run);
}

/* The outcome of one exchange with the target; HTTP errors are in it. */
static enum outcome judge(struct throughput *t, const struct web_reply *reply, const char *what)
{
    struct result *r = t->run.result;
    r->bytes += reply->wire_bytes;
    if (reply->af) {
        r->af = reply->af;
        snprintf(r->addr, sizeof r->addr, "%s", reply->addr);
    }
    enum outcome outcome = reply->outcome;
    if (outcome != OUTCOME_OK) {
        result_reason(r, outcome, "%s: %s%s", what, reply->reason, outcome == OUTCOME_PROTOCOL_ERROR ? NO_TARGET : "");
    } else if (reply->status == 429 || reply->status == 503) {
        outcome = OUTCOME_REFUSED;
        result_reason(r, outcome, _("%s: the target is busy, HTTP status %ld"), what, reply->status);
    } else if (reply->status != 200) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(r, outcome, "%s: HTTP status %ld%s", what, reply->status, NO_TARGET);
    }
    return outcome;
}

/* ---- requests ---- */

static int request_start(struct throughput *t, struct web_request request, const char *path, web_done_fn done,
                         struct fault *f)
{
    _cleanup_text_ char *url = alloc_format("%s%s", t->base, path);
    request.url = url;
    request.family = target_family(t->run.args);
    request.policy = &t->run.args->policy;
    request.timeout_us += check_arg_int(t->run.args, "timeout_ms") * 1000;
    return web_start(t->run.env->web, &request, done, t, &t->transfer, f);
}

/* The next step that is wanted after one that ended, or the end. */
static void advance(struct throughput *t)
{
    enum step next = t->step + 1;
    while (next <= UP && !wants(t, next))
        next++;
    uv_timer_stop(&t->run.timer);
    if (next <= UP)
        step_start(t, next);
    else
        finish(t);
}

/* ---- ping ---- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void on_ping(void *user, const struct web_reply *reply)
{
    struct throughput *t = user;
    t->transfer = NULL;
    enum outcome outcome = judge(t, reply, "ping");
    if (outcome == OUTCOME_OK &&
        (reply->body.len != strlen(PONG) || memcmp(reply->body.data, PONG, strlen(PONG)) != 0)) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(t->run.result, outcome, _("ping: another answer than \"pong\"%s"), NO_TARGET);
    }
    if (outcome != OUTCOME_OK) {
        finish(t);
        return;
    }
    if (t->pings++ > 0)
        t->rtts_ms[t->pings - 2] = reply->wait_ms;
    if (t->pings <= PINGS) {
        step_start(t, PING);
        return;
    }
    qsort(t->rtts_ms, PINGS, sizeof t->rtts_ms[0], compare);
    result_metric(t->run.result, "idle_rtt_ms", t->rtts_ms[PINGS / 2]);
    advance(t);
}

/* ---- both ways ---- */

static int64_t limit_ns(const struct throughput *t)
{
    return check_arg_int(t->run.args, "seconds") * INT64_C(1000000000);
}

static bool way_is_over(struct throughput *t, struct way *w, uint64_t now)
{
    if (w->first_ns > 0 && (int64_t)(now - w->first_ns) >= limit_ns(t))
        w->stop = "time";
    else if (w->bytes >= check_arg_int(t->run.args, "bytes_max"))
        w->stop = "bytes";
    return w->stop != NULL;
}

static void way_look(struct throughput *t, struct way *w)
{
    if (tcpinfo_read(web_socket(t->transfer), &w->tcp) == 0)
        w->seen_tcp = true;
}

static void on_tick(uv_timer_t *timer)
{
    struct throughput *t = timer->data;
    struct way *w = &t->ways[t->step];
    if (!t->transfer || w->first_ns == 0)
        return;
    uint64_t now = uv_hrtime();
    way_look(t, w);
    int64_t bytes = t->step == UP ? w->tcp.acked_bytes : w->bytes;
    if (!w->stop || t->step == UP)
        json_array_append_new(w->series,
                              json_pack("[I, I]", (json_int_t)((now - w->first_ns) / 1000000), (json_int_t)bytes));
    /* The time is up and no octet came to say so. An upload ends when the
     * target has answered, or at its request's own limit. */
    if (t->step == DOWN && !w->stop && (int64_t)(now - w->first_ns) >= limit_ns(t)) {
        w->stop = "stalled";
        w->silent_ns = (int64_t)(now - w->last_ns);
        w->last_ns = now;
        web_stop(t->transfer);
    }
}

static void way_start(struct throughput *t, struct way *w)
{
    w->series = json_array();
    uv_timer_start(&t->run.timer, on_tick, INTERVAL_MS, INTERVAL_MS);
}

static void way_fail(struct throughput *t, struct way *w, enum outcome outcome)
{
    w->outcome = outcome;
    advance(t);
}

/* ---- down ---- */

static bool on_down_octets(void *user, const char *bytes, size_t len)
{
    struct throughput *t = user;
    struct way *w = &t->ways[DOWN];
    uint64_t now = uv_hrtime();
    w->bytes += (int64_t)len;
    w->last_ns = now;
    if (w->first_ns == 0) {
        w->first_ns = now;
        w->first_bytes = (int64_t)len;
        way_look(t, w);
    }
    return !way_is_over(t, w, now);
}

static void on_down(void *user, const struct web_reply *reply)
{
    struct throughput *t = user;
    struct way *w = &t->ways[DOWN];
    t->transfer = NULL;
    enum outcome outcome = judge(t, reply, "download");
    int64_t ns = (int64_t)(w->last_ns - w->first_ns), bytes = w->bytes - w->first_bytes;
    if (outcome == OUTCOME_OK && (bytes <= 0 || (double)bytes * 8e3 > MBPS_MAX * (double)ns)) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(t->run.result, outcome, _("download: %lld octets came in one block"), (long long)w->bytes);
    } else if (outcome == OUTCOME_OK && !w->stop) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(t->run.result, outcome, _("download: the target ended it after %lld octets, before its time"),
                      (long long)w->bytes);
    }
    if (outcome != OUTCOME_OK) {
        way_fail(t, w, outcome);
        return;
    }
    w->mbps = (double)bytes * 8e3 / (double)ns;
    if (w->silent_ns * 2 >= limit_ns(t)) {
        w->outcome = OUTCOME_PARTIAL;
        result_reason(t->run.result, w->outcome, _("download: nothing came in its last %lld ms"),
                      (long long)(w->silent_ns / 1000000));
    }
    advance(t);
}

/* ---- up ---- */

static size_t on_up_wanted(void *user, char *buf, size_t max)
{
    struct throughput *t = user;
    struct way *w = &t->ways[UP];
    uint64_t now = uv_hrtime();
    if (w->first_ns == 0)
        w->first_ns = now;
    if (w->stop || way_is_over(t, w, now)) {
        way_look(t, w);
        return 0;
    }
    int64_t left = check_arg_int(t->run.args, "bytes_max") - w->bytes;
    size_t len = (int64_t)max < left ? max : (size_t)left;
    noise_fill(&t->noise, buf, len);
    w->bytes += (int64_t)len;
    return len;
}

/* {"bytes":N,"us":M} from the target. */
static int read_received(const struct web_reply *reply, int64_t sent, int64_t *ret_bytes, int64_t *ret_us,
                         struct fault *f)
{
    _cleanup_json_ json_t *answer = NULL;
    int64_t bytes = 0, us = 0;
    int rc = json_read(reply->body.data ? reply->body.data : "", reply->body.len, ANSWER_MAX, 4, &answer, f);
    if (rc == 0)
        rc = json_get_int(answer, "bytes", 1, sent, &bytes, f);
    if (rc == 0)
        rc = json_get_int(answer, "us", 1, INT64_MAX / 1000, &us, f);
    if (rc < 0)
        return rc;
    *ret_bytes = bytes;
    *ret_us = us;
    return 0;
}

static void on_up(void *user, const struct web_reply *reply)
{
    struct throughput *t = user;
    struct way *w = &t->ways[UP];
    struct fault f = {0};
    int64_t us;
    t->transfer = NULL;
    enum outcome outcome = judge(t, reply, "upload");
    if (outcome == OUTCOME_OK && read_received(reply, w->bytes, &w->bytes, &us, &f) < 0) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(t->run.result, outcome, _("upload: the target's count: %s"), f.text);
    } else if (outcome == OUTCOME_OK && (double)w->bytes * 8 > MBPS_MAX * (double)us) {
        outcome = OUTCOME_PROTOCOL_ERROR;
        result_reason(t->run.result, outcome,
                      _("upload: the target counts %lld octets in %lld us, which no line carries"), (long long)w->bytes,
                      (long long)us);
    }
    if (outcome != OUTCOME_OK) {
        way_fail(t, w, outcome);
        return;
    }
    w->mbps = (double)w->bytes * 8 / (double)us;
    advance(t);
}

/* ---- steps ---- */

static int step_request(struct throughput *t, enum step step, struct fault *f)
{
    char path[64];
    switch (step) {
    case PING:
        return request_start(t, (struct web_request){.method = "GET", .body_max = ANSWER_MAX}, "/v1/ping", on_ping, f);
    case DOWN:
        snprintf(path, sizeof path, "/v1/download?bytes=%lld", (long long)check_arg_int(t->run.args, "bytes_max"));
        return request_start(
            t,
            (struct web_request){
                .method = "GET", .body_write = on_down_octets, .timeout_us = limit_ns(t) / 1000, .fresh = true},
            path, on_down, f);
    case UP:
        break;
    }
    return request_start(t,
                         (struct web_request){.method = "POST",
                                              .body_read = on_up_wanted,
                                              .body_max = ANSWER_MAX,
                                              .timeout_us = limit_ns(t) / 1000,
                                              .fresh = true},
                         "/v1/upload", on_up, f);
}

static void step_start(struct throughput *t, enum step step)
{
    struct fault f = {0};
    t->step = step;
    if (step != PING)
        way_start(t, &t->ways[step]);
    if (step_request(t, step, &f) < 0) {
        result_reason(t->run.result, OUTCOME_ERROR, "%s", f.text);
        t->ways[step].outcome = OUTCOME_ERROR;
        finish(t);
    }
}

/* ---- the operations ---- */

static void begin(void *check, const struct target_answer *target)
{
    struct throughput *t = check;
    struct fault f = {0};
    if (step_request(t, PING, &f) < 0)
        measurement_fail(&t->run, OUTCOME_ERROR, f.text);
}

static int64_t cost_bytes(const struct check_args *args)
{
    int64_t ways = check_arg_int(args, "direction") == BOTH_WAYS ? 2 : 1;
    /* Headers of TCP and IP and acknowledgements: 52 octets on 1400, and half of it back. */
    return ways * check_arg_int(args, "bytes_max") / 100 * 106 + COST_OVERHEAD_BYTES;
}

static void stop(void *check)
{
    struct throughput *t = check;
    web_cancel(TAKE(t->transfer));
}

static void clear(void *check)
{
    struct throughput *t = check;
    for (enum step way = DOWN; way <= UP; way++)
        json_decref(t->ways[way].series);
    free(t->base);
}

static int prepare(void *check, struct fault *f)
{
    struct throughput *t = check;
    t->base = alloc_text(t->run.args->target);
    for (size_t len = strlen(t->base); len > 0 && t->base[len - 1] == '/'; len--)
        t->base[len - 1] = '\0';
    noise_seed(&t->noise);
    return 0;
}

const struct check_ops check_throughput = {
    .name = "throughput",
    .help = N_("download from and upload to a measurement target, capped"),
    .class = CLASS_HEAVY,
    .target = TARGET_URL,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct throughput),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
