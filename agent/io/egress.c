#include "agent/io/egress.h"

#include <stdio.h>
#include <string.h>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include "agent/io/address.h"

/* Connecting a UDP socket sends nothing, whatever the port. */
#define ANY_PORT 9

static bool source_find(const struct sockaddr *peer, struct sockaddr_storage *ret)
{
    socklen_t size = peer->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct sockaddr_storage to = {0};
    memcpy(&to, peer, size);
    address_set_port(&to, ANY_PORT);
    _cleanup_fd_ int fd = socket(peer->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, size) < 0)
        return false;
    size = sizeof *ret;
    return getsockname(fd, (struct sockaddr *)ret, &size) == 0;
}

static void name_find(const struct sockaddr *peer, char ret[static IF_NAMESIZE])
{
    struct sockaddr_storage source = {0};
    struct ifaddrs *list;
    if (!source_find(peer, &source) || getifaddrs(&list) < 0)
        return;
    for (const struct ifaddrs *i = list; i && !*ret; i = i->ifa_next) {
        struct sockaddr_storage own = {0};
        if (!i->ifa_addr || i->ifa_addr->sa_family != source.ss_family || strlen(i->ifa_name) >= IF_NAMESIZE)
            continue;
        memcpy(&own, i->ifa_addr,
               source.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
        if (address_same_host(&own, &source))
            memcpy(ret, i->ifa_name, strlen(i->ifa_name) + 1);
    }
    freeifaddrs(list);
}

static void names_running(struct egress *ret)
{
    size_t n = 0;
    struct if_nameindex *list = if_nameindex();
    for (const struct if_nameindex *i = list; i && i->if_name && n < COUNT(ret->names); i++) {
        struct egress one = {0};
        snprintf(one.names[0], IF_NAMESIZE, "%s", i->if_name);
        if (strcmp(i->if_name, "lo") != 0 && !egress_is_down(&one))
            memcpy(ret->names[n++], one.names[0], IF_NAMESIZE);
    }
    if_freenameindex(list);
}

void egress_find(const struct sockaddr *peer, struct egress *ret)
{
    /* Documentation's networks: they go where everything goes that is not near. */
    const struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(0xc0000201)}};
    const struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = {{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}}};
    *ret = (struct egress){0};
    if (peer) {
        name_find(peer, ret->names[0]);
        return;
    }
    name_find((const struct sockaddr *)&four, ret->names[0]);
    name_find((const struct sockaddr *)&six, ret->names[1]);
    if (!*ret->names[0] && !*ret->names[1])
        names_running(ret);
}

static bool is_down(int fd, const char *name)
{
    struct ifreq request = {0};
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        return true; /* gone, as a telephone's is that was unplugged */
    return !(request.ifr_flags & IFF_UP) || !(request.ifr_flags & IFF_RUNNING);
}

bool egress_is_down(const struct egress *e)
{
    bool down = false;
    _cleanup_fd_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (size_t i = 0; i < COUNT(e->names) && fd >= 0; i++)
        down |= *e->names[i] && is_down(fd, e->names[i]);
    return down;
}

static uint32_t v4_of(const struct sockaddr *a)
{
    return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr);
}

/* The last address of the network (RFC 919), whatever the interface was told;
 * networks of two addresses have none (RFC 3021). */
bool egress_is_broadcast(const struct sockaddr *peer)
{
    struct ifaddrs *list;
    bool found = false;
    if (peer->sa_family != AF_INET || getifaddrs(&list) < 0)
        return false;
    for (const struct ifaddrs *i = list; i && !found; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !i->ifa_netmask)
            continue;
        uint32_t hosts = ~v4_of(i->ifa_netmask);
        found = hosts > 1 && (v4_of(i->ifa_addr) | hosts) == v4_of(peer);
    }
    freeifaddrs(list);
    return found;
}
