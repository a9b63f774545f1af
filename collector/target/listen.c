#include "collector/target/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/conf.h"
#include "common/lang.h"

#define BACKLOG 64

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

static int open_host(const char *host, uint16_t port, int type)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    size_t len = strlen(host);
    char bare[INET6_ADDRSTRLEN];
    if (len == 0) {
        int fd = open_at((struct sockaddr *)&six, sizeof six, type);
        return fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL ? open_at((struct sockaddr *)&four, sizeof four, type) : fd;
    }
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1)
        return open_at((struct sockaddr *)&four, sizeof four, type);
    snprintf(bare, sizeof bare, "%.*s", host[0] == '[' && len > 2 ? (int)len - 2 : 0, host + 1);
    if (inet_pton(AF_INET6, bare, &six.sin6_addr) != 1)
        return -EINVAL;
    return open_at((struct sockaddr *)&six, sizeof six, type);
}

int listen_open(const char *key, const char *text, int type, struct fault *f)
{
    char host[INET6_ADDRSTRLEN + 2];
    const char *colon = strrchr(text, ':');
    int64_t port = -1;
    if (!colon || (size_t)(colon - text) >= sizeof host || conf_parse_int(colon + 1, &port) < 0 || port < 0 ||
        port > UINT16_MAX)
        return fault_set(f, -EINVAL, _("%s: '%s' is not ADDRESS:PORT"), key, text);
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    int fd = open_host(host, (uint16_t)port, type);
    return fd < 0 ? fault_set(f, fd, _("%s: cannot listen on '%s': %s"), key, text, strerror(-fd)) : fd;
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
