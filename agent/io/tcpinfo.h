/* What the kernel counts of a TCP connection. In a file of its own because the
 * kernel's header and libc's, which libuv includes, define the same names. */
#pragma once

#include <stdint.h>

#include "common/alloc.h"

/* Segments both ways so far, or 0 when fd is no connected TCP socket. */
int64_t tcpinfo_segments(int fd);

struct tcpinfo {
    int64_t acked_bytes, received_bytes; /* of payload, by the peer and by us */
    double rtt_ms, rtt_var_ms;           /* smoothed, of what this end sent */
    double min_rtt_ms;                   /* 0 when the kernel does not tell */
    int64_t cwnd, mss;                   /* segments, octets */
    int64_t retrans;                     /* segments sent again so far */
};

/* -ENOTCONN when fd is no connected TCP socket. */
int tcpinfo_read(int fd, struct tcpinfo *ret) CHECKED;
