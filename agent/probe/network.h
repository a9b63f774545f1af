/* Which network this box is on, and which addresses are its own: those of its
 * interfaces, and the public prefixes under which a collector has seen it
 * (acknowledgements name them, already cut to /24 or /48).
 *
 * The prefixes are kept in state_dir/network.json, {"seen":["192.0.2.0/24",…]},
 * newest first: a box that restarts knows at once what to cut out of its
 * results, and a line whose address changes every night is known by its last
 * few prefixes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#include "common/alloc.h"
#include "common/fault.h"

/* Interfaces of a home box have a handful of addresses; of a router, dozens. */
#define NETWORK_OWN_MAX  64
#define NETWORK_SEEN_MAX 8
#define NETWORK_TEXT_MAX 50 /* "2001:db8:1::/48" and NUL */

struct network_prefix {
    int family;              /* AF_INET (then /24) or AF_INET6 (then /48) */
    struct in6_addr address; /* the first 4 octets for AF_INET; what follows the prefix is zero */
};

struct network {
    const char *state_dir;                      /* borrowed; NULL: nothing is kept */
    struct network_prefix own[NETWORK_OWN_MAX]; /* whole addresses, loopback left out */
    size_t own_count;
    struct network_prefix seen[NETWORK_SEEN_MAX]; /* newest first */
    size_t seen_count;
    /* Where it is now: "" when not known. */
    char link[16]; /* ethernet, wifi, mobile, ppp, other */
    char net[NETWORK_TEXT_MAX], net6[NETWORK_TEXT_MAX];
};

/* Reads what is kept; a file that is absent or damaged gives an empty list. */
void network_init(struct network *n, const char *state_dir);

/* Looks at the interfaces and at the way out. Another link means that the
 * prefixes of now are not known until the next acknowledgement. True when link,
 * net or net6 changed. */
bool network_look(struct network *n);

/* A prefix that the collector saw ("192.0.2.0/24", "2001:db8:1::/48"), kept
 * durably when it is new. Loopback and what is no prefix are ignored. True when
 * net or net6 changed. */
bool network_seen(struct network *n, const char *text);

/* Is the address (4 octets or 16) this box's own: one of its interfaces? */
bool network_is_own(const struct network *n, int family, const void *address);
/* Does it tell where this box is: its own, under a prefix seen, or under the
 * /48 of a global address of its own? */
bool network_tells(const struct network *n, int family, const void *address);

/* Adds an address of its own; for tests. */
void network_add_own(struct network *n, int family, const void *address);
