/* One TCP connection being made, with what the kernel measured of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>
#include <uv.h>

#include "common/alloc.h"

struct connected {
    int error;      /* 0, or negative errno: -ECONNREFUSED, -ETIMEDOUT, -EHOSTUNREACH… */
    double seen_ms; /* from the call to the event, as the program saw it */
    /* From SYN to SYN+ACK: between the stamps of a watch, otherwise by the
     * kernel's clock (TCP_INFO), without the program's delays; NaN when it failed, and when the SYN had to be sent
     * again: an answer to one of two cannot be told from one to the other (Karn and Partridge, SIGCOMM 1987). */
    double rtt_ms;
    bool resent;
    bool stamped; /* rtt_ms is the watch's */
};

/* Called once from the loop, never from inside connect_open. May close it or
 * take its socket. */
typedef void (*connect_fn)(void *user, const struct connected *event);

struct connect;
struct syn_watch; /* agent/io/syn.h */

struct connect *connect_open(uv_loop_t *loop, const struct sockaddr *peer, int64_t timeout_us, connect_fn fn,
                             void *user);

/* Right after connect_open: its stamps serve for rtt_ms. Borrowed until the
 * event; may be NULL. */
void connect_watch(struct connect *c, struct syn_watch *watch);

/* After a good event: the connected, non-blocking socket, now the caller's. */
int connect_take(struct connect *c) CHECKED;

/* Octets on the wire that making and ending the connection costs, headers
 * included; the ending is still to come. */
int64_t connect_wire_bytes(const struct connect *c);

void connect_close(struct connect *c); /* accepts NULL; frees once the loop has let go */
