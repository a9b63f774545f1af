/* What a measurement may reach: the public Internet, and of what is private,
 * loopback or link-local
 *
 *   - a task from the collector: nothing, ever;
 *   - a task of the configuration file: all with allow_private_targets = yes;
 *   - `measure`, which is its owner speaking: what was typed, be it an address or
 *     a name. Where answers lead (a redirect, the servers of a zone) is not
 *     their word but a stranger's: private addresses only with --allow-private
 *     (or that key), save that a page may lead back to the address it came from,
 *     as a router's does that sends to its own https.
 *
 * Checked after every resolution and on every redirect. */
#pragma once

#include <stdbool.h>

#include <sys/socket.h>

#include "common/alloc.h"
#include "common/fault.h"

struct policy {
    bool allow_private;
    bool typed; /* the target is its owner's own word */
};

/* Where an answer led: 0, or -EACCES with the address and the cure in f. */
int policy_check(const struct policy *p, const struct sockaddr *addr, struct fault *f) CHECKED;
/* The same of the target itself, or of what its name means. */
int policy_check_target(const struct policy *p, const struct sockaddr *addr, struct fault *f) CHECKED;

/* Is it outside the public unicast Internet (RFC 6890 registries, multicast)? */
bool policy_is_private(const struct sockaddr *addr);
