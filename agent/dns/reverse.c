#include "agent/dns/reverse.h"

#include <stdio.h>
#include <string.h>

#include <netinet/in.h>

const char *reverse_name(const struct sockaddr_storage *addr, char ret[static REVERSE_NAME_SIZE])
{
    char *to = ret;
    if (addr->ss_family == AF_INET) {
        const uint8_t *o = (const uint8_t *)&((const struct sockaddr_in *)addr)->sin_addr;
        snprintf(ret, REVERSE_NAME_SIZE, "%u.%u.%u.%u.in-addr.arpa.", o[3], o[2], o[1], o[0]);
        return ret;
    }
    const uint8_t *o = ((const struct sockaddr_in6 *)addr)->sin6_addr.s6_addr;
    for (int i = 15; i >= 0; i--)
        to += sprintf(to, "%x.%x.", o[i] & 0xf, o[i] >> 4);
    strcpy(to, "ip6.arpa.");
    return ret;
}
