#include "agent/io/channel.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/uio.h>

#include "agent/io/address.h"

/* A resolver that is there answers within a second; c-ares doubles this from
 * try to try, over all servers. */
#define TRY_TIMEOUT_MS 2000
#define TRIES          3

struct watch { /* one socket of c-ares */
    uv_poll_t poll;
    struct channel *channel;
    ares_socket_t fd;
    struct watch *next;
};

static void on_tick(uv_timer_t *timer)
{
    struct channel *c = timer->data;
    ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    channel_arm(c);
}

void channel_arm(struct channel *c)
{
    struct timeval left;
    const struct timeval *wait = ares_timeout(c->ares, NULL, &left); /* NULL: nothing under way */
    if (wait)
        uv_timer_start(&c->tick, on_tick, (uint64_t)(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1), 0);
    else
        uv_timer_stop(&c->tick);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct channel *c = w->channel;
    ares_socket_t fd = w->fd;
    bool readable = status < 0 || events & UV_READABLE;
    bool writable = status < 0 || events & UV_WRITABLE;
    ares_process_fd(c->ares, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
    channel_arm(c);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void watch_close(struct channel *c, ares_socket_t fd)
{
    for (struct watch **at = &c->watches; *at; at = &(*at)->next) {
        struct watch *w = *at;
        if (w->fd != fd)
            continue;
        *at = w->next;
        uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        return;
    }
}

static struct watch *watch_open(struct channel *c, ares_socket_t fd)
{
    for (struct watch *w = c->watches; w; w = w->next)
        if (w->fd == fd)
            return w;
    struct watch *w = alloc_zero(1, sizeof *w);
    if (uv_poll_init(c->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->channel = c;
    w->fd = fd;
    w->next = c->watches;
    return c->watches = w;
}

static void on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    struct channel *c = data;
    if (!readable && !writable) {
        watch_close(c, fd);
        return;
    }
    struct watch *w = watch_open(c, fd);
    if (w)
        uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
}

/* ---- servers of one link ---- */

/* c-ares has no place for the interface of a link-local server, so the sockets
 * that ask one are connected here. */

static ares_socket_t on_socket(int domain, int type, int protocol, void *user)
{
    return socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int on_close(ares_socket_t fd, void *user)
{
    return close(fd);
}

static int on_connect(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t len, void *user)
{
    const struct channel *c = user;
    struct sockaddr_storage addr = {0};
    memcpy(&addr, to, len < sizeof addr ? len : sizeof addr);
    for (size_t i = 0; i < c->server_count; i++)
        if (address_same(&c->servers[i], &addr))
            return connect(fd, (const struct sockaddr *)&c->servers[i], len);
    return connect(fd, to, len);
}

static ares_ssize_t on_receive(ares_socket_t fd, void *buf, size_t len, int flags, struct sockaddr *from,
                               ares_socklen_t *from_len, void *user)
{
    return recvfrom(fd, buf, len, flags, from, from_len);
}

static ares_ssize_t on_send(ares_socket_t fd, const struct iovec *parts, int count, void *user)
{
    return writev(fd, parts, count);
}

static const struct ares_socket_functions our_sockets = {on_socket, on_close, on_connect, on_receive, on_send};

static bool has_interface(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET6 && ((const struct sockaddr_in6 *)a)->sin6_scope_id != 0;
}

void channel_servers(struct channel *c, const struct nameserver *servers, size_t count)
{
    struct ares_addr_port_node nodes[NAMESERVERS_MAX] = {0};
    bool scoped = false;
    c->server_count = 0;
    for (size_t i = 0; i < count && c->server_count < NAMESERVERS_MAX; i++) {
        const struct sockaddr_storage *addr = &servers[i].addr;
        struct ares_addr_port_node *node = &nodes[c->server_count];
        if (addr->ss_family == AF_UNSPEC)
            continue;
        node->family = addr->ss_family;
        if (addr->ss_family == AF_INET)
            node->addr.addr4 = ((const struct sockaddr_in *)addr)->sin_addr;
        else
            memcpy(&node->addr.addr6, &((const struct sockaddr_in6 *)addr)->sin6_addr, sizeof node->addr.addr6);
        node->udp_port = node->tcp_port = address_port(addr);
        if (c->server_count > 0)
            nodes[c->server_count - 1].next = node;
        c->servers[c->server_count++] = *addr;
        scoped |= has_interface(addr);
    }
    ares_set_servers_ports(c->ares, c->server_count ? nodes : NULL);
    if (scoped)
        ares_set_socket_functions(c->ares, &our_sockets, c);
}

int channel_new(uv_loop_t *loop, const char *source, struct channel **ret)
{
    struct channel *c = alloc_zero(1, sizeof *c);
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH,
        .timeout = TRY_TIMEOUT_MS,
        .tries = TRIES,
        .lookups = (char *)source,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = c,
    };
    c->loop = loop;
    int status = ares_init_options(&c->ares, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                                       ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
        free(c);
        return status;
    }
    uv_timer_init(loop, &c->tick);
    c->tick.data = c;
    *ret = c;
    return ARES_SUCCESS;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void channel_free(struct channel *c)
{
    if (!c)
        return;
    ares_destroy(c->ares);
    uv_close((uv_handle_t *)&c->tick, on_closed);
}
