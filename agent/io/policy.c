/* The ranges are those of the IANA special-purpose address registries
 * (RFC 6890 and its updates), of multicast (RFC 5771, RFC 4291) and of what was
 * never unicast (class E). An IPv6 address that carries an IPv4 address is
 * judged by the address inside, because that is where the packets end. */
#include "agent/io/policy.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "common/lang.h"

struct range4 {
    uint32_t net;
    int bits;
};

#define V4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static const struct range4 ranges4[] = {
    {V4(0, 0, 0, 0), 8},       /* this host on this network, RFC 1122 */
    {V4(10, 0, 0, 0), 8},      /* private use, RFC 1918 */
    {V4(100, 64, 0, 0), 10},   /* carrier-grade NAT, RFC 6598 */
    {V4(127, 0, 0, 0), 8},     /* loopback, RFC 1122 */
    {V4(169, 254, 0, 0), 16},  /* link local, RFC 3927 */
    {V4(172, 16, 0, 0), 12},   /* private use, RFC 1918 */
    {V4(192, 0, 0, 0), 24},    /* protocol assignments, RFC 6890 */
    {V4(192, 0, 2, 0), 24},    /* documentation, RFC 5737 */
    {V4(192, 88, 99, 0), 24},  /* 6to4 relays, deprecated by RFC 7526 */
    {V4(192, 168, 0, 0), 16},  /* private use, RFC 1918 */
    {V4(198, 18, 0, 0), 15},   /* benchmarking, RFC 2544 */
    {V4(198, 51, 100, 0), 24}, /* documentation, RFC 5737 */
    {V4(203, 0, 113, 0), 24},  /* documentation, RFC 5737 */
    {V4(224, 0, 0, 0), 4},     /* multicast, RFC 5771 */
    {V4(240, 0, 0, 0), 4},     /* reserved and broadcast, RFC 1112, RFC 919 */
};

struct range6 {
    uint8_t net[16];
    int bits;
};

/* Global unicast is 2000::/3 (RFC 4291, the IANA registry); these are the
 * parts of it that are not public. */
static const struct range6 ranges6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments with Teredo and ORCHID, RFC 2928 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation, RFC 3849 */
    {{0x3f, 0xff, 0x00}, 20},       /* documentation, RFC 9637 */
};

/* Prefixes whose addresses carry an IPv4 address, and where. */
static const struct {
    uint8_t net[16];
    int bits, at;
} embeds[] = {
    {{[10] = 0xff, [11] = 0xff}, 96, 12}, /* IPv4-mapped, RFC 4291 */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},   /* NAT64, RFC 6052 */
    {{0x20, 0x02}, 16, 2},                /* 6to4, RFC 3056 */
};

static bool in_prefix(const uint8_t *addr, const uint8_t *net, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(addr, net, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((addr[whole] ^ net[whole]) >> (8 - rest)) == 0;
}

static bool v4_is_private(uint32_t addr)
{
    for (size_t i = 0; i < COUNT(ranges4); i++)
        if ((addr ^ ranges4[i].net) >> (32 - ranges4[i].bits) == 0)
            return true;
    return false;
}

static uint32_t v4_at(const uint8_t *bytes)
{
    return V4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

static bool v6_is_private(const uint8_t *addr)
{
    static const uint8_t global[16] = {0x20};
    for (size_t i = 0; i < COUNT(embeds); i++)
        if (in_prefix(addr, embeds[i].net, embeds[i].bits))
            return v4_is_private(v4_at(addr + embeds[i].at));
    for (size_t i = 0; i < COUNT(ranges6); i++)
        if (in_prefix(addr, ranges6[i].net, ranges6[i].bits))
            return true;
    return !in_prefix(addr, global, 3);
}

bool policy_is_private(const struct sockaddr *addr)
{
    if (addr->sa_family == AF_INET)
        return v4_is_private(ntohl(((const struct sockaddr_in *)addr)->sin_addr.s_addr));
    if (addr->sa_family == AF_INET6)
        return v6_is_private(((const struct sockaddr_in6 *)addr)->sin6_addr.s6_addr);
    return true;
}

int policy_check(const struct policy *p, const struct sockaddr *addr, struct fault *f)
{
    if (p->allow_private || !policy_is_private(addr))
        return 0;
    char text[INET6_ADDRSTRLEN] = "?";
    if (addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)addr)->sin_addr, text, sizeof text);
    else if (addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)addr)->sin6_addr, text, sizeof text);
    if (p->typed)
        return fault_set(f, -EACCES,
                         _("%s is a private, local or reserved address, and what was typed does not name it: an answer "
                           "led there; --allow-private follows"),
                         text);
    return fault_set(f, -EACCES,
                     _("%s is a private, local or reserved address, which this measurement may not reach; your own "
                       "tasks may with allow_private_targets = yes"),
                     text);
}

int policy_check_target(const struct policy *p, const struct sockaddr *addr, struct fault *f)
{
    return p->typed ? 0 : policy_check(p, addr, f);
}
