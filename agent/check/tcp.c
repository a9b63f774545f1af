/* tcp: connections to one port, opened and closed, one every interval. The
 * round trip is from SYN to SYN+ACK: between their stamps on the wire where this
 * host may have a packet socket, otherwise by TCP's own clock, which includes
 * some tens of microseconds in this host. detail.clock says which.
 *
 * A connection whose SYN had to be sent again counts as lost, as does one that
 * timed out: both lost a packet, and their time is the retransmission's and not
 * the line's. detail.resent and detail.failed say how many of each, and so does
 * the reason: syn_resent where every connection came about, else
 * connections_failed. */
#include <math.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/io/connect.h"
#include "agent/io/datagram.h"
#include "agent/io/headers.h"
#include "agent/io/syn.h"
#include "agent/measure/measurement.h"
#include "agent/measure/rtt.h"
#include "common/lang.h"

/* A server pays more for a connection than a router for a packet. */
#define INTERVAL_FLOOR_MS 50
#define COUNT_MAX         100
/* SYN, SYN+ACK, ACK, and as many to close, with options. */
#define COST_BYTES (6 * (IP_HEADER_MAX + 40))

struct attempt {
    struct tcp *tcp;
    struct connect *connect;
};

struct tcp {
    struct measurement run; /* its timer begins the next connection */
    struct sockaddr_storage peer;
    struct syn_watch *watch; /* NULL where this host may not have one */
    int count;
    struct attempt *attempts;
    struct rtt_series rtts;
    size_t settled, resent, stamped;
    size_t failed[OUTCOME_COUNT]; /* by what each became */
    enum outcome first_failure;
    const char *first_cause;
};

static const struct check_param params[] = {
    {"port", PARAM_INT, "443", 1, 65535, NULL, N_("TCP port")},
    {"count", PARAM_INT, "5", 1, COUNT_MAX, NULL, N_("connections to make")},
    {"interval_ms", PARAM_INT, "200", INTERVAL_FLOOR_MS, 60000, NULL,
     N_("milliseconds from one connection to the next")},
    {"timeout_ms", PARAM_INT, "3000", 1, 60000, NULL, N_("milliseconds after which a connection counts as lost")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

static void decide(struct tcp *t)
{
    struct result *r = t->run.result;
    if (t->rtts.rcvd == t->rtts.sent)
        return;
    if (t->rtts.rcvd > 0 || t->resent > 0)
        result_reason(r, OUTCOME_PARTIAL, "%s",
                      t->rtts.rcvd + t->resent < t->rtts.sent ? _("connections_failed") : _("syn_resent"));
    else
        result_fail(r, t->first_failure, t->first_cause, NULL);
}

static void report_failures(struct tcp *t)
{
    json_t *failed = json_object();
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (t->failed[i] > 0)
            json_object_set_new(failed, outcome_word((enum outcome)i), json_integer((json_int_t)t->failed[i]));
    if (json_object_size(failed) > 0)
        json_object_set_new(t->run.result->detail, "failed", failed);
    else
        json_decref(failed);
    if (t->resent > 0)
        json_object_set_new(t->run.result->detail, "resent", json_integer((json_int_t)t->resent));
}

static void conclude(struct tcp *t)
{
    report_failures(t);
    if (t->rtts.rcvd > 0)
        json_object_set_new(t->run.result->detail, "clock", json_string(t->stamped == t->rtts.rcvd ? "wire" : "tcp"));
    rtt_series_report(&t->rtts, t->run.result);
    decide(t);
    measurement_end(&t->run);
}

static void fail(struct tcp *t, int error)
{
    enum outcome outcome = datagram_outcome(error);
    if (t->settled == t->rtts.rcvd + t->resent) { /* the first to fail */
        t->first_failure = outcome;
        t->first_cause = datagram_cause(error);
    }
    t->failed[outcome]++;
}

static void on_connected(void *user, const struct connected *event)
{
    struct attempt *a = user;
    struct tcp *t = a->tcp;
    t->run.result->bytes += connect_wire_bytes(a->connect);
    connect_close(TAKE(a->connect));
    if (event->error < 0)
        fail(t, event->error);
    else if (event->resent || isnan(event->rtt_ms))
        t->resent++;
    else
        rtt_series_answer(&t->rtts, (size_t)(a - t->attempts), event->rtt_ms);
    t->stamped += event->stamped;
    if (++t->settled == (size_t)t->count)
        conclude(t);
}

static void on_timer(uv_timer_t *timer)
{
    struct tcp *t = timer->data;
    struct attempt *a = &t->attempts[t->rtts.sent++];
    a->tcp = t;
    a->connect = connect_open(t->run.env->loop, (const struct sockaddr *)&t->peer,
                              check_arg_int(t->run.args, "timeout_ms") * 1000, on_connected, a);
    connect_watch(a->connect, t->watch);
    if (t->rtts.sent == (size_t)t->count)
        uv_timer_stop(timer);
}

static void begin(void *check, const struct target_answer *target)
{
    struct tcp *t = check;
    t->peer = target->addr;
    address_set_port(&t->peer, (uint16_t)check_arg_int(t->run.args, "port"));
    if (syn_watch_open((const struct sockaddr *)&t->peer, (size_t)t->count, &t->watch) < 0)
        t->watch = NULL;
    uv_timer_start(&t->run.timer, on_timer, DATAGRAM_WARM_UP_MS, (uint64_t)check_arg_int(t->run.args, "interval_ms"));
}

static int64_t cost_bytes(const struct check_args *args)
{
    return check_arg_int(args, "count") * COST_BYTES;
}

static void stop(void *check)
{
    struct tcp *t = check;
    for (int i = 0; i < t->count; i++)
        connect_close(TAKE(t->attempts[i].connect));
    syn_watch_close(TAKE(t->watch));
}

static void clear(void *check)
{
    struct tcp *t = check;
    rtt_series_free(&t->rtts);
    free(t->attempts);
}

static int prepare(void *check, struct fault *f)
{
    struct tcp *t = check;
    t->count = (int)check_arg_int(t->run.args, "count");
    t->attempts = alloc_zero((size_t)t->count, sizeof *t->attempts);
    rtt_series_init(&t->rtts, (size_t)t->count);
    return 0;
}

const struct check_ops check_tcp = {
    .name = "tcp",
    .help = N_("round trips of TCP connects: delay, jitter, loss"),
    .class = CLASS_LIGHT,
    .target = TARGET_HOST,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct tcp),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
