#include "agent/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
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

bool address_network(const char *text, char ret[static ADDRESS_NETWORK_SIZE])
{
    char host[INET6_ADDRSTRLEN];
    uint8_t octets[16];
    size_t len = strcspn(text, "/");
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    int family = strchr(host, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, host, octets) != 1)
        return false;
    unsigned long bits = family == AF_INET ? 24 : 48, told = text[len] ? strtoul(text + len + 1, NULL, 10) : bits;
    if (told < bits)
        bits = told;
    for (size_t i = 0; i < (family == AF_INET ? 4 : 16); i++)
        octets[i] &= (uint8_t)(i < bits / 8 ? 0xff : i == bits / 8 ? 0xff00 >> bits % 8 : 0);
    snprintf(ret, ADDRESS_NETWORK_SIZE, "%s/%lu", inet_ntop(family, octets, host, sizeof host), bits);
    return true;
}
