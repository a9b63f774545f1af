/* One thread, one poll: the UDP socket, the TCP listener, and a fixed number of
 * connections, the longest silent of which gives way to a new one. A
 * connection carries questions, each with its length in front (RFC 7766),
 * answered in their order; while an answer waits to be taken, nothing is read. */
#include "collector/target/dns.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "collector/http/limiter.h"
#include "collector/http/listen.h"
#include "collector/target/local.h"
#include "collector/target/whoami.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/log.h"

#define CONNECTIONS 64
/* A resolver that goes on needs no longer between two questions. */
#define IDLE_US INT64_C(10000000)
/* A query of one question with a name of 255 octets and EDNS is far below. */
#define QUERY_MAX 1024
/* Datagrams answered in one go before the rest is looked at. */
#define BURST 64
/* Answers a second to one network, and to all: a whole resolver's probes. */
#define RATE       200
#define RATE_TOTAL 5000

struct connection {
    int fd; /* -1: free */
    struct sockaddr_storage from;
    int64_t seen_us;
    uint8_t in[2 + QUERY_MAX], out[2 + WHOAMI_ANSWER_MAX];
    size_t in_len, out_len, out_sent;
};

struct dns_server {
    int udp, tcp, stop;
    pthread_t thread;
    struct whoami *whoami;
    struct limiter *limiter;
    struct connection connections[CONNECTIONS];
    uint64_t beacons; /* told in the log so far */
    struct log_limit told;
};

static void tell_beacons(struct dns_server *s)
{
    char label[64];
    uint64_t count = whoami_beacons(s->whoami, label);
    if (count == s->beacons)
        return;
    s->beacons = count;
    log_limited(&s->told, LOG_INFO, "beacon of %s by DNS, the %llu. since the start", label, (unsigned long long)count);
}

static size_t answer(struct dns_server *s, const struct whoami_query *q, uint8_t *ret)
{
    size_t len = whoami_answer(s->whoami, q, ret);
    tell_beacons(s);
    return len;
}

/* ---- UDP ---- */

/* One datagram; false when there is none. */
static bool serve_datagram(struct dns_server *s)
{
    uint8_t query[QUERY_MAX], reply[WHOAMI_ANSWER_MAX], control[256];
    struct sockaddr_storage from;
    struct iovec iov = {.iov_base = query, .iov_len = sizeof query};
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(s->udp, &m, 0);
    if (n < 0)
        return errno != EAGAIN;
    int64_t mono_us = clock_mono_us(&clock_system);
    if ((m.msg_flags & MSG_TRUNC) || !limiter_allow(s->limiter, (struct sockaddr *)&from, mono_us))
        return true;
    struct local local;
    local_read(&m, &local);
    struct whoami_query q = {.bytes = query,
                             .len = (size_t)n,
                             .from = (struct sockaddr *)&from,
                             .local = local.size ? (struct sockaddr *)&local.addr : NULL,
                             .now_s = clock_wall_us(&clock_system) / 1000000};
    iov = (struct iovec){.iov_base = reply, .iov_len = answer(s, &q, reply)};
    local_write(&local, &m);
    if (iov.iov_len > 0)
        (void)sendmsg(s->udp, &m, 0); /* what cannot be sent is lost, as on any link */
    return true;
}

/* ---- TCP ---- */

static void drop(struct connection *c)
{
    close_fd(&c->fd);
    c->fd = -1;
}

static void serve_listener(struct dns_server *s, int64_t now)
{
    struct connection *place = &s->connections[0];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    int fd = accept4(s->tcp, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    for (size_t i = 0; i < CONNECTIONS && place->fd >= 0; i++) {
        struct connection *c = &s->connections[i];
        if (c->fd < 0 || c->seen_us < place->seen_us)
            place = c;
    }
    drop(place);
    place->fd = fd;
    place->from = from;
    place->seen_us = now;
    place->in_len = place->out_len = place->out_sent = 0;
}

static void send_out(struct connection *c)
{
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        drop(c);
        return;
    }
    c->out_sent += n > 0 ? (size_t)n : 0;
    if (c->out_sent == c->out_len)
        c->out_len = c->out_sent = 0;
}

/* Answers the question that has come whole, if there is one; true when its answer
 * is out and another may be looked for. */
