#include "agent/io/secure.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "agent/io/connect.h"
#include "agent/io/headers.h"
#include "agent/io/tcpinfo.h"
#include "agent/io/tls.h"
#include "common/buf.h"
#include "common/lang.h"

/* A record's contents at most (RFC 8446 section 5.1): OpenSSL, which reads no further ahead, keeps none of it back,
 * so that what comes next makes the socket readable. */
#define RECORD_MAX 16384
/* A server that never stops leaves the loop its turn. */
#define RECORDS_A_TURN 32

enum phase {
    PHASE_CONNECT,   /* connect.h is at work */
    PHASE_HANDSHAKE, /* SSL_connect */
    PHASE_SEND,      /* SSL_write of the message */
    PHASE_RECEIVE,
};

struct secure {
    enum phase phase;
    uv_loop_t *loop;
    struct connect *connect;
    SSL_CTX *context;
    SSL *ssl;
    int fd, af;
    uv_poll_t poll;
    bool polled, closed, told;
    int alert;
    struct buf out, in;
    struct moment began;
    double tls_ms;
    secure_fn fn;
    void *user;
};

static void on_poll(uv_poll_t *poll, int status, int events);

static void tell_end(struct secure *s, const char *tls, int error)
{
    if (s->told || s->closed)
        return;
    s->told = true;
    if (s->polled)
        uv_poll_stop(&s->poll);
    struct secure_event event = {.tls = tls, .error = error, .tls_ms = s->tls_ms};
    moment_now(&event.at);
    s->fn(s->user, &event);
}

/* Waits for what OpenSSL wants, or ends; true when the step is to be repeated
 * later. */
static bool wait_or_end(struct secure *s, int result, int system_error)
{
    int kind = SSL_get_error(s->ssl, result);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) {
        uv_poll_start(&s->poll, kind == SSL_ERROR_WANT_READ ? UV_READABLE : UV_WRITABLE, on_poll);
        return true;
    }
    long verdict = SSL_get_verify_result(s->ssl);
    const char *word = tls_failure_word(s->alert);
    if (kind == SSL_ERROR_ZERO_RETURN || strcmp(word, "handshake_cut") == 0)
        tell_end(s, NULL, 0);
    else if (kind == SSL_ERROR_SYSCALL && !s->alert)
        tell_end(s, NULL, -system_error);
    else
        tell_end(s, verdict != X509_V_OK && !s->alert ? tls_chain_word((int)verdict) : word, 0);
    return false;
}

static void hand_over(struct secure *s, const struct moment *at)
{
    size_t used = 0;
    while (!s->closed && s->in.len - used >= 2) {
        const uint8_t *head = (const uint8_t *)s->in.data + used;
        size_t len = (size_t)(head[0] << 8 | head[1]);
        if (s->in.len - used - 2 < len)
            break;
        used += 2 + len;
        struct secure_event event = {.bytes = head + 2, .len = len, .tls_ms = s->tls_ms, .at = *at};
        s->fn(s->user, &event);
    }
    /* What is left is the beginning of one message: at most 64 KiB. */
    buf_drop(&s->in, used);
}

static void receive(struct secure *s)
{
    char chunk[RECORD_MAX];
    struct moment at;
    int n = 1, error = 0;
    moment_now(&at);
    for (int i = 0; i < RECORDS_A_TURN && !s->closed && !s->told; i++) {
        errno = 0;
        n = SSL_read(s->ssl, chunk, sizeof chunk);
        error = errno;
        if (n <= 0)
            break;
        buf_add(&s->in, chunk, (size_t)n);
        hand_over(s, &at);
    }
    if (s->closed || s->told)
        return;
    if (n <= 0)
        (void)wait_or_end(s, n, error);
    else
        uv_poll_start(&s->poll, UV_READABLE, on_poll);
}

static void step(struct secure *s)
{
    struct moment now;
    errno = 0;
    if (s->phase == PHASE_HANDSHAKE) {
        int r = SSL_connect(s->ssl), error = errno;
        if (r != 1) {
            (void)wait_or_end(s, r, error);
            return;
        }
        moment_now(&now);
        s->tls_ms = moment_ms(&s->began, &now);
        s->phase = PHASE_SEND;
    }
    if (s->phase == PHASE_SEND) {
        int r = SSL_write(s->ssl, s->out.data, (int)s->out.len), error = errno;
        if (r <= 0) {
            (void)wait_or_end(s, r, error);
            return;
        }
        s->phase = PHASE_RECEIVE;
    }
    receive(s);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct secure *s = poll->data;
    ERR_clear_error();
    if (!s->closed && !s->told)
        step(s);
}

