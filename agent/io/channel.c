#include "agent/io/channel.h"

#include <stdbool.h>

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
