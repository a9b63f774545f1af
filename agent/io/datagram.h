/* A datagram socket on the loop, UDP or ICMP echo, that hands over everything
 * the kernel knows of its traffic: what came and when, when what we sent left,
 * and the ICMP errors it drew with who sent them and what they quote. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

#include "agent/io/moment.h"
#include "common/alloc.h"
#include "common/fault.h"
#include "common/outcome.h"

enum datagram_kind {
    DATAGRAM_UDP,
    DATAGRAM_ECHO, /* ICMP echo: a datagram socket where this group may, a raw one with CAP_NET_RAW */
};

enum datagram_what {
    DATAGRAM_RECEIVED, /* bytes: UDP payload, or the ICMP message from its type on */
    DATAGRAM_SENT,     /* the kernel's send stamp; bytes: our packet with link, IP and transport headers */
    DATAGRAM_ERROR,    /* an ICMP error; bytes: what it quotes, after the UDP header or from the ICMP header on */
};

struct datagram_event {
    enum datagram_what what;
    const uint8_t *bytes; /* the socket's, valid during the call */
    size_t len;
    struct moment at;
    struct sockaddr_storage from; /* sender of the packet or of the error; AF_UNSPEC when unknown */
    int ttl;                      /* as it arrived, -1 when unknown */
    uint8_t type, code;           /* DATAGRAM_ERROR: ICMP's, in the socket's version */
    bool local;                   /* DATAGRAM_ERROR: this host's own refusal (errno in error), no ICMP */
    int error;                    /* DATAGRAM_ERROR: positive errno that the kernel derived */
};

/* Called from the loop. May close the socket. */
typedef void (*datagram_fn)(void *user, const struct datagram_event *event);

struct datagram;

/* The kernel starts to stamp packets a moment after the first socket of the
 * host asks for it: wait this long before the first send. */
#define DATAGRAM_WARM_UP_MS 5

/* af is 4 or 6. -EPERM says in f what Linux would have to allow. */
int datagram_open(uv_loop_t *loop, enum datagram_kind kind, int af, datagram_fn fn, void *user, struct datagram **ret,
                  struct fault *f) CHECKED;
void datagram_close(struct datagram *d); /* accepts NULL; frees once the loop has let go */

/* UDP: takes a local port; -EADDRINUSE when another socket has it. */
int datagram_bind(struct datagram *d, uint16_t port) CHECKED;
/* Only packets from this peer come in; sends go there. -ENETUNREACH and the
 * like when there is no route. */
int datagram_connect(struct datagram *d, const struct sockaddr *peer) CHECKED;
int datagram_set_ttl(struct datagram *d, int ttl) CHECKED; /* also the hop limit, 1..255 */
int datagram_set_tos(struct datagram *d, int tos) CHECKED; /* also the traffic class, 0..255 */

/* to: NULL on a connected socket. ttl: 0 for the socket's. 0 or -errno; the
 * errors of earlier packets are not returned here. */
int datagram_send(struct datagram *d, const struct sockaddr *to, const void *bytes, size_t len, int ttl,
                  struct moment *ret_sent) CHECKED;

/* The echo identifier to put into requests, and to expect in replies: negative
 * when the kernel writes and checks it. */
int datagram_echo_id(const struct datagram *d);

/* Octets of the IP header (without options) in front of each packet. */
int datagram_ip_header(const struct datagram *d);

/* What a measurement becomes when a socket call failed with this errno, of
 * either sign, and why: what is denied, with where to look. */
enum outcome datagram_outcome(int error);
const char *datagram_why(int error);
const char *datagram_cause(int error); /* the same as one word (common/cause.h) */

/* Can this host open ICMP sockets? 0, or -EPERM with the cure. */
int datagram_echo_able(struct fault *f) CHECKED;
