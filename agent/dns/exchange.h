/* One question to one DNS server, over UDP, TCP, TLS (RFC 7858) or HTTPS
 * (RFC 8484), until it is answered or given up. What every DNS check shares. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "agent/io/env.h"
#include "agent/dns/packet.h"
#include "common/outcome.h"

#define EXCHANGE_RETRIES_MAX 5

enum exchange_transport { EXCHANGE_UDP, EXCHANGE_TCP, EXCHANGE_TLS, EXCHANGE_HTTPS };
extern const char *const exchange_transports[]; /* their words, NULL-terminated */

struct exchange_question {
    struct packet_query query;      /* its strings and options are borrowed until done; id is chosen here */
    struct sockaddr_storage server; /* with its port; not for HTTPS */
    enum exchange_transport transport;
    bool tcp_fallback;           /* ask again by TCP when the UDP answer is truncated */
    int timeout_ms;              /* for each attempt's answer */
    int retries;                 /* further attempts after a timeout, 0..EXCHANGE_RETRIES_MAX */
    const char *tls_name;        /* TLS: the name that the certificate must bear; NULL: not verified */
    const char *ca_file;         /* TLS, HTTPS: whom to believe, PEM; NULL: the system's */
    const char *url;             /* HTTPS, borrowed until done */
    int family;                  /* HTTPS: 4, 6 or 0 */
    const struct policy *policy; /* HTTPS, borrowed until done */
};

struct exchange_answer {
    enum outcome outcome;        /* ok when the server answered with a DNS message, whatever its rcode */
    const char *cause;           /* why not ok (common/cause.h) */
    char reason[160];            /* the same for people */
    bool unsent;                 /* this host could not even send: no route, a firewall of its own */
    bool closed;                 /* TCP, TLS: the peer closed the connection in good order (FIN) and had not answered */
    const struct packet *packet; /* when ok; bytes are its wire form; valid during the call */
    const uint8_t *bytes;
    size_t len;
    enum exchange_transport transport; /* that answered, or failed last */
    int attempts;                      /* on that transport */
    double rt_ms;                      /* from the query's sending over UDP, from the connect otherwise */
    double tls_ms;                     /* TLS, HTTPS: of rt_ms, until the handshake was over */
    bool fell_back;                    /* a truncated UDP answer came before: */
    size_t truncated_len;
    double truncated_ms;
    /* What came and was no answer: from another source, with another id, to
     * another question, or no DNS message. */
    int wrong_source, wrong_id, wrong_question, malformed;
    char addr[46];      /* HTTPS: the server's address, "" when not connected */
    int64_t wire_bytes; /* both ways, headers included */
};

/* Called once from the loop, never from inside exchange_start. The exchange is
 * over: it must not be cancelled any more. */
typedef void (*exchange_fn)(void *user, const struct exchange_answer *answer);

struct exchange;

/* -EINVAL when the question cannot be written. */
int exchange_start(const struct env *env, const struct exchange_question *question, exchange_fn fn, void *user,
                   struct exchange **ret, struct fault *f) CHECKED;
void exchange_cancel(struct exchange *x); /* accepts NULL; fn is not called */
