/* stamp: a STAMP session (RFC 8762, unauthenticated; RFC 8972 padding) with a
 * session-reflector, one test packet every interval.
 *
 *   sender T1 ──────────▶ T2 reflector
 *   sender T4 ◀────────── T3
 *
 * The round trip is (T4 - T1) - (T3 - T2): the reflector's own time is not in
 * it. T1 and T4 are the kernel's stamps; the T1 that the packet carries, written
 * by the program a moment earlier, only serves to know our packets again: it
 * and the SSID are what a stranger cannot guess. What is known of each
 * direction alone, see agent/measure/oneway.h. The check is over as ping's is: when
 * every packet is settled, plus a moment for duplicates, or when the last one
 * has timed out; and as there, another is sent for one that was too big. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/io/datagram.h"
#include "agent/io/headers.h"
#include "agent/measure/measurement.h"
#include "agent/io/moment.h"
#include "agent/measure/oneway.h"
#include "agent/measure/refusal.h"
#include "agent/measure/rtt.h"
#include "common/lang.h"
#include "common/sign.h"
#include "common/stamp.h"

#define INTERVAL_FLOOR_MS 10
#define COUNT_MAX         1000
#define PADDING_MAX       1400
/* Duplicates come right behind the first copy. */
#define LINGER_MS 10
/* What two readings of one clock may disagree: a reflector that claims to have
 * held a packet for longer than the whole round trip took is not believed. */
#define SLACK_MS 0.05
/* The wall clock against the monotonic one over the session; more is a step. */
#define STEP_NS 1000000

enum phase {
    PHASE_SENDING, /* packets go out on the timer */
    PHASE_WAITING, /* all are out; the timer ends the check */
};

struct test_packet {
    struct moment sent;
    stamp_time t1; /* as the packet carries it */
    bool settled;  /* answered or refused */
};

struct stamp {
    struct measurement run;
    enum phase phase;
    struct datagram *socket;
    int af, count, interval_ms, timeout_ms;
    size_t size;
    size_t capacity; /* packets at most, those in place of others included */
    uint16_t ssid;
    struct test_packet *packets;
    struct rtt_series rtts;
    struct oneway oneway;
    struct refusals refusals;
    size_t settled, late, malformed;
};

