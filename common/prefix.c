#include "common/prefix.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

#define BITS4 24
#define BITS6 48

struct parsed {
    int family;
    uint8_t octets[16];
    unsigned long bits; /* as told; the family's own when nothing is */
};

/* An IPv4 address in IPv6's clothes is told with the octets before it as so many
 * bits more: mapped (RFC 4291), of NAT64 (RFC 6052), of 6to4 (RFC 3056), whose /48
 * is a whole address of IPv4. */
static void undress(struct parsed *p)
{
    static const struct {
        uint8_t octets[12];
        unsigned long len;
    } clothes[] = {{{[10] = 0xff, [11] = 0xff}, 12}, {{0, 0x64, 0xff, 0x9b}, 12}, {{0x20, 0x02}, 2}};
    for (size_t i = 0; p->family == AF_INET6 && i < COUNT(clothes); i++)
        if (!memcmp(p->octets, clothes[i].octets, clothes[i].len)) {
            p->family = AF_INET;
            memmove(p->octets, p->octets + clothes[i].len, 4);
            p->bits = p->bits > 8 * clothes[i].len ? p->bits - 8 * clothes[i].len : 0;
        }
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
