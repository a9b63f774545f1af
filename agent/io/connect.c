#include "agent/io/connect.h"

#include <errno.h>
#include <math.h>

#include <netinet/in.h>

#include "agent/io/headers.h"
#include "agent/io/syn.h"
#include "agent/io/tcpinfo.h"
#include "agent/io/moment.h"

struct connect {
    uv_poll_t poll;
    uv_timer_t timer; /* the timeout; or tells from the loop that it could not begin */
    int fd, error, af, closing;
    bool polling, closed;
    struct moment began;
    struct syn_watch *watch;
    connect_fn fn;
    void *user;
};

/* A TCP header with the time stamp option, as Linux sends by default. */
/* FIN, FIN with ACK, ACK. */
#define CLOSING_SEGMENTS 3
/* A SYN that was refused or lost: itself, and what may have come back. */
#define FAILED_SEGMENTS 2

/* A stamp more or less than what the program saw is another packet's, or the
 * clock was set in between. */
#define SLACK_MS 0.05

static uint16_t local_port(const struct connect *c)
{
    struct sockaddr_storage addr = {0};
    socklen_t size = sizeof addr;
    (void)getsockname(c->fd, (struct sockaddr *)&addr, &size);
    return ntohs(addr.ss_family == AF_INET ? ((struct sockaddr_in *)&addr)->sin_port
                                           : ((struct sockaddr_in6 *)&addr)->sin6_port);
}

static void read_stamps(const struct connect *c, struct connected *event)
{
    struct syn_seen seen;
    if (!c->watch || syn_watch_find(c->watch, local_port(c), &seen) < 0)
        return;
    double ms = (double)(seen.answer_ns - seen.syn_ns) / 1e6;
    if (seen.syns > 1 || ms < 0 || ms > event->seen_ms + SLACK_MS)
        return;
    event->rtt_ms = ms;
    event->stamped = true;
}

static void tell(struct connect *c, int error)
{
    struct moment now;
    moment_now(&now);
    struct connected event = {.error = error, .seen_ms = moment_ms(&c->began, &now), .rtt_ms = NAN};
    struct tcpinfo info;
    if (error == 0 && tcpinfo_read(c->fd, &info) == 0) {
        event.resent = info.retrans > 0;
        if (!event.resent) {
            event.rtt_ms = info.rtt_ms;
            read_stamps(c, &event);
        }
    }
    c->error = error;
    uv_timer_stop(&c->timer);
    if (c->polling)
        uv_poll_stop(&c->poll);
    c->fn(c->user, &event);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct connect *c = poll->data;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    tell(c, -error);
}

static void on_timer(uv_timer_t *timer)
{
    struct connect *c = timer->data;
    tell(c, c->error < 0 ? c->error : -ETIMEDOUT);
}

static int begin(struct connect *c, uv_loop_t *loop, const struct sockaddr *peer)
{
    socklen_t size = peer->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    c->fd = socket(peer->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return -errno;
    moment_now(&c->began);
    if (connect(c->fd, peer, size) < 0 && errno != EINPROGRESS)
        return -errno;
    int r = uv_poll_init(loop, &c->poll, c->fd);
    if (r < 0)
        return r;
    c->polling = true;
    c->poll.data = c;
    return uv_poll_start(&c->poll, UV_WRITABLE, on_poll);
}

struct connect *connect_open(uv_loop_t *loop, const struct sockaddr *peer, int64_t timeout_us, connect_fn fn,
                             void *user)
{
    struct connect *c = alloc_zero(1, sizeof *c);
    *c = (struct connect){.fd = -1, .fn = fn, .user = user, .af = peer->sa_family == AF_INET ? 4 : 6};
    uv_timer_init(loop, &c->timer);
    c->timer.data = c;
    c->error = begin(c, loop, peer);
    uv_timer_start(&c->timer, on_timer, c->error < 0 ? 0 : (uint64_t)(timeout_us + 999) / 1000, 0);
    return c;
}

void connect_watch(struct connect *c, struct syn_watch *watch)
{
    c->watch = watch;
}

int64_t connect_wire_bytes(const struct connect *c)
{
    int64_t segments = FAILED_SEGMENTS;
    if (c->error == 0 && c->fd >= 0)
        segments = tcpinfo_segments(c->fd) + CLOSING_SEGMENTS;
    return segments * ((c->af == 4 ? IP4_HEADER_SIZE : IP6_HEADER_SIZE) + TCP_HEADER_SIZE);
}

static void on_closed(uv_handle_t *handle)
{
    struct connect *c = handle->data;
    if (--c->closing > 0)
        return;
    close_fd(&c->fd);
    free(c);
}

int connect_take(struct connect *c)
{
    int fd = c->fd;
    c->fd = -1;
    return fd;
}

void connect_close(struct connect *c)
{
    if (!c || c->closed)
        return;
    c->closed = true;
    c->closing = 1 + c->polling;
    if (c->polling)
        uv_close((uv_handle_t *)&c->poll, on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}
