/* The UDP socket is not connected, so that answers from a wrong address are
 * seen and counted instead of dropped by the kernel. An answer counts when its
 * source, its id and its question are those of the query (RFC 5452 section 9);
 * anything else is counted and the wait goes on: a forged answer must not end
 * the measurement, nor hide the true one that follows. After a timeout the
 * query is sent again under a new id; an answer to an earlier one still counts,
 * with that one's time. A truncated answer sends the question to TCP when the
 * caller wants that (RFC 7766).
 *
 * Over HTTPS the id is 0, as RFC 8484 section 4.1 asks for the sake of caches. */
#include "agent/dns/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netinet/in.h>

#include "agent/io/address.h"
#include "agent/io/datagram.h"
#include "agent/io/headers.h"
#include "agent/io/icmp.h"
#include "agent/io/secure.h"
#include "agent/io/stream.h"
#include "agent/io/tls.h"
#include "agent/io/web.h"
#include "common/cause.h"
#include "common/lang.h"
#include "common/sign.h"

/* A connection is the server's alone: what comes there is no stranger's, and who sends so much else sends no answer. */
#define STRAYS_MAX 4

struct attempt {
    uint16_t id;
    struct moment sent;
};

struct exchange {
    const struct env *env;
    struct exchange_question question;
    exchange_fn fn;
    void *user;
    struct datagram *socket;
    struct stream *stream;
    struct secure *secure;
    struct web_transfer *transfer;
    uv_timer_t timer;
    struct buf wire;                                   /* the query as last sent */
    struct attempt attempts[1 + EXCHANGE_RETRIES_MAX]; /* on the present transport */
    int af;
    int strays; /* messages of connections that were not the answer */
    struct exchange_answer answer;
    struct packet *packet;
};

const char *const exchange_transports[] = {"udp", "tcp", "tls", "https", NULL};

static void attempt(struct exchange *x);
static void on_timer(uv_timer_t *timer);

/* ---- the end ---- */

static void shut(struct exchange *x)
{
    uv_timer_stop(&x->timer);
    datagram_close(TAKE(x->socket));
    if (x->stream)
        x->answer.wire_bytes += stream_wire_bytes(x->stream);
    stream_close(TAKE(x->stream));
    if (x->secure)
        x->answer.wire_bytes += secure_wire_bytes(x->secure);
    secure_close(TAKE(x->secure));
    if (x->transfer)
        web_cancel(TAKE(x->transfer));
}

static void on_closed(uv_handle_t *handle)
{
    struct exchange *x = handle->data;
    packet_free(x->packet);
    buf_free(&x->wire);
    free(x);
}

static void conclude(struct exchange *x)
{
    shut(x);
    x->answer.packet = x->packet;
    x->fn(x->user, &x->answer);
    uv_close((uv_handle_t *)&x->timer, on_closed);
}

__attribute__((format(printf, 4, 5))) static void fail(struct exchange *x, enum outcome outcome, const char *cause,
                                                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    x->answer.outcome = outcome;
    x->answer.cause = cause;
    vsnprintf(x->answer.reason, sizeof x->answer.reason, format, args);
    va_end(args);
    conclude(x);
}

/* A FIN: what overloaded servers and those that dislike the question do. What
 * lies in between and interferes sends resets. */
static void fail_closed(struct exchange *x)
{
    x->answer.closed = true;
    fail(x, OUTCOME_RESET, "closed_without_answer", _("the server closed the connection without an answer"));
}

/* ---- the answer ---- */

static const struct attempt *attempt_of(const struct exchange *x, int id)
{
    for (int i = 0; i < x->answer.attempts; i++) {
        if (x->attempts[i].id == id)
            return &x->attempts[i];
    }
    return NULL;
}

static void fall_back(struct exchange *x, size_t len, double ms)
{
    x->answer.fell_back = true;
    x->answer.truncated_len = len;
    x->answer.truncated_ms = ms;
    datagram_close(TAKE(x->socket));
    x->answer.transport = EXCHANGE_TCP;
    x->answer.attempts = 0;
    attempt(x);
}

