/* The address of a host, IPv4 or IPv6, with a port: what sockets take. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

int address_version(const struct sockaddr_storage *a); /* 4 or 6 */
void address_set_port(struct sockaddr_storage *a, uint16_t port);

/* What it is where it is no host's: unspecified (which sockets take for this
 * host), multicast, broadcast (of all networks: that of one is the interface's
 * to know); NULL for one that may be a host's. */
const char *address_no_host(const struct sockaddr_storage *a);

bool address_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b); /* host and port */
bool address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
/* The same /24 or /48: what one operator holds as a rule. */
bool address_same_network(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
