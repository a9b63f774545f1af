/* One TLS connection that carries DNS messages with a 16-bit length in front
 * (DNS over TLS, RFC 7858): one message is sent as soon as the handshake is
 * over, those that come are handed over whole. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <uv.h>

#include "agent/io/moment.h"
#include "common/alloc.h"
#include "common/fault.h"

struct secure_request {
    const struct sockaddr *peer;
    const char *host;    /* that the certificate must bear; NULL: whatever it is worth (RFC 7858 section 4.1) */
    const char *ca_file; /* PEM; NULL: the system's */
    int64_t at_us;       /* when the certificate is judged, Unix */
    const void *message; /* 1..65535 octets, copied */
    size_t len;
    int64_t timeout_us; /* for the connect */
};

struct secure_event {
    const uint8_t *bytes; /* a message, valid during the call; NULL: the connection ended */
    size_t len;
    const char *tls; /* when it ended: what is wrong with TLS or the certificate (common/cause.h); NULL: nothing */
    int error;       /* when it ended otherwise: negative errno, 0 when the peer closed it */
    double tls_ms;   /* what the handshake took; 0 while it is not over */
    struct moment at;
};

/* Called from the loop; never after the end was told. May close it. */
typedef void (*secure_fn)(void *user, const struct secure_event *event);

struct secure;

/* -ENOENT: no such ca_file. Other failures come as events. */
int secure_open(uv_loop_t *loop, const struct secure_request *request, secure_fn fn, void *user, struct secure **ret,
                struct fault *f) CHECKED;
int64_t secure_wire_bytes(const struct secure *s); /* so far, headers included */
void secure_close(struct secure *s);               /* accepts NULL; frees once the loop has let go */