static const struct check_param params[] = {
    {"port", PARAM_INT, "862", 1, 65535, NULL, N_("UDP port of the reflector")},
    {"count", PARAM_INT, "10", 1, COUNT_MAX, NULL, N_("test packets to send")},
    {"interval_ms", PARAM_INT, "200", INTERVAL_FLOOR_MS, 60000, NULL, N_("milliseconds from one packet to the next")},
    {"timeout_ms", PARAM_INT, "2000", 1, 60000, NULL, N_("milliseconds after which a packet counts as lost")},
    {"padding", PARAM_INT, "0", 0, PADDING_MAX, NULL, N_("octets of extra padding (RFC 8972); 0 for none")},
    {"ttl", PARAM_INT, "255", 1, 255, NULL, N_("TTL or hop limit of the packets")},
    {"tos", PARAM_INT, "0", 0, 255, NULL, N_("type of service or traffic class of the packets")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

/* ---- the end ---- */

static void decide(struct stamp *s)
{
    struct result *r = s->run.result;
    if (s->rtts.rcvd > 0) {
        refusals_decide(&s->refusals, s->af, &s->rtts, r);
    } else if (s->refusals.count > 0) {
        char text[REFUSAL_TEXT_MAX];
        bool port = refusals_class(&s->refusals, s->af) == ICMP_CLASS_PORT;
        result_reason(r, port ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE, "%s", refusals_text(&s->refusals, s->af, text));
    } else if (s->malformed > 0) {
        result_reason(r, OUTCOME_PROTOCOL_ERROR, _("no answer was a STAMP reflector's to one of ours"));
    } else if (r->outcome == OUTCOME_OK) { /* no local failure noted */
        result_reason(r, OUTCOME_TIMEOUT, _("no answer within %d ms"), s->timeout_ms);
    }
}

static bool clock_stepped(const struct stamp *s)
{
    struct moment now;
    moment_now(&now);
    const struct moment *began = &s->packets[0].sent;
    int64_t seen = now.mono_ns - began->mono_ns, wall = now.wall_ns - began->wall_ns;
    /* Slewing: 500 ppm at most. */
    return llabs(wall - seen) > STEP_NS + seen / 2000;
}

static void conclude(struct stamp *s)
{
    json_t *detail = s->run.result->detail;
    refusals_report(&s->refusals, s->af, detail);
    if (s->late > 0)
        json_object_set_new(detail, "late", json_integer((json_int_t)s->late));
    if (s->malformed > 0)
        json_object_set_new(detail, "malformed", json_integer((json_int_t)s->malformed));
    s->oneway.excused = rtt_series_excuse(&s->rtts);
    rtt_series_report(&s->rtts, s->run.result);
    s->oneway.stepped = clock_stepped(s);
    oneway_report(&s->oneway, s->rtts.sent, s->run.result);
    decide(s);
    measurement_end(&s->run);
}

/* ---- traffic ---- */

static void on_timer(uv_timer_t *timer);

static void settle(struct stamp *s, size_t index)
{
    if (s->packets[index].settled)
        return;
    s->packets[index].settled = true;
    s->settled++;
    if (s->phase != PHASE_WAITING || s->settled < s->rtts.sent)
        return;
    struct rtt_stats stats;
    rtt_stats(s->rtts.ms, s->rtts.sent, &stats);
    double linger = LINGER_MS + (stats.count ? stats.max : 0);
    uv_timer_start(&s->run.timer, on_timer, (uint64_t)fmin(linger, s->timeout_ms), 0);
}

static void withdraw(struct stamp *s, size_t index)
{
    settle(s, index);
    if (!rtt_series_withdraw(&s->rtts, index))
        return;
    oneway_withdraw(&s->oneway, index);
    if (s->phase != PHASE_WAITING || s->rtts.sent == s->capacity)
        return;
    s->phase = PHASE_SENDING;
    uv_timer_start(&s->run.timer, on_timer, (uint64_t)s->interval_ms, (uint64_t)s->interval_ms);
}

static int64_t kernel_or_wall(const struct moment *m)
{
    return m->kernel_ns ? m->kernel_ns : m->wall_ns;
}

static void on_reply(struct stamp *s, const struct datagram_event *event)
{
    struct stamp_reply p;
    s->run.result->bytes += datagram_ip_header(s->socket) + UDP_HEADER_SIZE + (int64_t)event->len;
    if (stamp_reply_read(event->bytes, event->len, &p) < 0 || p.sender_seq < ONEWAY_FIRST_SEQ ||
        p.sender_seq - ONEWAY_FIRST_SEQ >= s->rtts.sent) {
        s->malformed++;
        return;
    }
    size_t index = p.sender_seq - ONEWAY_FIRST_SEQ;
    const struct test_packet *q = &s->packets[index];
    /* One that writes no time of receipt is answered all the same: its own time cannot be taken off. */
    int64_t held_ns = p.received ? stamp_time_between(p.received, p.sent) : 0;
    double ms = moment_ms(&q->sent, &event->at) - (double)held_ns / 1e6;
    bool reflects_ssid = p.ssid == s->ssid || p.ssid == 0; /* reflectors of RFC 8762 alone send zero */
    if (p.sender_sent != q->t1 || !reflects_ssid || ms < -SLACK_MS || held_ns < 0) {
        s->malformed++;
        return;
    }
    if (ms > s->timeout_ms) {
        s->late++;
        return;
    }
    rtt_series_answer(&s->rtts, index, fmax(ms, 0));
    oneway_answer(&s->oneway, index, &p, stamp_time_make(kernel_or_wall(&q->sent)),
                  stamp_time_make(kernel_or_wall(&event->at)));
    if (event->ttl > 0)
        json_object_set_new(s->run.result->detail, "ttl", json_integer(event->ttl));
    if (p.sender_ttl > 0) /* 0: not given */
        json_object_set_new(s->run.result->detail, "sender_ttl", json_integer(p.sender_ttl));
    settle(s, index);
}

/* The packet that an error quotes; -ENOENT when it cannot be told, -EBADMSG when it is none of ours: somebody's who had
 * the port before, or that of a stranger who makes errors up. */
static int packet_quoted(const struct stamp *s, const struct datagram_event *event, size_t *ret)
{
    struct stamp_request q;
    if (stamp_request_read(event->bytes, event->len, &q) == 0) {
        *ret = (size_t)q.seq - ONEWAY_FIRST_SEQ;
        return *ret < s->rtts.sent && q.sent == s->packets[*ret].t1 ? 0 : -EBADMSG;
    }
    /* Many routers quote no more than the UDP header. All packets have one size, so that the first still out is the
     * one that did not fit. */
    for (size_t i = 0; refusal_too_big(s->af, event) && i < s->rtts.sent; i++) {
        if (!s->packets[i].settled) {
            *ret = i;
            return 0;
        }
    }
    return -ENOENT;
}

static void on_error(struct stamp *s, const struct datagram_event *event)
{
    size_t index;
    if (event->local || event->from.ss_family == AF_UNSPEC)
        return;
    int r = packet_quoted(s, event, &index);
    if (r == -EBADMSG)
        return;
    s->run.result->bytes += 2 * datagram_ip_header(s->socket) + ICMP_HEADER_SIZE + UDP_HEADER_SIZE +
                            (int64_t)event->len;
    refusals_add(&s->refusals, event);
    if (r < 0)
        return; /* the timeout settles it */
    if (refusal_too_big(s->af, event))
        withdraw(s, index);
    else
        settle(s, index);
}

/* Our packet as it left: the test packet is what it ends with. */
static void on_sent(struct stamp *s, const struct datagram_event *event)
{
    struct stamp_request q;
    if (event->len < s->size || stamp_request_read(event->bytes + event->len - s->size, s->size, &q) < 0)
        return;
    size_t index = (size_t)q.seq - ONEWAY_FIRST_SEQ;
    if (index < s->rtts.sent && q.sent == s->packets[index].t1)
        s->packets[index].sent.kernel_ns = event->at.kernel_ns;
}

static void on_event(void *user, const struct datagram_event *event)
{
    struct stamp *s = user;
    switch (event->what) {
    case DATAGRAM_SENT:
        on_sent(s, event);
        break;
    case DATAGRAM_RECEIVED:
        on_reply(s, event);
        break;
    case DATAGRAM_ERROR:
        on_error(s, event);
        break;
    }
}

static void send_next(struct stamp *s)
{
    uint8_t packet[STAMP_PACKET_SIZE + STAMP_TLV_HEADER_SIZE + PADDING_MAX];
    struct moment now;
    size_t index = s->rtts.sent++;
    struct test_packet *q = &s->packets[index];
    moment_now(&now);
    struct stamp_request request = {
        .seq = (uint32_t)index + ONEWAY_FIRST_SEQ, .sent = stamp_time_make(now.wall_ns), .ssid = s->ssid};
    stamp_clock_system(&request.clock);
    request.clock.synced = clock_synced(s->run.env->clock);
    q->t1 = request.sent;
    stamp_request_write(&request, s->size, packet);
    int r = datagram_send(s->socket, NULL, packet, s->size, 0, &q->sent);
    if (r < 0) {
        measurement_send_failed(&s->run, r);
        settle(s, index);
        return;
    }
    s->run.result->bytes += datagram_ip_header(s->socket) + UDP_HEADER_SIZE + (int64_t)s->size;
}

static void on_timer(uv_timer_t *timer)
{
    struct stamp *s = timer->data;
    if (s->phase != PHASE_SENDING) {
        conclude(s);
        return;
    }
    send_next(s);
    if (rtt_series_sent(&s->rtts) < (size_t)s->count && s->rtts.sent < s->capacity)
        return;
    s->phase = PHASE_WAITING;
    uv_timer_start(&s->run.timer, on_timer, (uint64_t)s->timeout_ms, 0);
    if (s->settled == s->rtts.sent) /* only by local failures: nothing can come */
        uv_timer_start(&s->run.timer, on_timer, 0, 0);
}

static int open_socket(struct stamp *s, struct sockaddr_storage *peer, struct fault *f)
{
    address_set_port(peer, (uint16_t)check_arg_int(s->run.args, "port"));
    int r = datagram_open(s->run.env->loop, DATAGRAM_UDP, s->af, on_event, s, &s->socket, f);
    if (r < 0)
        return r;
    if ((r = datagram_set_ttl(s->socket, (int)check_arg_int(s->run.args, "ttl"))) < 0 ||
        (r = datagram_set_tos(s->socket, (int)check_arg_int(s->run.args, "tos"))) < 0)
        return fault_set(f, r, _("cannot prepare a socket: %s"), fault_errno(-r));
    if ((r = datagram_connect(s->socket, (const struct sockaddr *)peer)) < 0)
        return fault_set(f, r, "%s", datagram_why(r));
    return 0;
}

static void begin(void *check, const struct target_answer *target)
{
    struct stamp *s = check;
    struct fault f = {0};
    struct sockaddr_storage peer = target->addr;
    s->af = s->run.result->af;
    int r = open_socket(s, &peer, &f);
    if (r < 0) {
        measurement_fail(&s->run, datagram_outcome(r), f.text);
        return;
    }
    uv_timer_start(&s->run.timer, on_timer, DATAGRAM_WARM_UP_MS, (uint64_t)s->interval_ms);
}

/* ---- the operations ---- */

static size_t packet_size(const struct check_args *args)
{
    size_t padding = (size_t)check_arg_int(args, "padding");
    return STAMP_PACKET_SIZE + (padding ? STAMP_TLV_HEADER_SIZE + padding : 0);
}

static int64_t cost_bytes(const struct check_args *args)
{
    return 2 * check_arg_int(args, "count") * (IP_HEADER_MAX + UDP_HEADER_SIZE + (int64_t)packet_size(args));
}

static void stop(void *check)
{
    struct stamp *s = check;
    datagram_close(TAKE(s->socket));
}

static void clear(void *check)
{
    struct stamp *s = check;
    rtt_series_free(&s->rtts);
    oneway_free(&s->oneway);
    free(s->packets);
}

static int prepare(void *check, struct fault *f)
{
    struct stamp *s = check;
    const struct check_args *args = s->run.args;
    s->count = (int)check_arg_int(args, "count");
    s->interval_ms = (int)check_arg_int(args, "interval_ms");
    s->timeout_ms = (int)check_arg_int(args, "timeout_ms");
    s->size = packet_size(args);
    while (s->ssid == 0) /* RFC 8972 section 3: 0 means none */
        random_bytes(&s->ssid, sizeof s->ssid);
    s->capacity = 2 * (size_t)s->count;
    s->packets = alloc_zero(s->capacity, sizeof *s->packets);
    rtt_series_init(&s->rtts, s->capacity);
    oneway_init(&s->oneway, s->capacity);
    return 0;
}

const struct check_ops check_stamp = {
    .name = "stamp",
    .help = N_("round trips to a STAMP reflector: delay, jitter, and loss each way"),
    .class = CLASS_LIGHT,
    .target = TARGET_HOST,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct stamp),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
