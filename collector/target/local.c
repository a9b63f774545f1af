#include "collector/target/local.h"

#include <string.h>

static void keep(struct local *l, int level, int type, const void *info, size_t size)
{
    l->control.header = (struct cmsghdr){.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(size)};
    memcpy(CMSG_DATA(&l->control.header), info, size);
    l->size = CMSG_SPACE(size);
}

void local_read(struct msghdr *m, struct local *ret)
{
    *ret = (struct local){0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            info.ipi_ifindex = 0; /* the way back is the routing table's choice */
            info.ipi_spec_dst = info.ipi_addr;
            keep(ret, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
            *(struct sockaddr_in *)&ret->addr = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = info.ipi_addr};
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO && ret->size == 0) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
                info.ipi6_ifindex = 0;
            keep(ret, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
            *(struct sockaddr_in6 *)&ret->addr = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                                                       .sin6_addr = info.ipi6_addr};
        }
    }
}

void local_write(struct local *l, struct msghdr *m)
{
    m->msg_control = l->size ? &l->control : NULL;
    m->msg_controllen = l->size;
}