static void on_connected(void *user, const struct connected *event)
{
    struct secure *s = user;
    if (event->error < 0) {
        tell_end(s, NULL, event->error);
        return;
    }
    s->fd = connect_take(s->connect);
    if (uv_poll_init(s->loop, &s->poll, s->fd) < 0 || SSL_set_fd(s->ssl, s->fd) != 1) {
        tell_end(s, NULL, -EIO);
        return;
    }
    s->poll.data = s;
    s->polled = true;
    s->phase = PHASE_HANDSHAKE;
    moment_now(&s->began);
    ERR_clear_error();
    step(s);
}

/* ---- begin and end ---- */

static void secure_free(struct secure *s)
{
    SSL_free(s->ssl);
    SSL_CTX_free(s->context);
    close_fd(&s->fd);
    buf_free(&s->in);
    buf_free(&s->out);
    free(s);
}

static void on_closed(uv_handle_t *handle)
{
    secure_free(handle->data);
}

int secure_open(uv_loop_t *loop, const struct secure_request *request, secure_fn fn, void *user, struct secure **ret,
                struct fault *f)
{
    static const unsigned char alpn[] = "\3dot"; /* RFC 7858, as registered with IANA */
    struct secure *s = alloc_zero(1, sizeof *s);
    s->loop = loop;
    s->fd = -1;
    s->af = request->peer->sa_family;
    s->fn = fn;
    s->user = user;
    s->context = SSL_CTX_new(TLS_client_method());
    int r = s->context ? 0 : fault_set(f, -ENOMEM, _("OpenSSL does not start"));
    if (r == 0 && request->ca_file && SSL_CTX_load_verify_locations(s->context, request->ca_file, NULL) != 1)
        r = fault_set(f, -ENOENT, _("%s: no certificates to believe can be read there"), request->ca_file);
    if (r == 0 && !request->ca_file)
        (void)SSL_CTX_set_default_verify_paths(s->context);
    if (r == 0)
        tls_judge_at(s->context, request->at_us);
    if (r == 0)
        tls_watch_alerts(s->context, &s->alert);
    if (r == 0 && !(s->ssl = SSL_new(s->context)))
        r = fault_set(f, -ENOMEM, _("OpenSSL does not start"));
    if (r == 0 && request->host && !tls_set_host(s->ssl, request->host))
        r = fault_set(f, -EINVAL, _("%s is no name that a certificate could bear"), request->host);
    if (r < 0) {
        secure_free(s);
        return r;
    }
    SSL_set_verify(s->ssl, request->host ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    SSL_set_min_proto_version(s->ssl, TLS1_2_VERSION);
    (void)SSL_set_alpn_protos(s->ssl, alpn, sizeof alpn - 1);
    buf_add_char(&s->out, (char)(request->len >> 8));
    buf_add_char(&s->out, (char)request->len);
    buf_add(&s->out, request->message, request->len);
    s->connect = connect_open(loop, request->peer, request->timeout_us, on_connected, s);
    *ret = s;
    return 0;
}

int64_t secure_wire_bytes(const struct secure *s)
{
    if (s->fd < 0)
        return s->connect ? connect_wire_bytes(s->connect) : 0;
    return tcpinfo_segments(s->fd) * ((s->af == AF_INET ? IP4_HEADER_SIZE : IP6_HEADER_SIZE) + TCP_HEADER_SIZE) +
           (int64_t)BIO_number_read(SSL_get_rbio(s->ssl)) + (int64_t)BIO_number_written(SSL_get_wbio(s->ssl));
}

void secure_close(struct secure *s)
{
    if (!s || s->closed)
        return;
    s->closed = true;
    connect_close(TAKE(s->connect));
    if (s->polled)
        uv_close((uv_handle_t *)&s->poll, on_closed);
    else
        secure_free(s);
}
