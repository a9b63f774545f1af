/* ping: ICMP echoes to one address (RFC 792, RFC 4443), one every interval.
 *
 * Each request carries a random cookie and its sequence number. The check is
 * over when every request is settled (answered, or refused by an ICMP error),
 * plus a moment for duplicates; or when the last one has timed out. An answer
 * after its own timeout counts as lost (RFC 2681 section 2.8: the waiting time
 * is part of the definition). */
#include <math.h>
#include <string.h>

#include "agent/check.h"
#include "agent/io/datagram.h"
#include "agent/io/icmp.h"
#include "agent/moment.h"
#include "agent/refusal.h"
#include "agent/rtt.h"
#include "agent/target.h"
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
    PHASE_LOOKUP,  /* the target's name is being resolved */
    PHASE_SENDING, /* requests go out on the timer */
    PHASE_WAITING, /* all are out; the timer ends the check */
    PHASE_OVER,
};

struct request {
    struct moment sent;
    bool settled; /* answered or refused */
};

struct ping {
    const struct check_env *env;
    const struct check_args *args;
    check_done_fn done;
    void *user;
    enum phase phase;
    struct result *result;
    struct target *target;
    struct datagram *socket;
    uv_timer_t timer;
    int af, count, interval_ms, timeout_ms, size;
    struct tag tag;
    struct request *requests; /* by sequence number */
    struct rtt_series rtts;
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

static void conclude(struct ping *p);

/* ---- the answer ---- */

/* The end of a check that could not measure. */
static void give_up(struct ping *p)
{
    p->phase = PHASE_OVER;
    datagram_close(TAKE(p->socket));
    p->done(p->user, TAKE(p->result));
}

static void decide(struct ping *p)
{
    struct result *r = p->result;
    if (p->rtts.rcvd > 0) {
        r->outcome = p->rtts.rcvd == p->rtts.sent ? OUTCOME_OK : OUTCOME_PARTIAL;
    } else if (p->refusals.count > 0) {
        char text[REFUSAL_TEXT_MAX];
        result_reason(r, OUTCOME_UNREACHABLE, "%s", refusals_text(&p->refusals, p->af, text));
    } else if (r->outcome == OUTCOME_OK) { /* no local failure noted */
        result_reason(r, OUTCOME_TIMEOUT, "no answer within %d ms", p->timeout_ms);
    }
}

static void conclude(struct ping *p)
{
    p->phase = PHASE_OVER;
    uv_timer_stop(&p->timer);
    datagram_close(TAKE(p->socket));
    refusals_report(&p->refusals, p->af, p->result->detail);
    if (p->late > 0)
        json_object_set_new(p->result->detail, "late", json_integer((json_int_t)p->late));
    rtt_series_report(&p->rtts, p->result);
    decide(p);
    p->done(p->user, TAKE(p->result));
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
    uv_timer_start(&p->timer, on_timer, (uint64_t)fmin(linger, p->timeout_ms), 0);
}

static void on_reply(struct ping *p, const struct datagram_event *event)
{
    uint32_t seq;
    if (!icmp_echo_read(p->af, event->bytes, event->len, datagram_echo_id(p->socket), &p->tag, &seq) ||
        seq >= p->rtts.sent)
        return;
    p->result->bytes += datagram_ip_header(p->socket) + (int64_t)event->len;
    double ms = moment_ms(&p->requests[seq].sent, &event->at);
    if (ms > p->timeout_ms) {
        p->late++;
        return;
    }
    rtt_series_answer(&p->rtts, seq, ms);
    if (event->ttl > 0)
        json_object_set_new(p->result->detail, "ttl", json_integer(event->ttl));
    settle(p, seq);
}

static void on_error(struct ping *p, const struct datagram_event *event)
{
    uint16_t seq;
    if (event->local || event->from.ss_family == AF_UNSPEC ||
        !icmp_quote_read(p->af, event->bytes, event->len, datagram_echo_id(p->socket), &seq) || seq >= p->rtts.sent)
        return;
    /* The error's own IP and ICMP headers, the quoted IP header, what is quoted. */
    p->result->bytes += 2 * datagram_ip_header(p->socket) + ICMP_HEADER_SIZE + (int64_t)event->len;
    refusals_add(&p->refusals, event);
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
        result_reason(p->result, datagram_outcome(r), "sending: %s", uv_strerror(r));
        settle(p, seq);
        return;
    }
    p->result->bytes += datagram_ip_header(p->socket) + (int64_t)len;
}

