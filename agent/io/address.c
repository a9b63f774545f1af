#include "agent/io/address.h"

#include <string.h>

#include <netinet/in.h>

static const struct sockaddr_in *four(const struct sockaddr_storage *a)
{
    return (const struct sockaddr_in *)a;
}

static const struct sockaddr_in6 *six(const struct sockaddr_storage *a)
{
    return (const struct sockaddr_in6 *)a;
}

int address_version(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET ? 4 : 6;
}

void address_set_port(struct sockaddr_storage *a, uint16_t port)
{
    if (a->ss_family == AF_INET)
        ((struct sockaddr_in *)a)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)a)->sin6_port = htons(port);
}

const char *address_no_host(const struct sockaddr_storage *a)
{
    if (a->ss_family == AF_INET6) {
        const struct in6_addr *v6 = &six(a)->sin6_addr;
        return IN6_IS_ADDR_UNSPECIFIED(v6) ? "unspecified" : IN6_IS_ADDR_MULTICAST(v6) ? "multicast" : NULL;
    }
    uint32_t v4 = ntohl(four(a)->sin_addr.s_addr);
    return v4 == INADDR_ANY         ? "unspecified"
           : v4 == INADDR_BROADCAST ? "broadcast"
           : IN_MULTICAST(v4)       ? "multicast"
                                    : NULL;
}

/* Are the first octets equal: so many of IPv4's four, of IPv6's sixteen? */
static bool same_octets(const struct sockaddr_storage *a, const struct sockaddr_storage *b, size_t len4, size_t len6)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return memcmp(&four(a)->sin_addr, &four(b)->sin_addr, len4) == 0;
    return memcmp(&six(a)->sin6_addr, &six(b)->sin6_addr, len6) == 0;
}

bool address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    return same_octets(a, b, 4, 16);
}

bool address_same_network(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    return same_octets(a, b, 3, 6);
}

bool address_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (!address_same_host(a, b))
        return false;
    return a->ss_family == AF_INET ? four(a)->sin_port == four(b)->sin_port : six(a)->sin6_port == six(b)->sin6_port;
}
