/* dns: one query to one server, over UDP or TCP.
 *
 * The UDP socket is not connected, so that answers from a wrong address are
 * seen and counted instead of dropped by the kernel. An answer counts when its
 * source, its id and its question are those of the query (RFC 5452 section 9);
 * anything else is counted in detail.ignored and the wait goes on: a forged
 * answer must not end the measurement, nor hide the true one that follows.
 * After a timeout the query is sent again under a new id; an answer to an
 * earlier one still counts, with that one's time. A truncated answer sends the
 * check to TCP (RFC 7766).
 *
 * rt_ms is the time on the transport that answered: from the query's last
 * sending over UDP, from the connect over TCP. What UDP gave before a fallback
 * is in detail.truncated. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <sys/random.h>

#include "agent/check.h"
#include "agent/io/datagram.h"
#include "agent/io/icmp.h"
#include "agent/io/names.h"
#include "agent/io/packet.h"
#include "agent/io/stream.h"
#include "agent/target.h"
#include "common/lang.h"

#define UDP_HEADER_SIZE 8
#define RETRIES_MAX     5
/* A system lists three resolvers; the first one of the wanted version is asked. */
#define SERVERS_MAX 8

enum transport { TRANSPORT_UDP, TRANSPORT_TCP };

struct attempt {
    uint16_t id;
    struct moment sent;
};

struct dns {
    const struct check_env *env;
    const struct check_args *args;
    check_done_fn done;
    void *user;
    struct result *result;
    struct target *target;
    struct datagram *socket;
    struct stream *stream;
    uv_timer_t timer;
    struct sockaddr_storage server;
    struct packet_query query;
    struct buf wire; /* the query as last sent */
    enum transport transport;
    struct attempt attempts[1 + RETRIES_MAX]; /* on the present transport */
    int attempt_count;
    int wrong_source, wrong_id, wrong_question, malformed;
};

static const char *const transports[] = {"udp", "tcp", NULL};

