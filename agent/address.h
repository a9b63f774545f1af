/* The address of a host, IPv4 or IPv6, with a port: what sockets take. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

int address_version(const struct sockaddr_storage *a); /* 4 or 6 */
void address_set_port(struct sockaddr_storage *a, uint16_t port);

bool address_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b); /* host and port */
bool address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
/* The same /24 or /48: what one operator holds as a rule. */
bool address_same_network(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

#define ADDRESS_NETWORK_SIZE 50 /* "2001:db8:1::/48" and NUL */
/* The network of an address in text: "192.0.2.7" and "192.0.2.7/32" become
 * "192.0.2.0/24", an IPv6 one its /48; a wider prefix stays as wide. False when
 * text is no address. */
bool address_network(const char *text, char ret[static ADDRESS_NETWORK_SIZE]);
