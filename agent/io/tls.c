#include "agent/io/tls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "agent/io/datagram.h"
#include "agent/io/tcpinfo.h"
#include "agent/io/moment.h"
#include "common/cause.h"
#include "common/lang.h"

/* IP and TCP headers with the time stamp option. */
#define SEGMENT_HEADERS(af) (((af) == AF_INET6 ? 40 : 20) + 32)
#define ALPN_MAX            256 /* octets of the list on the wire */
/* A server may leave our end of the connection unanswered; it is closed then. */
#define CLOSING_MS 1000
/* What a server may send before it is cut off: a handshake with a long chain. */
#define READ_MAX (256u << 10)
/* What protects a connection less than this is worth telling (OpenSSL's level
 * 2: 112 bits). */
#define AUTH_LEVEL 2

/* A TLS 1.3 server sends its session tickets after the handshake. To close on
 * them would draw resets, and their octets would go uncounted; so both ends are
 * closed in order, and what comes until then is read. */
enum phase {
    PHASE_HANDSHAKE,
    PHASE_CLOSING, /* our close_notify and FIN are out; waits for the server's */
};

struct tls {
    enum phase phase;
    SSL_CTX *context;
    SSL *ssl;
    int fd;
    uv_poll_t poll;
    uv_timer_t timer;
    int64_t timeout_us;
    int closing;
    bool open, closed;
    struct moment began;
    int alert;
    struct tls_answer answer;
    tls_fn fn;
    void *user;
};

/* ---- the chain ---- */

const char *tls_chain_word(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "not_yet_valid";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return "self_signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return "untrusted_root";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "unknown_issuer";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "wrong_host";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return "bad_signature";
    case X509_V_ERR_CERT_REVOKED:
        return "revoked";
    case X509_V_ERR_INVALID_CA:
        return "not_a_ca";
    case X509_V_ERR_INVALID_PURPOSE:
        return "wrong_purpose";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return "weak_key";
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return "weak_digest";
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return "chain_too_long";
    default:
        return "invalid";
    }
}

/* ---- alerts ---- */

const char *tls_alert_word(int alert)
{
    static const char *const words[] = {
        [SSL_AD_UNEXPECTED_MESSAGE] = "tls_alert_unexpected_message",
        [SSL_AD_BAD_RECORD_MAC] = "tls_alert_bad_record_mac",
        [SSL_AD_RECORD_OVERFLOW] = "tls_alert_record_overflow",
        [SSL_AD_HANDSHAKE_FAILURE] = "tls_alert_handshake_failure",
        [SSL_AD_BAD_CERTIFICATE] = "tls_alert_bad_certificate",
        [SSL_AD_ILLEGAL_PARAMETER] = "tls_alert_illegal_parameter",
        [SSL_AD_UNKNOWN_CA] = "tls_alert_unknown_ca",
        [SSL_AD_ACCESS_DENIED] = "tls_alert_access_denied",
        [SSL_AD_DECODE_ERROR] = "tls_alert_decode_error",
        [SSL_AD_DECRYPT_ERROR] = "tls_alert_decrypt_error",
        [SSL_AD_PROTOCOL_VERSION] = "tls_version",
        [SSL_AD_INSUFFICIENT_SECURITY] = "tls_alert_insufficient_security",
        [SSL_AD_INTERNAL_ERROR] = "tls_alert_internal_error",
        [SSL_AD_MISSING_EXTENSION] = "tls_alert_missing_extension",
        [SSL_AD_UNRECOGNIZED_NAME] = "tls_alert_unrecognized_name",
        [SSL_AD_CERTIFICATE_REQUIRED] = "tls_alert_certificate_required",
        [SSL_AD_NO_APPLICATION_PROTOCOL] = "tls_alert_no_application_protocol",
    };
    const char *word = (size_t)alert < COUNT(words) ? words[alert] : NULL;
    return word ? word : "tls_alert_other";
}

static int alert_index(void)
{
    static int index = -1;
    if (index < 0)
        index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    return index;
}

static void on_info(const SSL *ssl, int where, int value)
{
    int *alert = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), alert_index());
    int code = value & 0xff;
    bool polite = code == SSL_AD_CLOSE_NOTIFY || code == SSL_AD_USER_CANCELLED;
    if (alert && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && value >> 8 == SSL3_AL_FATAL && !polite)
        *alert = code;
}