/* A message that is not the answer: counted, and the wait goes on. */
static void stray(struct exchange *x, typeof(x->answer.malformed) *count)
{
    (*count)++;
    if (x->answer.transport == EXCHANGE_UDP || x->answer.transport == EXCHANGE_HTTPS || ++x->strays < STRAYS_MAX)
        return;
    fail(x, OUTCOME_PROTOCOL_ERROR, "malformed_answers", _("only malformed answers came"));
}

/* A message from the server's address. */
static void on_message(struct exchange *x, const uint8_t *bytes, size_t len, const struct moment *at)
{
    struct exchange_answer *a = &x->answer;
    _cleanup_(packet_freep) struct packet *packet = NULL;
    int id = packet_peek_id(bytes, len);
    const struct attempt *asked = attempt_of(x, id);
    if (id >= 0 && !asked) {
        stray(x, &a->wrong_id);
        return;
    }
    if (!asked || packet_read(bytes, len, &packet) < 0 || !packet_is_answer(packet)) {
        stray(x, &a->malformed);
        return;
    }
    if (!packet_matches(packet, &x->question.query)) {
        stray(x, &a->wrong_question);
        return;
    }
    double ms = moment_ms(&asked->sent, at);
    if (a->transport == EXCHANGE_UDP && packet_truncated(packet) && x->question.tcp_fallback) {
        fall_back(x, len, ms);
        return;
    }
    a->outcome = OUTCOME_OK;
    a->rt_ms = ms;
    a->bytes = bytes;
    a->len = len;
    x->packet = TAKE(packet);
    conclude(x);
}

/* ---- UDP ---- */

static void on_icmp(struct exchange *x, const struct datagram_event *event)
{
    char from[46] = "";
    int id = packet_peek_id(event->bytes, event->len);
    enum icmp_class class = icmp_error_class(x->af, event->type, event->code);
    if (event->local || event->from.ss_family == AF_UNSPEC || (id >= 0 && !attempt_of(x, id)))
        return;
    x->answer.wire_bytes += 2 * datagram_ip_header(x->socket) + ICMP_HEADER_SIZE + UDP_HEADER_SIZE +
                            (int64_t)event->len;
    if (class != ICMP_CLASS_PORT && class != ICMP_CLASS_UNREACHABLE)
        return;
    const char *word = icmp_error_word(x->af, event->type, event->code);
    uv_ip_name((const struct sockaddr *)&event->from, from, sizeof from);
    fail(x, class == ICMP_CLASS_PORT ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE, "icmp", _("%s from %s"),
         word ? _(word) : _("unreachable"), from);
}

static void on_datagram(void *user, const struct datagram_event *event)
{
    struct exchange *x = user;
    switch (event->what) {
    case DATAGRAM_SENT:
        if (x->answer.attempts > 0 && memmem(event->bytes, event->len, x->wire.data, x->wire.len))
            x->attempts[x->answer.attempts - 1].sent.kernel_ns = event->at.kernel_ns;
        break;
    case DATAGRAM_RECEIVED:
        x->answer.wire_bytes += datagram_ip_header(x->socket) + UDP_HEADER_SIZE + (int64_t)event->len;
        if (address_same(&event->from, &x->question.server))
            on_message(x, event->bytes, event->len, &event->at);
        else
            x->answer.wrong_source++;
        break;
    case DATAGRAM_ERROR:
        on_icmp(x, event);
        break;
    }
}

static int send_datagram(struct exchange *x, struct moment *ret_sent)
{
    int r = datagram_send(x->socket, (const struct sockaddr *)&x->question.server, x->wire.data, x->wire.len, 0,
                          ret_sent);
    if (r >= 0)
        x->answer.wire_bytes += datagram_ip_header(x->socket) + UDP_HEADER_SIZE + (int64_t)x->wire.len;
    return r;
}

/* ---- TCP ---- */

