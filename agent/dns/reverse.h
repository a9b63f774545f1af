/* The name that an address has in the reverse tree: "1.2.0.192.in-addr.arpa."
 * (RFC 1035 section 3.5), of IPv6 nibble by nibble (RFC 3596 section 2.5). */
#pragma once

#include <sys/socket.h>

#define REVERSE_NAME_SIZE 74

const char *reverse_name(const struct sockaddr_storage *addr, char ret[static REVERSE_NAME_SIZE]);
