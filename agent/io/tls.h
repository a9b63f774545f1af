/* One TLS handshake on a connected socket, and what the server showed in it:
 * OpenSSL, on the loop. The handshake is carried through whatever is wrong with
 * the certificates, so that all of it can be told. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "common/alloc.h"
#include "common/fault.h"
#include "common/outcome.h"
#include "common/sign.h"

#define TLS_CHAIN_ERRORS_MAX 8

struct tls_request {
    const char *host;    /* for SNI and for the certificate: a name or an address */
    const char *alpn;    /* "h2,http/1.1", or NULL to offer nothing */
    const char *ca_file; /* PEM; NULL: the system's */
    int64_t at_us;       /* when the certificates are judged, Unix */
    int64_t timeout_us;
};

struct tls_answer {
    enum outcome outcome; /* ok once the handshake is through, whatever the chain is worth */
    const char *cause; /* why not ok (common/cause.h); with ok: the server's alert right after the handshake, or NULL */
    char reason[160];  /* the same for people */
    double ms;         /* from the first octet sent to the last needed */
    int version;       /* 10, 11, 12, 13 for TLS 1.0 to 1.3; 0 when none was agreed */
    char cipher[64], group[32], alpn[32];
    /* The server's own certificate. */
    bool has_certificate;
    int64_t not_before_us, not_after_us; /* Unix */
    char subject[256], issuer[256];      /* RFC 2253 */
    char key[48];                        /* "EC 256" */
    uint8_t spki[HASH_SIZE];             /* SHA-256 of its SubjectPublicKeyInfo */
    size_t chain_count;                  /* certificates sent */
    /* What is wrong with the chain, in the order found; none: it is good. */
    struct tls_chain_error {
        const char *word; /* "expired", "self_signed", "wrong_host"… */
        const char *text; /* for people */
        int depth;        /* 0 is the server's own certificate */
    } errors[TLS_CHAIN_ERRORS_MAX];
    size_t error_count;
    int64_t wire_bytes; /* headers included */
};

/* Called once from the loop, never from inside tls_open. The answer goes with
 * the call. */
typedef void (*tls_fn)(void *user, const struct tls_answer *answer);

/* Is it such a list of protocols? "" is one of none. */
bool tls_alpn_valid(const char *words);

struct tls;

/* Everything that takes time but is not the handshake's: reading certificates
 * of authorities. -ENOENT: no such ca_file. */
int tls_new(const struct tls_request *request, struct tls **ret, struct fault *f) CHECKED;
/* Begins; the socket is connected and non-blocking, and tls's from here on. */
void tls_open(struct tls *t, uv_loop_t *loop, int fd, tls_fn fn, void *user);
void tls_close(struct tls *t); /* at any time; accepts NULL; frees once the loop has let go */

/* Sets SNI and the name or address that the certificate must bear; false when
 * host is neither. For the other user of OpenSSL in this folder. */
struct ssl_st;
bool tls_set_host(struct ssl_st *ssl, const char *host);
/* Notes the fatal alert that the peer sends (RFC 8446 section 6) in *alert,
 * which lives as long as what context, OpenSSL's SSL_CTX, makes. Also for
 * libcurl's. */
void tls_watch_alerts(void *context, int *alert);
const char *tls_alert_word(int alert);
/* Why OpenSSL gave up (common/cause.h): the alert, where there was one (0: none),
 * or what it says itself of what came. Its queue of errors is as it left it. */
const char *tls_failure_word(int alert);
/* What is no TLS broke its protocol, all else is an error of TLS. */
enum outcome tls_failure_outcome(const char *cause);

/* "expired", "wrong_host"…: the word for OpenSSL's X509_V_ERR_…. */
const char *tls_chain_word(int error);
/* Certificates are judged at this moment (Unix, µs) instead of by the system's
 * clock; context is OpenSSL's SSL_CTX. Also for libcurl's. */
void tls_judge_at(void *context, int64_t wall_us);