static void on_stream(void *user, const struct stream_event *event)
{
    struct exchange *x = user;
    if (event->bytes)
        on_message(x, event->bytes, event->len, &event->at);
    else if (x->answer.malformed > 0)
        fail(x, OUTCOME_PROTOCOL_ERROR, "malformed_answers", _("only malformed answers came"));
    else if (event->error == 0)
        fail_closed(x);
    else
        fail(x, datagram_outcome(event->error), datagram_cause(event->error), "%s", datagram_why(event->error));
}

static void send_stream(struct exchange *x, struct moment *ret_sent)
{
    if (x->stream)
        x->answer.wire_bytes += stream_wire_bytes(x->stream);
    stream_close(TAKE(x->stream));
    moment_now(ret_sent);
    x->stream = stream_open(x->env->loop, (const struct sockaddr *)&x->question.server, x->wire.data, x->wire.len,
                            on_stream, x);
}

/* ---- TLS ---- */

static void on_secure(void *user, const struct secure_event *event)
{
    struct exchange *x = user;
    x->answer.tls_ms = event->tls_ms;
    if (event->bytes)
        on_message(x, event->bytes, event->len, &event->at);
    else if (event->tls)
        fail(x, tls_failure_outcome(event->tls), event->tls, "%s", cause_text(event->tls));
    else if (event->error == 0)
        fail_closed(x);
    else
        fail(x, datagram_outcome(event->error), datagram_cause(event->error), "%s", datagram_why(event->error));
}

static int send_secure(struct exchange *x, struct moment *ret_sent, struct fault *f)
{
    const struct exchange_question *q = &x->question;
    struct secure_request request = {
        .peer = (const struct sockaddr *)&q->server,
        .host = q->tls_name,
        .ca_file = q->ca_file,
        .at_us = clock_wall_us(x->env->clock),
        .message = x->wire.data,
        .len = x->wire.len,
        .timeout_us = INT64_C(1000) * q->timeout_ms,
    };
    if (x->secure)
        x->answer.wire_bytes += secure_wire_bytes(x->secure);
    secure_close(TAKE(x->secure));
    moment_now(ret_sent);
    return secure_open(x->env->loop, &request, on_secure, x, &x->secure, f);
}

/* ---- HTTPS ---- */

#define DNS_MESSAGE_MAX 65535

static void on_web(void *user, const struct web_reply *reply)
{
    struct exchange *x = user;
    struct moment now;
    x->transfer = NULL;
    moment_now(&now);
    x->answer.wire_bytes += reply->wire_bytes;
    x->answer.tls_ms = reply->tls_ms > 0 ? reply->tls_ms : 0;
    snprintf(x->answer.addr, sizeof x->answer.addr, "%s", reply->addr);
    if (reply->outcome != OUTCOME_OK) {
        fail(x, reply->outcome, reply->cause, "%.150s", reply->reason);
        return;
    }
    if (reply->status != 200 || strncmp(reply->content_type, "application/dns-message", 23) != 0) {
        fail(x, OUTCOME_PROTOCOL_ERROR, "not_dns", _("HTTPS: status %ld, no DNS message"), reply->status);
        return;
    }
    /* The time to find the service's own name is not the question's. */
    int64_t lookup_ns = reply->lookup_ms > 0 ? (int64_t)(reply->lookup_ms * 1e6) : 0;
    x->attempts[0].sent.mono_ns += lookup_ns;
    x->attempts[0].sent.wall_ns += lookup_ns;
    on_message(x, (const uint8_t *)reply->body.data, reply->body.len, &now);
    /* One answer a request: what was none is not followed by another. */
    if (x->answer.outcome != OUTCOME_OK || !x->packet)
        fail(x, OUTCOME_PROTOCOL_ERROR, "not_dns", _("HTTPS: the message is no answer to the question"));
}

