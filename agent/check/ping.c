/* ping: ICMP echoes to one address (RFC 792, RFC 4443), one every interval.
 *
 * Each request carries a random cookie and its sequence number. The check is
 * over when every request is settled (answered, or refused by an ICMP error),
 * plus a moment for duplicates; or when the last one has timed out. An answer
 * after its own timeout counts as lost (RFC 2681 section 2.8: the waiting time
 * is part of the definition).
 *
 * A request that was too big for a link further on is not the line's loss: it
 * is withdrawn and another sent in its place, which the kernel, that now knows
 * the path's MTU (RFC 1191, RFC 8201), cuts up. */
#include <math.h>
#include <string.h>

#include "agent/measure/check.h"
#include "agent/io/datagram.h"
#include "agent/io/headers.h"
#include "agent/io/icmp.h"
#include "agent/measure/measurement.h"
#include "agent/io/moment.h"
#include "agent/measure/refusal.h"
#include "agent/measure/rtt.h"
#include "common/lang.h"

/* A probe is a guest on other people's hosts: no faster than 100 a second. */
#define INTERVAL_FLOOR_MS 10
#define COUNT_MAX         1000
/* One Ethernet frame; larger packets are the business of path MTU checks. */
#define SIZE_MAX_OCTETS 1452
/* Duplicates come right behind the first copy: waited for once everything is
 * settled, beyond the longest round trip seen. */
#define LINGER_MS 10

enum phase {
    PHASE_SENDING, /* requests go out on the timer */
    PHASE_WAITING, /* all are out; the timer ends the check */
};

struct request {
    struct moment sent;
    bool settled; /* answered or refused */
};

struct ping {
    struct measurement run;
    enum phase phase;
    struct datagram *socket;
    int af, count, interval_ms, timeout_ms, size;
    struct tag tag;
    struct request *requests; /* by sequence number */
    struct rtt_series rtts;
    size_t capacity; /* requests at most, those in place of others included */
    size_t settled, late;
    struct refusals refusals;
};

