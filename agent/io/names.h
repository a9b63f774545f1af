/* Name resolution on the loop, by c-ares. Every name that the agent needs
 * outside its DNS checks goes through here; never getaddrinfo. */
#pragma once

#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

#include "agent/io/nameservers.h"
#include "common/alloc.h"
#include "common/fault.h"

#define NAMES_ADDRESSES_MAX 16

struct names;
struct names_query;

struct names_answer {
    int error;                   /* 0; -ENOENT no such name or no address; -ETIMEDOUT; -EIO server failure */
    const char *cause;           /* why (common/cause.h) */
    char reason[FAULT_TEXT_MAX]; /* the same for people */
    struct sockaddr_storage addrs[NAMES_ADDRESSES_MAX]; /* ports are 0 */
    size_t count;
    double ms; /* time the lookup took; 0 for a literal */
};

/* Called from the loop, never from inside names_lookup. */
typedef void (*names_done_fn)(void *user, const struct names_answer *answer);

int names_new(uv_loop_t *loop, struct names **ret, struct fault *f) CHECKED;
void names_free(struct names *n); /* pending queries are dropped without a call */

/* family: 4, 6 or 0 for both. Addresses (address_read) are answered without a
 * query; what is no host name (hostname_read) is -ENOENT without one. */
struct names_query *names_lookup(struct names *n, const char *host, int family, int64_t timeout_us, names_done_fn done,
                                 void *user);
void names_cancel(struct names_query *q);

/* Asks these servers from now on, "192.0.2.1,[2001:db8::1]:5353", and no longer
 * follows the system's. -EINVAL when the list is not one, -EBUSY while a lookup
 * is under way. */
int names_use_servers(struct names *n, const char *list, struct fault *f) CHECKED;

/* The system's resolvers as they stand in /etc/resolv.conf, borrowed until the
 * next call of any of these; returns how many. */
size_t names_servers(struct names *n, const struct nameserver **ret);
