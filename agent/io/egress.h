/* By which of this host's interfaces packets to an address leave, and whether
 * it still carries them: a cable that was pulled, a modem that hung up, a WLAN
 * that is gone look like a silent peer to a socket. */
#pragma once

#include <stdbool.h>

#include <net/if.h>
#include <sys/socket.h>

#include "common/alloc.h"

struct egress {
    char names[4][IF_NAMESIZE]; /* "": none */
};

/* peer NULL: of any host on the Internet, by IPv4 and by IPv6, and on a host
 * without a way there every interface that is up. Where there is no route to
 * peer it knows none. */
void egress_find(const struct sockaddr *peer, struct egress *ret);

/* Is one of them down, without carrier, or gone? False when none is known. */
bool egress_is_down(const struct egress *e);

/* Is it the broadcast address of a network that this host is in? */
bool egress_is_broadcast(const struct sockaddr *peer);