static const struct check_param params[] = {
    {"count", PARAM_INT, "10", 1, COUNT_MAX, NULL, N_("echo requests to send")},
    {"interval_ms", PARAM_INT, "200", INTERVAL_FLOOR_MS, 60000, NULL, N_("milliseconds from one request to the next")},
    {"timeout_ms", PARAM_INT, "2000", 1, 60000, NULL, N_("milliseconds after which a request counts as lost")},
    {"size", PARAM_INT, "56", TAG_SIZE, SIZE_MAX_OCTETS, NULL, N_("octets of payload")},
    {"ttl", PARAM_INT, "64", 1, 255, NULL, N_("TTL or hop limit of the requests")},
    {"tos", PARAM_INT, "0", 0, 255, NULL, N_("type of service or traffic class of the requests")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

/* ---- the answer ---- */

static void decide(struct ping *p)
{
    struct result *r = p->run.result;
    if (p->rtts.rcvd > 0) {
        refusals_decide(&p->refusals, p->af, &p->rtts, r);
    } else if (p->refusals.count > 0) {
        char text[REFUSAL_TEXT_MAX];
        result_reason(r, OUTCOME_UNREACHABLE, "%s", refusals_text(&p->refusals, p->af, text));
    } else if (r->outcome == OUTCOME_OK) { /* no local failure noted */
        result_reason(r, OUTCOME_TIMEOUT, _("no answer within %d ms"), p->timeout_ms);
    }
}

static void conclude(struct ping *p)
{
    refusals_report(&p->refusals, p->af, p->run.result->detail);
    if (p->late > 0)
        json_object_set_new(p->run.result->detail, "late", json_integer((json_int_t)p->late));
    rtt_series_excuse(&p->rtts);
    rtt_series_report(&p->rtts, p->run.result);
    decide(p);
    measurement_end(&p->run);
}

/* ---- traffic ---- */

static void on_timer(uv_timer_t *timer);

static void settle(struct ping *p, size_t seq)
{
    if (p->requests[seq].settled)
        return;
    p->requests[seq].settled = true;
    p->settled++;
    if (p->phase != PHASE_WAITING || p->settled < p->rtts.sent)
        return;
    struct rtt_stats stats;
    rtt_stats(p->rtts.ms, p->rtts.sent, &stats);
    double linger = LINGER_MS + (stats.count ? stats.max : 0);
    uv_timer_start(&p->run.timer, on_timer, (uint64_t)fmin(linger, p->timeout_ms), 0);
}

static void withdraw(struct ping *p, size_t seq)
{
    settle(p, seq);
    if (!rtt_series_withdraw(&p->rtts, seq) || p->phase != PHASE_WAITING || p->rtts.sent == p->capacity)
        return;
    p->phase = PHASE_SENDING;
    uv_timer_start(&p->run.timer, on_timer, (uint64_t)p->interval_ms, (uint64_t)p->interval_ms);
}

static void on_reply(struct ping *p, const struct datagram_event *event)
{
    uint32_t seq;
    if (!icmp_echo_read(p->af, event->bytes, event->len, datagram_echo_id(p->socket), &p->tag, &seq) ||
        seq >= p->rtts.sent)
        return;
    p->run.result->bytes += datagram_ip_header(p->socket) + (int64_t)event->len;
    double ms = moment_ms(&p->requests[seq].sent, &event->at);
    if (ms > p->timeout_ms) {
        p->late++;
        return;
    }
    rtt_series_answer(&p->rtts, seq, ms);
    if (event->ttl > 0)
        json_object_set_new(p->run.result->detail, "ttl", json_integer(event->ttl));
    settle(p, seq);
}

static void on_error(struct ping *p, const struct datagram_event *event)
{
    uint16_t seq;
    if (event->local || event->from.ss_family == AF_UNSPEC ||
        !icmp_quote_read(p->af, event->bytes, event->len, datagram_echo_id(p->socket), &seq) || seq >= p->rtts.sent)
        return;
    /* The error's own IP and ICMP headers, the quoted IP header, what is quoted. */
    p->run.result->bytes += 2 * datagram_ip_header(p->socket) + ICMP_HEADER_SIZE + (int64_t)event->len;
    refusals_add(&p->refusals, event);
    if (refusal_too_big(p->af, event))
        withdraw(p, seq);
    else
        settle(p, seq);
}

static void on_event(void *user, const struct datagram_event *event)
{
    struct ping *p = user;
    uint32_t seq;
    switch (event->what) {
    case DATAGRAM_SENT:
        if (tag_find(&p->tag, event->bytes, event->len, &seq) && seq < p->rtts.sent)
            p->requests[seq].sent.kernel_ns = event->at.kernel_ns;
        break;
    case DATAGRAM_RECEIVED:
        on_reply(p, event);
        break;
    case DATAGRAM_ERROR:
        on_error(p, event);
        break;
    }
}

static void send_next(struct ping *p)
{
    uint8_t packet[ICMP_HEADER_SIZE + SIZE_MAX_OCTETS];
    size_t len = ICMP_HEADER_SIZE + (size_t)p->size;
    size_t seq = p->rtts.sent++;
    int id = datagram_echo_id(p->socket);
    icmp_echo_write(p->af, (uint16_t)(id < 0 ? 0 : id), (uint32_t)seq, &p->tag, (size_t)p->size, packet);
    int r = datagram_send(p->socket, NULL, packet, len, 0, &p->requests[seq].sent);
    if (r < 0) {
        measurement_send_failed(&p->run, r);
        settle(p, seq);
        return;
    }
    p->run.result->bytes += datagram_ip_header(p->socket) + (int64_t)len;
}

static void on_timer(uv_timer_t *timer)
{
    struct ping *p = timer->data;
    if (p->phase != PHASE_SENDING) {
        conclude(p);
        return;
    }
    send_next(p);
    if (rtt_series_sent(&p->rtts) < (size_t)p->count && p->rtts.sent < p->capacity)
        return;
    p->phase = PHASE_WAITING;
    uv_timer_start(&p->run.timer, on_timer, (uint64_t)p->timeout_ms, 0);
    if (p->settled == p->rtts.sent) /* only by local failures: nothing can come */
        uv_timer_start(&p->run.timer, on_timer, 0, 0);
}

static int open_socket(struct ping *p, const struct sockaddr *peer, struct fault *f)
{
    int r = datagram_open(p->run.env->loop, DATAGRAM_ECHO, p->af, on_event, p, &p->socket, f);
    if (r < 0)
        return r;
    if ((r = datagram_set_ttl(p->socket, (int)check_arg_int(p->run.args, "ttl"))) < 0 ||
        (r = datagram_set_tos(p->socket, (int)check_arg_int(p->run.args, "tos"))) < 0)
        return fault_set(f, r, _("cannot prepare a socket: %s"), fault_errno(-r));
    if ((r = datagram_connect(p->socket, peer)) < 0)
        return fault_set(f, r, "%s", datagram_why(r));
    return 0;
}

static void begin(void *check, const struct target_answer *target)
{
    struct ping *p = check;
    struct fault f = {0};
    p->af = p->run.result->af;
    int r = open_socket(p, (const struct sockaddr *)&target->addr, &f);
    if (r < 0) {
        measurement_fail(&p->run, datagram_outcome(r), f.text);
        return;
    }
    uv_timer_start(&p->run.timer, on_timer, DATAGRAM_WARM_UP_MS, (uint64_t)p->interval_ms);
}

/* ---- the operations ---- */

static int able(const struct env *env, struct fault *f)
{
    return datagram_echo_able(f);
}

static int64_t cost_bytes(const struct check_args *args)
{
    return 2 * check_arg_int(args, "count") * (IP_HEADER_MAX + ICMP_HEADER_SIZE + check_arg_int(args, "size"));
}

static void stop(void *check)
{
    struct ping *p = check;
    datagram_close(TAKE(p->socket));
}

static void clear(void *check)
{
    struct ping *p = check;
    rtt_series_free(&p->rtts);
    free(p->requests);
}

static int prepare(void *check, struct fault *f)
{
    struct ping *p = check;
    const struct check_args *args = p->run.args;
    p->count = (int)check_arg_int(args, "count");
    p->interval_ms = (int)check_arg_int(args, "interval_ms");
    p->timeout_ms = (int)check_arg_int(args, "timeout_ms");
    p->size = (int)check_arg_int(args, "size");
    p->capacity = 2 * (size_t)p->count;
    p->requests = alloc_zero(p->capacity, sizeof *p->requests);
    rtt_series_init(&p->rtts, p->capacity);
    tag_make(&p->tag);
    return 0;
}

const struct check_ops check_ping = {
    .name = "ping",
    .help = N_("round trips of ICMP echoes: delay, jitter, loss"),
    .class = CLASS_LIGHT,
    .target = TARGET_HOST,
    .params = params,
    .param_count = COUNT(params),
    .able = able,
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct ping),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
