/* The one step between a result and the journal: what tells where the probe is
 * gets cut to its prefix, /24 for IPv4 and /48 for IPv6, wherever it stands:
 * in the address, the target, the task's name, and in every string and member
 * name of the detail, alone or in the middle of a text (first hops, ECS, what
 * a whoami service answered, host names made of an address, raw packets).
 *
 * The address measured stays as it is unless it is one of the box's own
 * interfaces: a target in the probe's neighbourhood is still a target.
 * Loopback stays. */
#pragma once

#include "agent/probe/network.h"
#include "common/buf.h"
#include "common/result.h"

void redact_result(const struct network *n, struct result *r);

/* Appends text with the probe's addresses cut. "192.0.2.7" becomes
 * "192.0.2.0", "192.0.2.7/32" "192.0.2.0/24", "2001:db8:1:2::3" "2001:db8:1::";
 * dotted quads are found with dots, hyphens or underscores between them, in
 * order and reversed (in-addr.arpa), IPv6 addresses also with hyphens for their
 * colons and as the nibbles of ip6.arpa. Returns whether anything changed. */
bool redact_text(const struct network *n, const char *text, size_t len, struct buf *out);