void tls_watch_alerts(void *context, int *alert)
{
    SSL_CTX_set_ex_data(context, alert_index(), alert);
    SSL_CTX_set_info_callback(context, on_info);
}

const char *tls_failure_word(int alert)
{
    if (alert)
        return tls_alert_word(alert);
    switch (ERR_GET_REASON(ERR_peek_error())) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
#ifdef SSL_R_RECORD_LAYER_FAILURE /* OpenSSL 3.2 */
    case SSL_R_RECORD_LAYER_FAILURE:
#endif
        return "no_tls";
    case SSL_R_UNSUPPORTED_PROTOCOL:
        return "tls_version";
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return "handshake_cut";
    default:
        return "tls_broken";
    }
}

enum outcome tls_failure_outcome(const char *cause)
{
    return strcmp(cause, "no_tls") == 0 ? OUTCOME_PROTOCOL_ERROR : OUTCOME_TLS_ERROR;
}

/* Called for each fault that OpenSSL finds: noted, and the check goes on. */
static int on_verify(int good, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *t = SSL_get_app_data(ssl);
    if (good)
        return 1;
    int error = X509_STORE_CTX_get_error(store), depth = X509_STORE_CTX_get_error_depth(store);
    const char *word = tls_chain_word(error);
    struct tls_answer *a = &t->answer;
    for (size_t i = 0; i < a->error_count; i++)
        if (strcmp(a->errors[i].word, word) == 0 && a->errors[i].depth == depth)
            return 1;
    if (a->error_count < TLS_CHAIN_ERRORS_MAX)
        a->errors[a->error_count++] = (struct tls_chain_error){word, cause_text(word), depth};
    return 1;
}

static int64_t unix_us(const ASN1_TIME *time)
{
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) ? (int64_t)timegm(&parts) * 1000000 : 0;
}

/* RFC 2253: what is not ASCII stands there as \XX. */
static void name_text(const X509_NAME *name, char *ret, size_t size)
{
    BIO *memory = BIO_new(BIO_s_mem());
    if (!memory)
        return;
    X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253);
    int n = BIO_read(memory, ret, (int)size - 1);
    ret[n > 0 ? n : 0] = 0;
    BIO_free(memory);
}

