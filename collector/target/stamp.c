#include "collector/target/stamp.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "collector/http/listen.h"
#include "collector/target/local.h"
#include "collector/target/reflector.h"
#include "common/lang.h"

/* One IPv6 socket serves both versions (RFC 4038 section 4.1) where the host
 * has IPv6; otherwise one of IPv4. The kernel stamps what comes as the driver
 * hands it over (T2); T3 is read just before the send. The answer leaves from
 * the address that was asked, which on a host with several is not always the
 * one the kernel would choose. */

/* Larger requests than an Ethernet frame's are fragments: not answered. */
#define PACKET_MAX 1500
/* Answers in one go before the stop signal is looked at again. */
#define BURST 256
/* How old this host's view of its own clock may be. */
#define CLOCK_REFRESH_US 1000000

const char *const stamp_modes[] = {"stateful", "stateless", NULL};

struct stamp_server {
    int fd, stop;
    uint16_t port;
    pthread_t thread;
    struct reflector *reflector;
    struct stamp_clock clock;
    int64_t clock_at_us;
};

/* ---- the socket ---- */

static int set_int(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

/* What is wanted with each packet beside its own address (listen.h). */
static int configure(int fd)
{
    int r;
    if ((r = set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1)) < 0 || (r = set_int(fd, IPPROTO_IP, IP_RECVTTL, 1)) < 0)
        return r;
    r = set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    return r == -ENOPROTOOPT || r == -EOPNOTSUPP ? 0 : r; /* no socket of IPv6 */
}

/* The port given, on the address of another "ADDRESS:PORT". */
static int open_beside(const char *beside, uint16_t port, struct fault *f)
{
    const char *colon = strrchr(beside, ':');
    _cleanup_text_ char *text = alloc_format("%.*s:%u", colon ? (int)(colon - beside) : 0, beside, port);
    return listen_open("stamp_listen", text, SOCK_DGRAM, f);
}

static int open_listen(const struct stamp_settings *settings, struct fault *f)
{
    bool given = strcmp(settings->listen, "auto") != 0;
    int fd = given ? listen_open("stamp_listen", settings->listen, SOCK_DGRAM, f)
                   : open_beside(settings->beside, STAMP_PORT, f);
    if (!given && (fd == -EACCES || fd == -EPERM))
        fd = open_beside(settings->beside, STAMP_PORT_USER, f);
    int r = fd < 0 ? fd : configure(fd);
    if (fd >= 0 && r < 0) {
        close(fd);
        return fault_set(f, r, _("stamp_listen: cannot listen on '%s': %s"), settings->listen, fault_errno(-r));
    }
    return fd;
}

/* ---- packets ---- */

static int64_t time_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

struct arrival {
    int64_t wall_ns;
    int ttl;
};

static void read_control(struct msghdr *m, struct arrival *ret)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            ret->wall_ns = t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
            memcpy(&ret->ttl, CMSG_DATA(c), sizeof ret->ttl);
        }
    }
}

/* One packet; false when there is none. */
static bool serve_one(struct stamp_server *s)
{
    uint8_t packet[PACKET_MAX], control[256];
    struct sockaddr_storage from;
    struct iovec iov = {.iov_base = packet, .iov_len = sizeof packet};
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(s->fd, &m, 0);
    if (n < 0)
        return errno != EAGAIN;
    if (m.msg_flags & MSG_TRUNC)
        return true;
    struct arrival a = {.wall_ns = time_ns(CLOCK_REALTIME)};
    struct local local;
    read_control(&m, &a);
    local_read(&m, &local);
    int64_t mono_us = time_ns(CLOCK_MONOTONIC) / 1000;
    if (mono_us - s->clock_at_us >= CLOCK_REFRESH_US) {
        stamp_clock_system(&s->clock);
        s->clock_at_us = mono_us;
    }
    struct reflector_packet p = {.from = (struct sockaddr *)&from,
                                 .ttl = a.ttl,
                                 .received = stamp_time_make(a.wall_ns),
                                 .clock = s->clock,
                                 .mono_us = mono_us};
    iov.iov_len = reflector_answer(s->reflector, &p, packet, (size_t)n);
    if (iov.iov_len == 0)
        return true;
    local_write(&local, &m);
    stamp_reply_time(packet, stamp_time_make(time_ns(CLOCK_REALTIME)));
    (void)sendmsg(s->fd, &m, 0); /* what cannot be sent is lost, as on any link */
    return true;
}

static void *serve(void *user)
{
    struct stamp_server *s = user;
    struct pollfd fds[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->stop, .events = POLLIN}};
    while (!fds[1].revents) {
        if (poll(fds, COUNT(fds), -1) < 0)
            continue;
        for (int i = 0; i < BURST && serve_one(s); i++)
            ;
    }
    return NULL;
}

/* ---- start and stop ---- */

static void server_free(struct stamp_server *s)
{
    reflector_free(s->reflector);
    close_fd(&s->fd);
    close_fd(&s->stop);
    free(s);
}

int stamp_server_start(const struct stamp_settings *settings, struct stamp_server **ret, struct fault *f)
{
    if (strcmp(settings->listen, "none") == 0) {
        *ret = NULL;
        return 0;
    }
    int fd = open_listen(settings, f);
    if (fd < 0)
        return fd;
    struct stamp_server *s = alloc_zero(1, sizeof *s);
    s->fd = fd;
    s->port = listen_port(fd);
    s->stop = eventfd(0, EFD_CLOEXEC);
    s->reflector = reflector_new(settings->mode == STAMP_STATEFUL, s->port,
                                 settings->shorts ? STAMP_TWAMP_REQUEST : STAMP_TWAMP_REPLY, (double)settings->rate,
                                 (double)settings->total);
    stamp_clock_system(&s->clock);
    int r = s->stop < 0 ? -errno : -pthread_create(&s->thread, NULL, serve, s);
    if (r < 0) {
        server_free(s);
        return fault_set(f, r, _("stamp_listen: cannot start: %s"), fault_errno(-r));
    }
    *ret = s;
    return 0;
}

uint16_t stamp_server_port(const struct stamp_server *s)
{
    return s ? s->port : 0;
}

void stamp_server_stop(struct stamp_server *s)
{
    if (!s)
        return;
    eventfd_write(s->stop, 1);
    pthread_join(s->thread, NULL);
    server_free(s);
}
