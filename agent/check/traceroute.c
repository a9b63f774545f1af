/* traceroute: the routers on the way to an address, by UDP packets whose TTL
 * runs out on each of them (Paris traceroute, Augustin et al., IMC 2006:
 * addresses and ports never change within a run, so that routers that balance
 * by flow keep the packets on one path).
 *
 * Unprivileged: the ICMP errors come by the socket's error queue. Each packet
 * begins with a tag; routers quote it back (RFC 1812 section 4.3.2.3: as much
 * as fits in 576 octets), which tells which packet an error answers. Some
 * routers quote the UDP header only (RFC 792), and the error queue does not
 * show that header; from the first such error on, one packet is in flight at a
 * time, and those that were under way are sent again.
 *
 * Order: one packet to each hop first, then the second, then the third, so
 * that the end is known early. No hop is asked that lies more than `gap` past
 * the last one that answered. The target ends the path with a port
 * unreachable, another ICMP unreachable ends it short of the target. A port
 * unreachable from an address that is not the target's is the target's too,
 * from another of its addresses, unless that address also answered as a router
 * nearer by: that is a firewall which rejects.
 *
 * Other ICMP errors say that the packet was no good, not where the path goes,
 * and stand in detail.errors. One that was too big is sent again, for the kernel
 * now knows the path's MTU and cuts it up. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/io/datagram.h"
#include "agent/io/headers.h"
#include "agent/io/icmp.h"
#include "agent/measure/measurement.h"
#include "agent/measure/refusal.h"
#include "agent/measure/rtt.h"
#include "common/lang.h"

#define HOPS_MAX        32
#define PACKETS_MAX     16
#define SIZE_MAX_OCTETS 1452
/* Packets in flight, and the time between two: a path of 15 hops is measured
 * in a second, at no more than 3 kB/s times the size of a packet. */
#define WINDOW  16
#define PACE_MS 8
/* With routers that force one packet at a time and others that are silent, a
 * whole run could take minutes; what is not asked by then is left out. */
#define RUN_MAX_NS INT64_C(30000000000)
/* The first port of the classic tool: what firewalls let through for it. The
 * Paris id moves both ports, so that each id is another flow. */
#define PORT_TARGET 33434
#define PORT_SOURCE 24434
#define PARIS_MAX   63
/* Links on one path, each narrower than the one before, that a packet may meet. */
#define TOO_BIG_MAX 3

enum packet_state {
    PACKET_UNSENT,
    PACKET_WAITING, /* in flight */
    PACKET_AGAIN,   /* in flight; an error that cannot be told apart may be its answer: to be sent again */
    PACKET_ANSWERED,
    PACKET_LOST,
};

struct packet {
    enum packet_state state;
    uint32_t seq; /* of the last time it was sent */
    struct moment sent;
    struct sockaddr_storage from;
    double rtt_ms;
    int ttl, size;
    int too_big; /* how often it was */
    uint8_t type, code;
    bool port;    /* a port unreachable */
    bool arrived; /* the target itself answered */
};

struct traceroute {
    struct measurement run;
    struct datagram *socket;
    struct sockaddr_storage peer;
    int af, hops, packets, gap, timeout_ms, size;
    struct tag tag;
    uint32_t next_seq;
    struct packet *table; /* `packets` of hop 1, then those of hop 2… */
    size_t table_size;
    struct moment began;
    int in_flight;
    bool serial;  /* one packet at a time */
    int frontier; /* the farthest hop that answered, 0 at first */
    int end;      /* the hop that ended the path, or hops */
    bool ended, reached;
    bool cut_short; /* by this host: its own failure is the reason */
    struct refusals refusals;
};