static void read_certificate(const struct tls *t, struct tls_answer *a)
{
    X509 *certificate = SSL_get0_peer_certificate(t->ssl);
    if (!certificate)
        return;
    a->has_certificate = true;
    a->not_before_us = unix_us(X509_get0_notBefore(certificate));
    a->not_after_us = unix_us(X509_get0_notAfter(certificate));
    name_text(X509_get_subject_name(certificate), a->subject, sizeof a->subject);
    name_text(X509_get_issuer_name(certificate), a->issuer, sizeof a->issuer);
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (key)
        snprintf(a->key, sizeof a->key, "%s %d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
    unsigned char *spki = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    if (len > 0)
        hash_make("", spki, (size_t)len, a->spki);
    OPENSSL_free(spki);
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(t->ssl);
    a->chain_count = chain ? (size_t)sk_X509_num(chain) : 0;
}

static int version_code(int version)
{
    switch (version) {
    case TLS1_VERSION:
        return 10;
    case TLS1_1_VERSION:
        return 11;
    case TLS1_2_VERSION:
        return 12;
    case TLS1_3_VERSION:
        return 13;
    default:
        return 0;
    }
}

static void read_session(const struct tls *t, struct tls_answer *a)
{
    const unsigned char *alpn;
    unsigned alpn_len;
    a->version = version_code(SSL_version(t->ssl));
    snprintf(a->cipher, sizeof a->cipher, "%s", SSL_get_cipher_name(t->ssl));
    const char *group = SSL_group_to_name(t->ssl, (int)SSL_get_negotiated_group(t->ssl));
    snprintf(a->group, sizeof a->group, "%s", group ? group : "");
    SSL_get0_alpn_selected(t->ssl, &alpn, &alpn_len);
    snprintf(a->alpn, sizeof a->alpn, "%.*s", (int)alpn_len, alpn ? (const char *)alpn : "");
}

/* ---- the handshake ---- */

static int64_t wire_bytes(const struct tls *t)
{
    struct sockaddr_storage addr = {0};
    socklen_t size = sizeof addr;
    (void)getsockname(t->fd, (struct sockaddr *)&addr, &size);
    int64_t segments = tcpinfo_segments(t->fd) + 1; /* the last FIN's */
    return segments * SEGMENT_HEADERS(addr.ss_family) + (int64_t)BIO_number_read(SSL_get_rbio(t->ssl)) +
           (int64_t)BIO_number_written(SSL_get_wbio(t->ssl));
}

static void tell(struct tls *t)
{
    if (t->alert && t->answer.outcome == OUTCOME_OK)
        t->answer.cause = tls_alert_word(t->alert);
    uv_poll_stop(&t->poll);
    uv_timer_stop(&t->timer);
    t->answer.wire_bytes = wire_bytes(t);
    t->fn(t->user, &t->answer);
}

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_timer(uv_timer_t *timer);

/* The handshake is over, one way or the other. */
static void note_end(struct tls *t)
{
    struct moment now;
    moment_now(&now);
    t->answer.ms = moment_ms(&t->began, &now);
    read_certificate(t, &t->answer);
}

static void start_closing(struct tls *t)
{
    note_end(t);
    t->answer.outcome = OUTCOME_OK;
    read_session(t, &t->answer);
    t->phase = PHASE_CLOSING;
    (void)SSL_shutdown(t->ssl);
    (void)shutdown(t->fd, SHUT_WR);
    uv_timer_start(&t->timer, on_timer, CLOSING_MS, 0);
    uv_poll_start(&t->poll, UV_READABLE, on_poll);
}

static void step_closing(struct tls *t)
{
    char thrown_away[4096];
    int n = SSL_read(t->ssl, thrown_away, sizeof thrown_away);
    /* After close_notify OpenSSL reads no further: the FIN is read by hand. */
    if (n <= 0 && SSL_get_error(t->ssl, n) == SSL_ERROR_WANT_READ)
        return;
    if (n <= 0 && recv(t->fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT) < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || BIO_number_read(SSL_get_rbio(t->ssl)) > READ_MAX)
        tell(t);
}

static void fail(struct tls *t, enum outcome outcome, const char *cause)
{
    t->answer.outcome = outcome;
    t->answer.cause = cause;
    snprintf(t->answer.reason, sizeof t->answer.reason, "%s", cause_text(cause));
    note_end(t);
    tell(t);
}

/* The connection ended (error 0) or failed during the handshake, or OpenSSL
 * refused what came. */
static void fail_handshake(struct tls *t, int kind, int error)
{
    const char *cause = tls_failure_word(t->alert);
    if (kind == SSL_ERROR_SYSCALL && error != 0)
        fail(t, datagram_outcome(error), datagram_cause(error));
    else if (kind == SSL_ERROR_SYSCALL || kind == SSL_ERROR_ZERO_RETURN || strcmp(cause, "handshake_cut") == 0)
        fail(t, OUTCOME_RESET, "handshake_cut");
    else
        fail(t, tls_failure_outcome(cause), cause);
}

static void step_handshake(struct tls *t)
{
    errno = 0;
    int r = SSL_connect(t->ssl), error = errno;
    if (r == 1) {
        start_closing(t);
        return;
    }
    int kind = SSL_get_error(t->ssl, r);
    if (kind == SSL_ERROR_WANT_READ)
        uv_poll_start(&t->poll, UV_READABLE, on_poll);
    else if (kind == SSL_ERROR_WANT_WRITE)
        uv_poll_start(&t->poll, UV_WRITABLE, on_poll);
    else
        fail_handshake(t, kind, error);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct tls *t = poll->data;
    ERR_clear_error();
    switch (t->phase) {
    case PHASE_HANDSHAKE:
        step_handshake(t);
        break;
    case PHASE_CLOSING:
        step_closing(t);
        break;
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct tls *t = timer->data;
    if (t->phase == PHASE_CLOSING)
        tell(t);
    else
        fail(t, OUTCOME_TIMEOUT, "handshake_timeout");
}

/* ---- begin and end ---- */

#define ALPN_MAX 256 /* octets of the list, as sent */

/* "h2,http/1.1" as ALPN's list: each word behind its length. */
static bool read_alpn(const char *words, unsigned char list[static ALPN_MAX], size_t *ret_len)
{
    size_t len = 0;
    while (*words) {
        size_t word = strcspn(words, ",");
        if (word == 0 || word > 255 || len + 1 + word > ALPN_MAX)
            return false;
        list[len++] = (unsigned char)word;
        memcpy(list + len, words, word);
        len += word;
        words += word + (words[word] == ',');
    }
    *ret_len = len;
    return true;
}

bool tls_alpn_valid(const char *words)
{
    unsigned char list[ALPN_MAX];
    size_t len;
    return read_alpn(words, list, &len);
}

static bool set_alpn(SSL *ssl, const char *words)
{
    unsigned char list[ALPN_MAX];
    size_t len;
    return read_alpn(words, list, &len) && (len == 0 || SSL_set_alpn_protos(ssl, list, (unsigned)len) == 0);
}

bool tls_set_host(struct ssl_st *ssl, const char *host)
{
    uint8_t address[16];
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1; /* no SNI: RFC 6066 section 3 */
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

void tls_judge_at(void *context, int64_t wall_us)
{
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), (time_t)(wall_us / 1000000));
}

static int prepare(struct tls *t, const struct tls_request *request, struct fault *f)
{
    t->context = SSL_CTX_new(TLS_client_method());
    if (!t->context)
        return fault_set(f, -ENOMEM, _("cannot start TLS"));
    /* Old versions and weak ciphers are spoken, so that they can be measured. */
    SSL_CTX_set_security_level(t->context, 0);
    SSL_CTX_set_min_proto_version(t->context, TLS1_VERSION);
    SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, on_verify);
    tls_judge_at(t->context, request->at_us);
    tls_watch_alerts(t->context, &t->alert);
    int r = request->ca_file ? SSL_CTX_load_verify_locations(t->context, request->ca_file, NULL)
                             : SSL_CTX_set_default_verify_paths(t->context);
    if (r != 1)
        return fault_set(f, -ENOENT, _("cannot read certificates of authorities from %s"),
                         request->ca_file ? request->ca_file : X509_get_default_cert_dir());
    t->ssl = SSL_new(t->context);
    if (!t->ssl)
        return fault_set(f, -ENOMEM, _("cannot start TLS"));
    SSL_set_app_data(t->ssl, t);
    X509_VERIFY_PARAM_set_auth_level(SSL_get0_param(t->ssl), AUTH_LEVEL);
    if (!tls_set_host(t->ssl, request->host))
        return fault_set(f, -EINVAL, _("'%s' is no name of a TLS server"), request->host);
    if (request->alpn && !set_alpn(t->ssl, request->alpn))
        return fault_set(f, -EINVAL, _("alpn: '%s' is not a list such as h2,http/1.1"), request->alpn);
    return 0;
}