static bool take_question(struct dns_server *s, struct connection *c)
{
    struct sockaddr_storage local;
    socklen_t size = sizeof local;
    size_t len = c->in_len >= 2 ? (size_t)(c->in[0] << 8 | c->in[1]) : 0;
    if (c->out_len > 0 || c->in_len < 2 || (len <= QUERY_MAX && c->in_len < 2 + len))
        return false;
    bool known = getsockname(c->fd, (struct sockaddr *)&local, &size) == 0;
    struct whoami_query q = {.bytes = c->in + 2,
                             .len = len,
                             .from = (struct sockaddr *)&c->from,
                             .local = known ? (struct sockaddr *)&local : NULL,
                             .tcp = true,
                             .now_s = clock_wall_us(&clock_system) / 1000000};
    size_t out = len <= QUERY_MAX ? answer(s, &q, c->out + 2) : 0;
    if (out == 0) {
        drop(c);
        return false;
    }
    c->in_len -= 2 + len;
    memmove(c->in, c->in + 2 + len, c->in_len);
    c->out[0] = (uint8_t)(out >> 8);
    c->out[1] = (uint8_t)out;
    c->out_len = 2 + out;
    send_out(c);
    return c->fd >= 0 && c->out_len == 0;
}

static void serve_connection(struct dns_server *s, struct connection *c, int events, int64_t now)
{
    c->seen_us = now;
    if (c->out_len > 0) {
        if (events & (POLLOUT | POLLERR | POLLHUP))
            send_out(c);
    } else {
        ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            drop(c);
            return;
        }
        c->in_len += n > 0 ? (size_t)n : 0;
    }
    /* What came together is answered now: no event tells of it again. */
    while (c->fd >= 0 && take_question(s, c))
        ;
}

/* ---- the loop ---- */

static void *serve(void *user)
{
    struct dns_server *s = user;
    struct pollfd fds[3 + CONNECTIONS];
    fds[0] = (struct pollfd){.fd = s->stop, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = s->udp, .events = POLLIN};
    fds[2] = (struct pollfd){.fd = s->tcp, .events = POLLIN};
    while (!fds[0].revents) {
        for (size_t i = 0; i < CONNECTIONS; i++)
            fds[3 + i] = (struct pollfd){.fd = s->connections[i].fd,
                                         .events = s->connections[i].out_len ? POLLOUT : POLLIN};
        if (poll(fds, COUNT(fds), (int)(IDLE_US / 1000)) < 0)
            continue;
        int64_t now = clock_mono_us(&clock_system);
        for (int i = 0; i < BURST && serve_datagram(s); i++)
            ;
        for (size_t i = 0; i < CONNECTIONS; i++) {
            struct connection *c = &s->connections[i];
            if (c->fd >= 0 && fds[3 + i].revents)
                serve_connection(s, c, fds[3 + i].revents, now);
            else if (c->fd >= 0 && now - c->seen_us > IDLE_US)
                drop(c);
        }
        if (fds[2].revents)
            serve_listener(s, now);
    }
    return NULL;
}

static void server_free(struct dns_server *s)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        drop(&s->connections[i]);
    close_fd(&s->udp);
    close_fd(&s->tcp);
    close_fd(&s->stop);
    whoami_free(s->whoami);
    limiter_free(s->limiter);
    free(s);
}

int dns_server_start(const char *listen, const char *zone, struct dns_server **ret, struct fault *f)
{
    *ret = NULL;
    if (!listen || !*listen || !zone || !*zone)
        return 0;
    struct dns_server *s = alloc_zero(1, sizeof *s);
    s->stop = s->udp = s->tcp = -1;
    s->told = (struct log_limit){.interval_us = 60000000, .burst = 10};
    for (size_t i = 0; i < CONNECTIONS; i++)
        s->connections[i].fd = -1;
    int r = whoami_new(zone, &s->whoami, f);
    if (r >= 0)
        r = s->udp = listen_open("dns_listen", listen, SOCK_DGRAM, f);
    if (r >= 0)
        r = s->tcp = listen_open("dns_listen", listen, SOCK_STREAM, f);
    if (r < 0) {
        server_free(s);
        return r;
    }
    s->limiter = limiter_new(RATE, RATE, RATE_TOTAL);
    s->stop = eventfd(0, EFD_CLOEXEC);
    r = s->stop < 0 ? -errno : -pthread_create(&s->thread, NULL, serve, s);
    if (r < 0) {
        server_free(s);
        return fault_set(f, r, _("dns_listen: cannot start: %s"), fault_errno(-r));
    }
    *ret = s;
    return 0;
}

uint16_t dns_server_port(const struct dns_server *s)
{
    return s ? listen_port(s->udp) : 0;
}

void dns_server_stop(struct dns_server *s)
{
    if (!s)
        return;
    eventfd_write(s->stop, 1);
    pthread_join(s->thread, NULL);
    server_free(s);
}