static void on_timer(uv_timer_t *timer)
{
    struct ping *p = timer->data;
    if (p->phase != PHASE_SENDING) {
        conclude(p);
        return;
    }
    send_next(p);
    if (p->rtts.sent < (size_t)p->count)
        return;
    p->phase = PHASE_WAITING;
    uv_timer_start(&p->timer, on_timer, (uint64_t)p->timeout_ms, 0);
    if (p->settled == p->rtts.sent) /* only by local failures: nothing can come */
        uv_timer_start(&p->timer, on_timer, 0, 0);
}

static int open_socket(struct ping *p, const struct sockaddr *peer, struct fault *f)
{
    int r = datagram_open(p->env->loop, DATAGRAM_ECHO, p->af, on_event, p, &p->socket, f);
    if (r < 0)
        return r;
    if ((r = datagram_set_ttl(p->socket, (int)check_arg_int(p->args, "ttl"))) < 0 ||
        (r = datagram_set_tos(p->socket, (int)check_arg_int(p->args, "tos"))) < 0)
        return fault_set(f, r, _("cannot prepare a socket: %s"), strerror(-r));
    if ((r = datagram_connect(p->socket, peer)) < 0)
        return fault_set(f, r, "%s", uv_strerror(r));
    return 0;
}

static void on_target(void *user, const struct target_answer *answer)
{
    struct ping *p = user;
    struct fault f = {0};
    p->target = NULL;
    result_begin(p->result, p->env->clock);
    if (answer->outcome != OUTCOME_OK) {
        result_reason(p->result, answer->outcome, "%s", answer->reason);
        give_up(p);
        return;
    }
    result_addr(p->result, &answer->addr);
    p->af = p->result->af;
    int r = open_socket(p, (const struct sockaddr *)&answer->addr, &f);
    if (r < 0) {
        result_reason(p->result, datagram_outcome(r), "%s", f.text);
        give_up(p);
        return;
    }
    p->phase = PHASE_SENDING;
    uv_timer_start(&p->timer, on_timer, DATAGRAM_WARM_UP_MS, (uint64_t)p->interval_ms);
}

/* ---- the operations ---- */

static int able(const struct check_env *env, struct fault *f)
{
    return datagram_echo_able(f);
}

static int64_t cost_bytes(const struct check_args *args)
{
    return 2 * check_arg_int(args, "count") * (40 + ICMP_HEADER_SIZE + check_arg_int(args, "size"));
}

static int start(const struct check_env *env, const struct check_args *args, check_done_fn done, void *user,
                 void **ret_state, struct fault *f)
{
    struct ping *p = alloc_zero(1, sizeof *p);
    *p = (struct ping){
        .env = env,
        .args = args,
        .done = done,
        .user = user,
        .result = result_new("ping", args->task, args->target),
        .count = (int)check_arg_int(args, "count"),
        .interval_ms = (int)check_arg_int(args, "interval_ms"),
        .timeout_ms = (int)check_arg_int(args, "timeout_ms"),
        .size = (int)check_arg_int(args, "size"),
    };
    p->requests = alloc_zero((size_t)p->count, sizeof *p->requests);
    rtt_series_init(&p->rtts, (size_t)p->count);
    tag_make(&p->tag);
    uv_timer_init(env->loop, &p->timer);
    p->timer.data = p;
    p->target = target_find(env, &args->policy, args->target, target_family(args), on_target, p);
    *ret_state = p;
    return 0;
}

static void cancel(void *state)
{
    struct ping *p = state;
    p->phase = PHASE_OVER;
    target_cancel(TAKE(p->target));
    uv_timer_stop(&p->timer);
    datagram_close(TAKE(p->socket));
}

static void on_closed(uv_handle_t *handle)
{
    struct ping *p = handle->data;
    result_free(p->result);
    rtt_series_free(&p->rtts);
    free(p->requests);
    free(p);
}

static void ping_free(void *state)
{
    struct ping *p = state;
    if (!p)
        return;
    cancel(p);
    uv_close((uv_handle_t *)&p->timer, on_closed);
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
    .start = start,
    .cancel = cancel,
    .free = ping_free,
};