static const struct check_param params[] = {
    {"qname", PARAM_TEXT, "nic.bj", 0, 0, NULL, N_("name to ask for")},
    {"type", PARAM_TEXT, "A", 0, 0, NULL, N_("record type to ask for")},
    {"transport", PARAM_CHOICE, "udp", 0, 0, transports, N_("transport of the query")},
    {"tcp_fallback", PARAM_BOOL, "yes", 0, 0, NULL, N_("ask by TCP when the UDP answer is truncated")},
    {"port", PARAM_INT, "53", 1, 65535, NULL, N_("port of the server")},
    {"timeout_ms", PARAM_INT, "3000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "0", 0, RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"rd", PARAM_BOOL, "yes", 0, 0, NULL, N_("ask for recursion")},
    {"do", PARAM_BOOL, "no", 0, 0, NULL, N_("ask for DNSSEC records")},
    {"bufsize", PARAM_INT, "1232", 0, 65535, NULL, N_("EDNS buffer size in octets, 0: no EDNS")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

static void attempt(struct dns *d);
static void on_timer(uv_timer_t *timer);

/* ---- the answer ---- */

static void shut(struct dns *d)
{
    uv_timer_stop(&d->timer);
    datagram_close(TAKE(d->socket));
    if (d->stream)
        d->result->bytes += stream_wire_bytes(d->stream);
    stream_close(TAKE(d->stream));
}

static void conclude(struct dns *d)
{
    shut(d);
    json_t *detail = d->result->detail;
    json_object_set_new(detail, "qname", json_string(d->query.name));
    json_object_set_new(detail, "qtype", json_string(d->query.type));
    json_object_set_new(detail, "transport", json_string(transports[d->transport]));
    json_object_set_new(detail, "attempts", json_integer(d->attempt_count));
    if (d->wrong_source || d->wrong_id || d->wrong_question || d->malformed)
        json_object_set_new(detail, "ignored",
                            json_pack("{s:i, s:i, s:i, s:i}", "source", d->wrong_source, "id", d->wrong_id, "question",
                                      d->wrong_question, "malformed", d->malformed));
    d->done(d->user, TAKE(d->result));
}

static void decide(struct dns *d, int rcode)
{
    const char *word = packet_rcode_word(rcode);
    if (word)
        json_object_set_new(d->result->detail, "rcode", json_string(word));
    switch (rcode) {
    case 0: /* NOERROR */
    case 3: /* NXDOMAIN: the server answered well */
        d->result->outcome = OUTCOME_OK;
        break;
    case 5: /* REFUSED */
        result_reason(d->result, OUTCOME_REFUSED, "the server answered REFUSED");
        break;
    default:
        if (word)
            result_reason(d->result, OUTCOME_DNS_ERROR, "the server answered %s", word);
        else
            result_reason(d->result, OUTCOME_DNS_ERROR, "the server answered rcode %d", rcode);
    }
}

static void fall_back(struct dns *d, size_t len, double ms)
{
    json_object_set_new(d->result->detail, "truncated",
                        json_pack("{s:i, s:f}", "size", (int)len, "rt_ms", round(ms * 1e3) / 1e3));
    datagram_close(TAKE(d->socket));
    d->transport = TRANSPORT_TCP;
    d->attempt_count = 0;
    attempt(d);
}

static const struct attempt *attempt_of(const struct dns *d, int id)
{
    for (int i = 0; i < d->attempt_count; i++) {
        if (d->attempts[i].id == id)
            return &d->attempts[i];
    }
    return NULL;
}

/* A message from the server's address. */
static void on_message(struct dns *d, const uint8_t *bytes, size_t len, const struct moment *at)
{
    _cleanup_(packet_freep) struct packet *packet = NULL;
    int id = packet_peek_id(bytes, len);
    const struct attempt *asked = attempt_of(d, id);
    if (id >= 0 && !asked) {
        d->wrong_id++;
        return;
    }
    if (!asked || packet_read(bytes, len, &packet) < 0 || !packet_is_answer(packet)) {
        d->malformed++;
        return;
    }
    if (!packet_matches(packet, &d->query)) {
        d->wrong_question++;
        return;
    }
    double ms = moment_ms(&asked->sent, at);
    if (d->transport == TRANSPORT_UDP && packet_truncated(packet) && check_arg_bool(d->args, "tcp_fallback")) {
        fall_back(d, len, ms);
        return;
    }
    result_metric(d->result, "rt_ms", ms);
    result_metric(d->result, "size", (double)len);
    result_metric(d->result, "rcode", packet_rcode(packet));
    packet_report(packet, d->result->detail);
    decide(d, packet_rcode(packet));
    conclude(d);
}

/* ---- UDP ---- */

static bool from_server(const struct dns *d, const struct sockaddr_storage *from)
{
    if (from->ss_family != d->server.ss_family)
        return false;
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *a = (const struct sockaddr_in *)from, *b = (const struct sockaddr_in *)&d->server;
        return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
    }
    const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)from, *b = (const struct sockaddr_in6 *)&d->server;
    return a->sin6_port == b->sin6_port && memcmp(&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0;
}

static void on_icmp(struct dns *d, const struct datagram_event *event)
{
    char from[46] = "";
    int id = packet_peek_id(event->bytes, event->len);
    enum icmp_class class = icmp_error_class(d->result->af, event->type, event->code);
    if (event->local || event->from.ss_family == AF_UNSPEC || (id >= 0 && !attempt_of(d, id)))
        return;
    d->result->bytes += 2 * datagram_ip_header(d->socket) + ICMP_HEADER_SIZE + UDP_HEADER_SIZE + (int64_t)event->len;
    if (class != ICMP_CLASS_PORT && class != ICMP_CLASS_UNREACHABLE)
        return;
    const char *word = icmp_error_word(d->result->af, event->type, event->code);
    uv_ip_name((const struct sockaddr *)&event->from, from, sizeof from);
    result_reason(d->result, class == ICMP_CLASS_PORT ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE, "%s from %s",
                  word ? word : "unreachable", from);
    conclude(d);
}

static void on_datagram(void *user, const struct datagram_event *event)
{
    struct dns *d = user;
    switch (event->what) {
    case DATAGRAM_SENT:
        if (memmem(event->bytes, event->len, d->wire.data, d->wire.len))
            d->attempts[d->attempt_count - 1].sent.kernel_ns = event->at.kernel_ns;
        break;
    case DATAGRAM_RECEIVED:
        d->result->bytes += datagram_ip_header(d->socket) + UDP_HEADER_SIZE + (int64_t)event->len;
        if (from_server(d, &event->from))
            on_message(d, event->bytes, event->len, &event->at);
        else
            d->wrong_source++;
        break;
    case DATAGRAM_ERROR:
        on_icmp(d, event);
        break;
    }
}

static int send_datagram(struct dns *d, struct moment *ret_sent)
{
    int r = datagram_send(d->socket, (const struct sockaddr *)&d->server, d->wire.data, d->wire.len, 0, ret_sent);
    if (r >= 0)
        d->result->bytes += datagram_ip_header(d->socket) + UDP_HEADER_SIZE + (int64_t)d->wire.len;
    return r;
}

/* ---- TCP ---- */

static void on_stream(void *user, const struct stream_event *event)
{
    struct dns *d = user;
    if (event->bytes) {
        on_message(d, event->bytes, event->len, &event->at);
        return;
    }
    if (event->error == 0)
        result_reason(d->result, OUTCOME_RESET, "the server closed the connection without an answer");
    else
        result_reason(d->result, datagram_outcome(event->error), "TCP: %s", strerror(-event->error));
    conclude(d);
}

/* ---- attempts ---- */

static void attempt(struct dns *d)
{
    struct attempt *now = &d->attempts[d->attempt_count++];
    int r = 0;
    uv_timer_start(&d->timer, on_timer, (uint64_t)check_arg_int(d->args, "timeout_ms"), 0);
    if (getrandom(&d->query.id, sizeof d->query.id, 0) != sizeof d->query.id)
        d->query.id ^= (uint16_t)clock_mono_us(d->env->clock);
    now->id = d->query.id;
    d->wire.data[0] = (char)(now->id >> 8); /* the rest of the query stays */
    d->wire.data[1] = (char)now->id;
    if (d->transport == TRANSPORT_UDP) {
        r = send_datagram(d, &now->sent);
    } else {
        if (d->stream)
            d->result->bytes += stream_wire_bytes(d->stream);
        stream_close(TAKE(d->stream));
        moment_now(&now->sent);
        d->stream = stream_open(d->env->loop, (const struct sockaddr *)&d->server, d->wire.data, d->wire.len, on_stream,
                                d);
    }
    if (r < 0) {
        result_reason(d->result, datagram_outcome(r), "sending: %s", strerror(-r));
        conclude(d);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct dns *d = timer->data;
    if (d->attempt_count <= check_arg_int(d->args, "retries")) {
        attempt(d);
        return;
    }
    if (d->malformed > 0)
        result_reason(d->result, OUTCOME_PROTOCOL_ERROR, "only malformed answers came");
    else
        result_reason(d->result, OUTCOME_TIMEOUT, "no answer within %lld ms",
                      (long long)check_arg_int(d->args, "timeout_ms"));
    conclude(d);
}

static void begin(struct dns *d)
{
    in_port_t port = htons((uint16_t)check_arg_int(d->args, "port"));
    if (d->server.ss_family == AF_INET)
        ((struct sockaddr_in *)&d->server)->sin_port = port;
    else
        ((struct sockaddr_in6 *)&d->server)->sin6_port = port;
    result_addr(d->result, &d->server);
    if (d->transport == TRANSPORT_TCP) {
        attempt(d);
        return;
    }
    struct fault f = {0};
    int r = datagram_open(d->env->loop, DATAGRAM_UDP, d->result->af, on_datagram, d, &d->socket, &f);
    if (r < 0) {
        result_reason(d->result, datagram_outcome(r), "%s", f.text);
        conclude(d);
        return;
    }
    uv_timer_start(&d->timer, on_timer, DATAGRAM_WARM_UP_MS, 0);
}

static void stamp(struct dns *d)
{
    d->result->at_us = clock_wall_us(d->env->clock);
    d->result->mono_us = clock_mono_us(d->env->clock);
    d->result->sync = clock_synced(d->env->clock);
}

static void on_target(void *user, const struct target_answer *answer)
{
    struct dns *d = user;
    d->target = NULL;
    stamp(d);
    if (answer->outcome != OUTCOME_OK) {
        result_reason(d->result, answer->outcome, "%s", answer->reason);
        conclude(d);
        return;
    }
    d->server = answer->addr;
    begin(d);
}

/* Without a target: the resolver that this network gave the host. It is the
 * owner's choice and not the task's, so it may be a private address. */
static void on_system_server(uv_timer_t *timer)
{
    struct dns *d = timer->data;
    struct sockaddr_storage servers[SERVERS_MAX];
    int family = target_family(d->args);
    size_t count = names_servers(d->env->names, servers, COUNT(servers));
    stamp(d);
    for (size_t i = 0; i < count; i++) {
        if (family && family != (servers[i].ss_family == AF_INET ? 4 : 6))
            continue;
        d->server = servers[i];
        begin(d);
        return;
    }
    result_reason(d->result, OUTCOME_SKIPPED, "this system names no resolver");
    conclude(d);
}

/* ---- the operations ---- */

static int able(const struct check_env *env, struct fault *f)
{
    return 0; /* UDP and TCP need no privilege */
}

static int64_t cost_bytes(const struct check_args *args)
{
    int64_t bufsize = check_arg_int(args, "bufsize");
    int64_t attempts = 1 + check_arg_int(args, "retries");
    int64_t query = 40 + UDP_HEADER_SIZE + 12 + (int64_t)strlen(check_arg_text(args, "qname")) + 6 + 11;
    /* Answers to ordinary questions are a third of what is allowed at most. */
    return attempts * (query + 40 + UDP_HEADER_SIZE + (bufsize ? bufsize : 512) / 3);
}

static int start(const struct check_env *env, const struct check_args *args, check_done_fn done, void *user,
                 void **ret_state, struct fault *f)
{
    const char *qname = check_arg_text(args, "qname"), *type = check_arg_text(args, "type");
    struct packet_query query = {
        .name = qname ? qname : ".",
        .type = type ? type : "A",
        .rd = check_arg_bool(args, "rd"),
        .dnssec_ok = check_arg_bool(args, "do"),
        .bufsize = (int)check_arg_int(args, "bufsize"),
    };
    _cleanup_(buf_free) struct buf wire = {0};
    int r = packet_write(&query, &wire, f);
    if (r < 0)
        return r;
    struct dns *d = alloc_zero(1, sizeof *d);
    *d = (struct dns){
        .env = env,
        .args = args,
        .done = done,
        .user = user,
        .result = result_new("dns", args->task, args->target ? args->target : "resolver"),
        .query = query,
        .wire = wire,
        .transport = (enum transport)check_arg_int(args, "transport"),
    };
    wire = (struct buf){0};
    uv_timer_init(env->loop, &d->timer);
    d->timer.data = d;
    if (args->target)
        d->target = target_find(env, &args->policy, args->target, target_family(args), on_target, d);
    else
        uv_timer_start(&d->timer, on_system_server, 0, 0);
    *ret_state = d;
    return 0;
}

static void cancel(void *state)
{
    struct dns *d = state;
    target_cancel(TAKE(d->target));
    uv_timer_stop(&d->timer);
    datagram_close(TAKE(d->socket));
    stream_close(TAKE(d->stream));
}

static void on_closed(uv_handle_t *handle)
{
    struct dns *d = handle->data;
    result_free(d->result);
    buf_free(&d->wire);
    free(d);
}

static void dns_free(void *state)
{
    struct dns *d = state;
    if (!d)
        return;
    cancel(d);
    uv_close((uv_handle_t *)&d->timer, on_closed);
}

const struct check_ops check_dns = {
    .name = "dns",
    .help = N_("one DNS query: delay, size, answer"),
    .class = CLASS_LIGHT,
    .target = TARGET_RESOLVER,
    .params = params,
    .param_count = COUNT(params),
    .able = able,
    .cost_bytes = cost_bytes,
    .start = start,
    .cancel = cancel,
    .free = dns_free,
};
