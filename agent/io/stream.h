/* One TCP connection that carries messages with a 16-bit length in front, as
 * DNS does (RFC 1035 section 4.2.2, RFC 7766): one message is sent as soon as
 * the connection stands, those that come are handed over whole. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <uv.h>

#include "agent/io/moment.h"
#include "common/alloc.h"

struct stream_event {
    const uint8_t *bytes; /* a message, valid during the call; NULL: the connection ended */
    size_t len;
    int error; /* when it ended: negative errno, 0 when the peer closed it */
    struct moment at;
};

/* Called from the loop; never after the end was told. May close the stream. */
typedef void (*stream_fn)(void *user, const struct stream_event *event);

struct stream;

/* Connects to peer and sends the message (1..65535 octets). Failures come as
 * events. */
struct stream *stream_open(uv_loop_t *loop, const struct sockaddr *peer, const void *message, size_t len, stream_fn fn,
                           void *user);

/* Octets on the wire so far: what TCP counted, with IP and TCP headers, and
 * the closing of the connection that is still to come. */
int64_t stream_wire_bytes(const struct stream *s);

void stream_close(struct stream *s); /* accepts NULL; frees once the loop has let go */