static const struct check_param params[] = {
    {"hops", PARAM_INT, "32", 1, HOPS_MAX, NULL, N_("hops at most")},
    {"packets", PARAM_INT, "3", 1, PACKETS_MAX, NULL, N_("packets to each hop")},
    {"gap", PARAM_INT, "5", 1, HOPS_MAX, NULL, N_("silent hops in a row after which to stop")},
    {"timeout_ms", PARAM_INT, "1000", 50, 10000, NULL, N_("milliseconds to wait for each answer")},
    {"size", PARAM_INT, "40", TAG_SIZE, SIZE_MAX_OCTETS, NULL, N_("octets of UDP payload")},
    {"paris", PARAM_INT, "0", 0, PARIS_MAX, NULL, N_("which flow to follow through load balancers")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

static struct packet *packet_at(const struct traceroute *t, int hop, int number)
{
    return &t->table[(hop - 1) * t->packets + number];
}

static int hop_of(const struct traceroute *t, const struct packet *packet)
{
    return (int)(packet - t->table) / t->packets + 1;
}

static bool in_flight(const struct packet *packet)
{
    return packet->state == PACKET_WAITING || packet->state == PACKET_AGAIN;
}

/* ---- the answer ---- */

/* One packet in the shape of RIPE Atlas. */
static json_t *packet_json(const struct traceroute *t, const struct packet *packet)
{
    char from[46] = "";
    if (packet->state != PACKET_ANSWERED)
        return json_pack("{s:s}", "x", "*");
    uv_ip_name((const struct sockaddr *)&packet->from, from, sizeof from);
    json_t *entry = json_pack("{s:s, s:f, s:i}", "from", from, "rtt", round(packet->rtt_ms * 1e3) / 1e3, "size",
                              packet->size);
    if (packet->ttl >= 0)
        json_object_set_new(entry, "ttl", json_integer(packet->ttl));
    if (icmp_error_class(t->af, packet->type, packet->code) != ICMP_CLASS_UNREACHABLE)
        return entry;
    char letter[2] = {icmp_error_atlas(t->af, packet->type, packet->code)};
    json_object_set_new(entry, "err", letter[0] ? json_string(letter) : json_integer(packet->code));
    return entry;
}

/* Hops up to the end, or up to the first hop of the silence that ended it. */
static int hops_to_tell(const struct traceroute *t)
{
    if (t->ended)
        return t->end;
    int last = t->frontier + t->gap;
    return last < t->hops ? last : t->hops;
}

static json_t *hops_json(const struct traceroute *t)
{
    json_t *list = json_array();
    for (int hop = 1; hop <= hops_to_tell(t); hop++) {
        json_t *answers = json_array();
        for (int i = 0; i < t->packets; i++) {
            if (packet_at(t, hop, i)->state != PACKET_UNSENT)
                json_array_append_new(answers, packet_json(t, packet_at(t, hop, i)));
        }
        json_array_append_new(list, json_pack("{s:i, s:o}", "hop", hop, "result", answers));
    }
    return list;
}

/* The median to the target: one packet in three may meet a busy host. */
static double end_rtt_ms(const struct traceroute *t)
{
    double ms[PACKETS_MAX];
    struct rtt_stats stats;
    for (int i = 0; i < t->packets; i++) {
        const struct packet *packet = packet_at(t, t->end, i);
        ms[i] = packet->state == PACKET_ANSWERED && packet->arrived ? packet->rtt_ms : NAN;
    }
    rtt_stats(ms, (size_t)t->packets, &stats);
    return stats.p50;
}

static bool is_router(const struct traceroute *t, const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < (size_t)((t->end - 1) * t->packets); i++) {
        const struct packet *packet = &t->table[i];
        if (packet->state == PACKET_ANSWERED && !packet->port && address_same_host(&packet->from, addr))
            return true;
    }
    return false;
}

/* Does the path end at the target under another name? */
static void judge_end(struct traceroute *t)
{
    for (int i = 0; t->ended && !t->reached && i < t->packets; i++) {
        struct packet *packet = packet_at(t, t->end, i);
        if (packet->state != PACKET_ANSWERED || !packet->port || is_router(t, &packet->from))
            continue;
        char from[46] = "";
        uv_ip_name((const struct sockaddr *)&packet->from, from, sizeof from);
        json_object_set_new(t->run.result->detail, "reached_as", json_string(from));
        for (int n = i; n < t->packets; n++)
            packet_at(t, t->end, n)->arrived = packet_at(t, t->end, n)->port;
        t->reached = true;
    }
}

static void decide(struct traceroute *t)
{
    struct result *r = t->run.result;
    char text[REFUSAL_TEXT_MAX];
    if (t->reached) {
        r->outcome = OUTCOME_OK;
        json_object_del(r->detail, "reason");
        result_metric(r, "rtt_ms", end_rtt_ms(t));
    } else if (t->ended) {
        const struct packet *packet = packet_at(t, t->end, 0);
        while (packet->state != PACKET_ANSWERED)
            packet++;
        char from[46] = "";
        uv_ip_name((const struct sockaddr *)&packet->from, from, sizeof from);
        const char *word = icmp_error_word(t->af, packet->type, packet->code);
        result_reason(r, OUTCOME_UNREACHABLE, _("%s from %s"), word ? _(word) : _("unreachable"), from);
    } else if (t->frontier > 0 && t->cut_short) {
        r->outcome = OUTCOME_PARTIAL;
    } else if (t->refusals.count > 0) {
        result_reason(r, t->frontier > 0 ? OUTCOME_PARTIAL : OUTCOME_UNREACHABLE, "%s",
                      refusals_text(&t->refusals, t->af, text));
    } else if (t->frontier > 0) {
        result_reason(r, OUTCOME_PARTIAL, _("silence after hop %d"), t->frontier);
    } else if (r->outcome == OUTCOME_OK) { /* no local failure noted */
        result_reason(r, OUTCOME_TIMEOUT, _("no hop answered within %d ms"), t->timeout_ms);
    }
}

static void conclude(struct traceroute *t)
{
    struct result *r = t->run.result;
    judge_end(t);
    refusals_report(&t->refusals, t->af, r->detail);
    json_object_set_new(r->detail, "hops", hops_json(t));
    json_object_set_new(r->detail, "paris", json_integer(check_arg_int(t->run.args, "paris")));
    if (t->serial)
        json_object_set_new(r->detail, "short_quotes", json_true());
    if (t->frontier > 0)
        result_metric(r, "hops", t->ended ? t->end : t->frontier);
    result_metric(r, "reached", t->reached);
    decide(t);
    measurement_end(&t->run);
}

/* ---- answers ---- */

static struct packet *packet_of_seq(const struct traceroute *t, uint32_t seq)
{
    for (size_t i = 0; i < t->table_size; i++) {
        if (t->table[i].state != PACKET_UNSENT && t->table[i].seq == seq)
            return &t->table[i];
    }
    return NULL;
}

/* An error that quotes no tag: it answers the one packet in flight, or cannot
 * be told apart. */
static struct packet *packet_alone(struct traceroute *t)
{
    struct packet *alone = NULL;
    t->serial = true;
    for (size_t i = 0; i < t->table_size; i++) {
        if (t->table[i].state != PACKET_WAITING)
            continue;
        alone = &t->table[i];
        if (t->in_flight > 1)
            alone->state = PACKET_AGAIN;
    }
    return t->in_flight == 1 ? alone : NULL;
}

/* An error that names no hop of the path. */
static void object(struct traceroute *t, struct packet *packet, const struct datagram_event *event)
{
    refusals_add(&t->refusals, event);
    t->in_flight--;
    bool again = refusal_too_big(t->af, event) && ++packet->too_big <= TOO_BIG_MAX;
    packet->state = again ? PACKET_UNSENT : PACKET_LOST;
}

static void record(struct traceroute *t, struct packet *packet, const struct datagram_event *event)
{
    int hop = hop_of(t, packet);
    enum icmp_class class = icmp_error_class(t->af, event->type, event->code);
    bool from_target = address_same_host(&event->from, &t->peer);
    if (!in_flight(packet))
        return; /* a duplicate, or too late */
    if (event->what == DATAGRAM_ERROR && (class == ICMP_CLASS_TOO_BIG || (class == ICMP_CLASS_OTHER && !from_target))) {
        object(t, packet, event);
        return;
    }
    double ms = moment_ms(&packet->sent, &event->at);
    if (ms > t->timeout_ms)
        return;
    packet->state = PACKET_ANSWERED;
    packet->rtt_ms = ms;
    packet->from = event->from;
    packet->ttl = event->ttl;
    packet->type = event->type;
    packet->code = event->code;
    /* What the ICMP message carries: the IP and UDP headers quoted, and more. */
    packet->size = (int)event->len;
    if (event->what == DATAGRAM_ERROR)
        packet->size += datagram_ip_header(t->socket) + UDP_HEADER_SIZE;
    t->in_flight--;
    if (hop > t->frontier)
        t->frontier = hop;
    packet->port = event->what == DATAGRAM_ERROR && class == ICMP_CLASS_PORT;
    packet->arrived = from_target && (event->what == DATAGRAM_RECEIVED || class != ICMP_CLASS_EXPIRED);
    bool ends = packet->arrived || (event->what == DATAGRAM_ERROR && class != ICMP_CLASS_EXPIRED);
    if (ends && (!t->ended || hop < t->end || (hop == t->end && packet->arrived))) {
        t->ended = true;
        t->end = hop;
        t->reached = packet->arrived;
    }
}

static void on_answer(struct traceroute *t, const struct datagram_event *event)
{
    uint32_t seq;
    int ip = datagram_ip_header(t->socket);
    struct packet *packet = NULL;
    if (event->what == DATAGRAM_ERROR) {
        if (event->local || event->from.ss_family == AF_UNSPEC)
            return;
        t->run.result->bytes += 2 * ip + ICMP_HEADER_SIZE + UDP_HEADER_SIZE + (int64_t)event->len;
        if (tag_read(&t->tag, event->bytes, event->len, &seq))
            packet = packet_of_seq(t, seq);
        else if (event->len < TAG_SIZE)
            packet = packet_alone(t);
    } else {
        /* Something listens on that port and answered: it is the target, and
         * which packet it answers is known when it is an echo or alone. */
        t->run.result->bytes += ip + UDP_HEADER_SIZE + (int64_t)event->len;
        packet = tag_read(&t->tag, event->bytes, event->len, &seq) ? packet_of_seq(t, seq) : packet_alone(t);
    }
    if (packet)
        record(t, packet, event);
}

static void on_event(void *user, const struct datagram_event *event)
{
    struct traceroute *t = user;
    uint32_t seq;
    if (event->what != DATAGRAM_SENT) {
        on_answer(t, event);
        return;
    }
    struct packet *packet = tag_find(&t->tag, event->bytes, event->len, &seq) ? packet_of_seq(t, seq) : NULL;
    if (packet)
        packet->sent.kernel_ns = event->at.kernel_ns;
}

/* ---- sending ---- */

static void expire(struct traceroute *t, const struct moment *now)
{
    for (size_t i = 0; i < t->table_size; i++) {
        struct packet *packet = &t->table[i];
        if (!in_flight(packet) || now->mono_ns - packet->sent.mono_ns < t->timeout_ms * INT64_C(1000000))
            continue;
        packet->state = packet->state == PACKET_AGAIN ? PACKET_UNSENT : PACKET_LOST;
        t->in_flight--;
    }
}

/* The next packet to send, or NULL when there is none at present. */
static struct packet *choose(const struct traceroute *t)
{
    int last = hops_to_tell(t);
    for (int i = 0; i < t->packets; i++) {
        for (int hop = 1; hop <= last; hop++) {
            if (packet_at(t, hop, i)->state == PACKET_UNSENT)
                return packet_at(t, hop, i);
        }
    }
    return NULL;
}

/* Is an answer still due that would be told? */
static bool waiting(const struct traceroute *t)
{
    int last = hops_to_tell(t);
    for (size_t i = 0; i < (size_t)(last * t->packets); i++) {
        if (in_flight(&t->table[i]))
            return true;
    }
    return false;
}

static int send_packet(struct traceroute *t, struct packet *packet)
{
    uint8_t payload[SIZE_MAX_OCTETS] = {0};
    tag_write(&t->tag, t->next_seq, payload);
    struct moment sent;
    int r = datagram_send(t->socket, NULL, payload, (size_t)t->size, hop_of(t, packet), &sent);
    if (r < 0)
        return r;
    packet->state = PACKET_WAITING;
    packet->seq = t->next_seq++;
    packet->sent = sent;
    t->in_flight++;
    t->run.result->bytes += datagram_ip_header(t->socket) + UDP_HEADER_SIZE + t->size;
    return 0;
}

/* One step every PACE_MS: lets time out, sends at most one packet, ends. */
static void on_timer(uv_timer_t *timer)
{
    struct traceroute *t = timer->data;
    struct moment now;
    moment_now(&now);
    expire(t, &now);
    bool overdue = now.mono_ns - t->began.mono_ns > RUN_MAX_NS;
    struct packet *packet = overdue ? NULL : choose(t);
    if (!packet && !waiting(t)) {
        conclude(t);
        return;
    }
    if (!packet || t->in_flight >= (t->serial ? 1 : WINDOW))
        return;
    int r = send_packet(t, packet);
    if (r < 0) {
        measurement_send_failed(&t->run, r);
        t->cut_short = true;
        conclude(t);
    }
}

/* Ports of the flow: the same in each run with the same Paris id, unless
 * another run holds the source port at this moment. */
static int open_socket(struct traceroute *t, struct fault *f)
{
    int paris = (int)check_arg_int(t->run.args, "paris");
    int r = datagram_open(t->run.env->loop, DATAGRAM_UDP, t->af, on_event, t, &t->socket, f);
    if (r < 0)
        return r;
    r = -EADDRINUSE;
    for (int i = 0; i < 64 && r == -EADDRINUSE; i++)
        r = datagram_bind(t->socket, (uint16_t)(PORT_SOURCE + paris + i * (PARIS_MAX + 1)));
    if (r < 0)
        return fault_set(f, r, _("cannot take a UDP port: %s"), fault_errno(-r));
    address_set_port(&t->peer, (uint16_t)(PORT_TARGET + paris));
    r = datagram_connect(t->socket, (const struct sockaddr *)&t->peer);
    return r < 0 ? fault_set(f, r, "%s", datagram_why(r)) : 0;
}

static void begin(void *check, const struct target_answer *target)
{
    struct traceroute *t = check;
    struct fault f = {0};
    t->af = t->run.result->af;
    t->peer = target->addr;
    int r = open_socket(t, &f);
    if (r < 0) {
        measurement_fail(&t->run, datagram_outcome(r), f.text);
        return;
    }
    moment_now(&t->began);
    uv_timer_start(&t->run.timer, on_timer, DATAGRAM_WARM_UP_MS, PACE_MS);
}

/* ---- the operations ---- */

static int64_t cost_bytes(const struct check_args *args)
{
    /* Paths are seldom longer than 16 hops. */
    int64_t hops = check_arg_int(args, "hops"), packets = check_arg_int(args, "packets") * (hops < 16 ? hops : 16);
    int64_t out = IP_HEADER_MAX + UDP_HEADER_SIZE + check_arg_int(args, "size");
    return packets * (out + IP_HEADER_MAX + ICMP_HEADER_SIZE + out);
}

static void stop(void *check)
{
    struct traceroute *t = check;
    datagram_close(TAKE(t->socket));
}

static void clear(void *check)
{
    struct traceroute *t = check;
    free(t->table);
}

static int prepare(void *check, struct fault *f)
{
    struct traceroute *t = check;
    const struct check_args *args = t->run.args;
    t->hops = (int)check_arg_int(args, "hops");
    t->packets = (int)check_arg_int(args, "packets");
    t->gap = (int)check_arg_int(args, "gap");
    t->timeout_ms = (int)check_arg_int(args, "timeout_ms");
    t->size = (int)check_arg_int(args, "size");
    t->table_size = (size_t)(t->hops * t->packets);
    t->table = alloc_zero(t->table_size, sizeof *t->table);
    tag_make(&t->tag);
    return 0;
}

const struct check_ops check_traceroute = {
    .name = "traceroute",
    .help = N_("the routers on the way, by UDP packets of one flow"),
    .class = CLASS_PATH,
    .target = TARGET_HOST,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct traceroute),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
