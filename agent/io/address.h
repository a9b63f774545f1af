/* The address of a host, IPv4 or IPv6, with a port: what sockets take. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

#include "common/alloc.h"
#include "common/fault.h"

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0" (RFC 4007 section
 * 11); the port is 0. -EINVAL: no address. -EDESTADDRREQ: a link-local one
 * without its interface, which would reach nobody. -ENODEV: this host has no
 * such interface, at the moment. f (may be NULL) has reason and cure; ret is
 * untouched then. */
int address_read(const char *text, struct sockaddr_storage *ret, struct fault *f) CHECKED;
/* The same, also with a port behind: "192.0.2.1:5353", "[2001:db8::1]:5353";
 * the port where none stands is `port`. */
int address_read_port(const char *text, uint16_t port, struct sockaddr_storage *ret, struct fault *f) CHECKED;

int address_version(const struct sockaddr_storage *a); /* 4 or 6 */
uint16_t address_port(const struct sockaddr_storage *a);
void address_set_port(struct sockaddr_storage *a, uint16_t port);

/* What it is where it is no host's: unspecified (which sockets take for this
 * host), multicast, broadcast (of all networks: that of one is the interface's
 * to know); NULL for one that may be a host's. */
const char *address_no_host(const struct sockaddr_storage *a);

bool address_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b); /* host and port */
bool address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
/* The same /24 or /48: what one operator holds as a rule. */
bool address_same_network(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
