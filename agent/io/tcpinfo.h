/* What the kernel counts of a TCP connection. In a file of its own because the
 * kernel's header and libc's, which libuv includes, define the same names. */
#pragma once

#include <stdint.h>

/* Segments both ways so far, or 0 when fd is no connected TCP socket. */
int64_t tcpinfo_segments(int fd);
