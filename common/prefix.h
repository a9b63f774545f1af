/* The network of an address, which is all that is kept, sent and logged of where
 * somebody is: /24 of IPv4, /48 of IPv6. The one place that cuts. */
#pragma once

#include <stdbool.h>

#define PREFIX_TEXT_SIZE 50 /* "2001:db8:1::/48" and NUL */

/* "192.0.2.7" and "192.0.2.7/32" become "192.0.2.0/24", an IPv6 one its /48, and
 * an IPv4 one in IPv6's clothes (mapped, NAT64, 6to4) is IPv4; a wider prefix
 * stays as wide. False when text is no address, with ret untouched. */
bool prefix_cut(const char *text, char ret[static PREFIX_TEXT_SIZE]);
/* Is it as wide as a network is here, and no wider? */
bool prefix_is_network(const char *prefix);
