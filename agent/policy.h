/* What a measurement may reach. A task from the collector never reaches
 * private, loopback or link-local addresses; the owner's own tasks and
 * `measure` do with allow_private_targets = yes. Checked after every
 * resolution and on every redirect. */
#pragma once

#include <stdbool.h>

#include <sys/socket.h>

#include "common/alloc.h"
#include "common/fault.h"

struct policy {
    bool allow_private;
};

/* 0, or -EACCES with the address and the cure in f. */
int policy_check(const struct policy *p, const struct sockaddr *addr, struct fault *f) CHECKED;

/* Is it outside the public unicast Internet (RFC 6890 registries, multicast)? */
bool policy_is_private(const struct sockaddr *addr);
