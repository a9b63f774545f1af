/* When a TCP connection's first packets crossed the wire: a packet socket that
 * takes SYN and SYN+ACK from and to one address, with the kernel's stamps.
 * TCP_INFO's own time contains the way through this host's stack both ways,
 * tens of microseconds; these stamps do not. Needs CAP_NET_RAW. */
#pragma once

#include <stdint.h>

#include <sys/socket.h>

#include "common/alloc.h"

struct syn_watch;

/* connections: at most so many are told apart. -EPERM, or another -errno where
 * the kernel has no packet sockets. */
int syn_watch_open(const struct sockaddr *peer, size_t connections, struct syn_watch **ret) CHECKED;
void syn_watch_close(struct syn_watch *w); /* accepts NULL */

struct syn_seen {
    int64_t syn_ns, answer_ns; /* CLOCK_REALTIME; the first SYN's, and the first answer's */
    unsigned syns;             /* how often it was sent */
};

/* What was seen of the connection from this local port (host order). -ENOENT
 * when not both its SYN and an answer were. */
int syn_watch_find(struct syn_watch *w, uint16_t port, struct syn_seen *ret) CHECKED;
