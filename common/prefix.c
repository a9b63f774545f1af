#include "common/prefix.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BITS4 24
#define BITS6 48

struct parsed {
    int family;
    uint8_t octets[16];
    unsigned long bits; /* as told; the family's own when nothing is */
};

/* "192.0.2.7" in IPv6's clothes is told with 96 bits more. */
static void undress(struct parsed *p)
{
    if (p->family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)p->octets))
        return;
    p->family = AF_INET;
    memmove(p->octets, p->octets + 12, 4);
    p->bits = p->bits > 96 ? p->bits - 96 : 0;
}

static bool parse(const char *text, struct parsed *ret)
{
    char host[INET6_ADDRSTRLEN];
    size_t len = strcspn(text, "/");
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    *ret = (struct parsed){.family = strchr(host, ':') ? AF_INET6 : AF_INET, .bits = 128};
    if (inet_pton(ret->family, host, ret->octets) != 1)
        return false;
    if (text[len])
        ret->bits = strtoul(text + len + 1, NULL, 10);
    undress(ret);
    return true;
}

bool prefix_cut(const char *text, char ret[static PREFIX_TEXT_SIZE])
{
    struct parsed p;
    char host[INET6_ADDRSTRLEN];
    if (!parse(text, &p))
        return false;
    unsigned long bits = p.family == AF_INET ? BITS4 : BITS6;
    if (p.bits < bits)
        bits = p.bits;
    for (size_t i = 0; i < sizeof p.octets; i++)
        p.octets[i] &= (uint8_t)(i < bits / 8 ? 0xff : i == bits / 8 ? 0xff00 >> bits % 8 : 0);
    snprintf(ret, PREFIX_TEXT_SIZE, "%s/%lu", inet_ntop(p.family, p.octets, host, sizeof host), bits);
    return true;
}

bool prefix_is_network(const char *prefix)
{
    const char *slash = strchr(prefix, '/');
    return slash && strcmp(slash + 1, strchr(prefix, ':') ? "48" : "24") == 0;
}