static void tls_release(struct tls *t)
{
    SSL_free(t->ssl);
    SSL_CTX_free(t->context);
    close_fd(&t->fd);
    free(t);
}

int tls_new(const struct tls_request *request, struct tls **ret, struct fault *f)
{
    struct tls *t = alloc_zero(1, sizeof *t);
    t->fd = -1;
    t->timeout_us = request->timeout_us;
    int r = prepare(t, request, f);
    if (r < 0) {
        tls_release(t);
        return r;
    }
    *ret = t;
    return 0;
}

void tls_open(struct tls *t, uv_loop_t *loop, int fd, tls_fn fn, void *user)
{
    t->fd = fd;
    t->fn = fn;
    t->user = user;
    t->open = true;
    uv_timer_init(loop, &t->timer);
    uv_poll_init(loop, &t->poll, fd);
    t->poll.data = t->timer.data = t;
    SSL_set_fd(t->ssl, fd);
    moment_now(&t->began);
    uv_timer_start(&t->timer, on_timer, (uint64_t)(t->timeout_us + 999) / 1000, 0);
    uv_poll_start(&t->poll, UV_WRITABLE, on_poll);
}

static void on_closed(uv_handle_t *handle)
{
    struct tls *t = handle->data;
    if (--t->closing == 0)
        tls_release(t);
}

void tls_close(struct tls *t)
{
    if (!t || t->closed)
        return;
    if (!t->open) {
        tls_release(t);
        return;
    }
    t->closed = true;
    t->closing = 2;
    uv_close((uv_handle_t *)&t->poll, on_closed);
    uv_close((uv_handle_t *)&t->timer, on_closed);
}
