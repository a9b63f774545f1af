#include "collector/http/listen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/form.h"
#include "common/lang.h"

#define BACKLOG 1024

static int set_int(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int configure(int fd, int family, int type)
{
    int r = 0;
    if (family == AF_INET6)
        r = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (r >= 0 && type == SOCK_STREAM)
        r = set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (r >= 0 && type == SOCK_DGRAM)
        r = set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
    if (r >= 0 && type == SOCK_DGRAM && family == AF_INET6)
        r = set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    return r;
}

static int open_at(const struct sockaddr *addr, socklen_t size, int type)
{
    _cleanup_fd_ int fd = socket(addr->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int r = configure(fd, addr->sa_family, type);
    if (r < 0)
        return r;
    if (bind(fd, addr, size) < 0 || (type == SOCK_STREAM && listen(fd, BACKLOG) < 0))
        return -errno;
    int open = fd;
    fd = -1;
    return open;
}

/* Every address: IPv6 takes IPv4 as well, unless the host has none. */
static int open_all(in_port_t port, int type)
{
    const struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = port};
    const struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = port};
    int fd = open_at((const struct sockaddr *)&six, sizeof six, type);
    return fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL ? open_at((const struct sockaddr *)&four, sizeof four, type)
                                                       : fd;
}

int listen_open(const char *key, const char *text, int type, struct fault *f)
{
    if (!form_listen(text))
        return fault_set(f, -EINVAL, _("%s: '%s' is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::]:8080"), key, text);
    const char *port = strrchr(text, ':') + 1;
    bool brackets = text[0] == '[';
    _cleanup_text_ char *host = alloc_format("%.*s", (int)(port - 1 - text) - 2 * brackets, text + brackets);
    int fd;
    if (*host) {
        const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = type};
        struct addrinfo *found = NULL;
        int why = getaddrinfo(host, port, &hints, &found);
        if (why)
            return fault_set(f, -EINVAL, "%s: '%s': %s", key, text, gai_strerror(why));
        fd = open_at(found->ai_addr, found->ai_addrlen, type);
        freeaddrinfo(found);
    } else {
        fd = open_all(htons((in_port_t)atoi(port)), type);
    }
    return fd < 0 ? fault_set(f, fd, _("%s: cannot listen on '%s': %s"), key, text, fault_errno(-fd)) : fd;
}

uint16_t listen_port(int fd)
{
    struct sockaddr_storage addr;
    socklen_t size = sizeof addr;
    if (getsockname(fd, (struct sockaddr *)&addr, &size) < 0)
        return 0;
    return ntohs(addr.ss_family == AF_INET ? ((struct sockaddr_in *)&addr)->sin_port
                                           : ((struct sockaddr_in6 *)&addr)->sin6_port);
}
