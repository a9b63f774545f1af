#include "agent/io/address.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "common/lang.h"

/* "[", an address, "%", the name of an interface, "]", ":", a port. */
#define TEXT_MAX (1 + INET6_ADDRSTRLEN + 1 + IF_NAMESIZE + 1 + 1 + 5)

static const struct sockaddr_in *four(const struct sockaddr_storage *a)
{
    return (const struct sockaddr_in *)a;
}

static const struct sockaddr_in6 *six(const struct sockaddr_storage *a)
{
    return (const struct sockaddr_in6 *)a;
}

static int no_address(const char *text, struct fault *f)
{
    return fault_set(f, -EINVAL, _("\"%.100s\" is no IPv4 or IPv6 address"), text);
}

/* Without brackets. */
static int read6(char *text, struct sockaddr_storage *ret, struct fault *f)
{
    struct sockaddr_in6 sa = {.sin6_family = AF_INET6};
    char *zone = strchr(text, '%');
    if (zone)
        *zone++ = '\0';
    if (inet_pton(AF_INET6, text, &sa.sin6_addr) != 1)
        return -EINVAL;
    if (zone && !(sa.sin6_scope_id = if_nametoindex(zone)))
        return fault_set(f, -ENODEV, _("%s%%%s: this host has no interface \"%s\"; `ip link` lists them"), text, zone,
                         zone);
    if (!zone && IN6_IS_ADDR_LINKLOCAL(&sa.sin6_addr))
        return fault_set(f, -EDESTADDRREQ,
                         _("%s is an address of one link; write the interface behind it, such as %s%%eth0"), text,
                         text);
    memset(ret, 0, sizeof *ret);
    memcpy(ret, &sa, sizeof sa);
    return 0;
}

int address_read(const char *text, struct sockaddr_storage *ret, struct fault *f)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    char inner[TEXT_MAX];
    size_t len = strlen(text);
    if (len >= sizeof inner)
        return no_address(text, f);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memset(ret, 0, sizeof *ret);
        memcpy(ret, &v4, sizeof v4);
        return 0;
    }
    bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    snprintf(inner, sizeof inner, "%.*s", (int)(brackets ? len - 2 : len), text + brackets);
    int r = read6(inner, ret, f);
    return r == -EINVAL ? no_address(text, f) : r;
}

/* The colon before a port, NULL when there is none: behind brackets, or the
 * only one. */
static const char *port_colon(const char *text)
{
    const char *last = strrchr(text, ':');
    if (!last || last == text)
        return NULL;
    return last[-1] == ']' || (text[0] != '[' && strchr(text, ':') == last) ? last : NULL;
}

static bool read_port(const char *text, uint16_t *ret)
{
    size_t len = strlen(text);
    unsigned long n = len <= 5 && strspn(text, "0123456789") == len ? strtoul(text, NULL, 10) : 0;
    *ret = (uint16_t)n;
    return n >= 1 && n <= UINT16_MAX;
}

int address_read_port(const char *text, uint16_t port, struct sockaddr_storage *ret, struct fault *f)
{
    const char *colon = port_colon(text);
    char host[TEXT_MAX];
    if (strlen(text) >= sizeof host)
        return no_address(text, f);
    if (colon && !read_port(colon + 1, &port))
        return fault_set(f, -EINVAL, _("\"%.100s\": a port is a number from 1 to 65535"), text);
    snprintf(host, sizeof host, "%.*s", (int)(colon ? (size_t)(colon - text) : strlen(text)), text);
    int r = address_read(host, ret, f);
    if (r == 0)
        address_set_port(ret, port);
    return r;
}

int address_version(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET ? 4 : 6;
}

uint16_t address_port(const struct sockaddr_storage *a)
{
    return ntohs(a->ss_family == AF_INET ? four(a)->sin_port : six(a)->sin6_port);
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
