/* The name servers that /etc/resolv.conf gives this host, in its order: each
 * has its place, also one that cannot be asked, or `nth` would be another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <sys/socket.h>

#include "common/fault.h"

/* The C library takes three of them; more would be a mistake or an attack. */
#define NAMESERVERS_MAX 8

struct nameserver {
    struct sockaddr_storage addr; /* with its port and interface; AF_UNSPEC: it cannot be asked */
    int version;                  /* 4, 6, or 0 when what stands there is no address at all */
    struct fault why;             /* it cannot be asked */
};

/* An address, also with an interface (fe80::1%eth0, what a home router's
 * advertisement gives) or a port ([2001:db8::1]:5353). */
void nameserver_read(const char *text, struct nameserver *ret);

/* Returns how many; none when there is no such file. */
size_t nameservers_load(const char *path, struct nameserver *ret, size_t max);