static int send_web(struct exchange *x, struct moment *ret_sent, struct fault *f)
{
    static const char *const headers[] = {"Content-Type: application/dns-message", "Accept: application/dns-message",
                                          NULL};
    struct web_request request = {
        .method = "POST",
        .url = x->question.url,
        .headers = headers,
        .body = x->wire.data,
        .body_len = x->wire.len,
        .body_max = DNS_MESSAGE_MAX,
        .timeout_us = INT64_C(1000) * x->question.timeout_ms,
        .family = x->question.family,
        .policy = x->question.policy,
        .ca_file = x->question.ca_file,
        .fresh = true,
    };
    moment_now(ret_sent);
    return web_start(x->env->web, &request, on_web, x, &x->transfer, f);
}

/* ---- attempts ---- */

static void attempt(struct exchange *x)
{
    struct attempt *now = &x->attempts[x->answer.attempts++];
    struct fault f = {0};
    int r = 0;
    /* HTTPS ends by itself, with what it knows of its failure. */
    if (x->answer.transport != EXCHANGE_HTTPS) {
        uv_timer_start(&x->timer, on_timer, (uint64_t)x->question.timeout_ms, 0);
        random_bytes(&now->id, sizeof now->id);
    }
    x->wire.data[0] = (char)(now->id >> 8); /* the rest of the query stays */
    x->wire.data[1] = (char)now->id;
    switch (x->answer.transport) {
    case EXCHANGE_UDP:
        r = send_datagram(x, &now->sent);
        break;
    case EXCHANGE_TCP:
        send_stream(x, &now->sent);
        break;
    case EXCHANGE_TLS:
        r = send_secure(x, &now->sent, &f);
        break;
    case EXCHANGE_HTTPS:
        r = send_web(x, &now->sent, &f);
    }
    if (r >= 0)
        return;
    x->answer.unsent = x->answer.transport == EXCHANGE_UDP;
    if (x->answer.unsent)
        fail(x, datagram_outcome(r), datagram_cause(r), _("sending: %s"), datagram_why(r));
    else
        fail(x, OUTCOME_ERROR, "own_failure", "%.150s", f.text);
}

static void on_timer(uv_timer_t *timer)
{
    struct exchange *x = timer->data;
    if (x->answer.attempts <= x->question.retries)
        attempt(x);
    else if (x->answer.malformed > 0)
        fail(x, OUTCOME_PROTOCOL_ERROR, "malformed_answers", _("only malformed answers came"));
    else
        fail(x, OUTCOME_TIMEOUT, "no_answer", _("no answer within %d ms"), x->question.timeout_ms);
}

static void on_begin(uv_timer_t *timer)
{
    struct exchange *x = timer->data;
    struct fault f = {0};
    if (x->answer.transport == EXCHANGE_UDP) {
        int r = datagram_open(x->env->loop, DATAGRAM_UDP, x->af, on_datagram, x, &x->socket, &f);
        if (r < 0)
            fail(x, datagram_outcome(r), datagram_cause(r), "%s", f.text);
        else
            uv_timer_start(&x->timer, on_timer, DATAGRAM_WARM_UP_MS, 0);
        return;
    }
    attempt(x);
}

int exchange_start(const struct env *env, const struct exchange_question *question, exchange_fn fn, void *user,
                   struct exchange **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf wire = {0};
    int r = packet_write(&question->query, &wire, f);
    if (r < 0)
        return r;
    struct exchange *x = alloc_zero(1, sizeof *x);
    *x = (struct exchange){
        .env = env,
        .question = *question,
        .fn = fn,
        .user = user,
        .wire = wire,
        .af = question->server.ss_family == AF_INET ? 4 : 6,
        .answer.transport = question->transport,
    };
    wire = (struct buf){0};
    uv_timer_init(env->loop, &x->timer);
    x->timer.data = x;
    uv_timer_start(&x->timer, on_begin, 0, 0);
    *ret = x;
    return 0;
}

void exchange_cancel(struct exchange *x)
{
    if (!x)
        return;
    shut(x);
    uv_close((uv_handle_t *)&x->timer, on_closed);
}
