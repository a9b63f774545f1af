#include "agent/io/stream.h"

#include <stdbool.h>
#include <string.h>

#include "agent/io/headers.h"
#include "agent/io/tcpinfo.h"
#include "common/buf.h"

struct stream {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    uv_timer_t start_failed; /* tells from the loop that the connection could not even begin */
    int error;
    int closing; /* handles still to be closed */
    bool closed, told;
    int af;
    struct buf out, in;
    int64_t received;
    stream_fn fn;
    void *user;
    char chunk[4096];
};

/* A TCP header with the time stamp option, as Linux sends by default. */
/* FIN, FIN with ACK, ACK. */
#define CLOSING_SEGMENTS 3

static void tell_end(struct stream *s, int error)
{
    if (s->told || s->closed)
        return;
    s->told = true;
    struct stream_event event = {.error = error};
    moment_now(&event.at);
    s->fn(s->user, &event);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
    struct stream *s = handle->data;
    *ret = uv_buf_init(s->chunk, sizeof s->chunk);
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *chunk)
{
    struct stream *s = tcp->data;
    if (n < 0) {
        tell_end(s, n == UV_EOF ? 0 : (int)n);
        return;
    }
    struct stream_event event = {0};
    moment_now(&event.at);
    s->received += n;
    buf_add(&s->in, chunk->base, (size_t)n);
    size_t used = 0;
    while (!s->closed && s->in.len - used >= 2) {
        const uint8_t *at = (const uint8_t *)s->in.data + used;
        size_t len = (size_t)(at[0] << 8 | at[1]);
        if (s->in.len - used - 2 < len)
            break;
        used += 2 + len;
        event.bytes = at + 2;
        event.len = len;
        s->fn(s->user, &event);
    }
    /* What is left is the beginning of one message: at most 64 KiB. */
    buf_drop(&s->in, used);
}

static void on_written(uv_write_t *write, int status)
{
    struct stream *s = write->data;
    if (status < 0)
        tell_end(s, status);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct stream *s = connect->data;
    if (status < 0) {
        tell_end(s, status);
        return;
    }
    uv_buf_t bytes = uv_buf_init(s->out.data, (unsigned)s->out.len);
    s->write.data = s;
    int r = uv_write(&s->write, (uv_stream_t *)&s->tcp, &bytes, 1, on_written);
    if (r >= 0)
        r = uv_read_start((uv_stream_t *)&s->tcp, on_alloc, on_read);
    if (r < 0)
        tell_end(s, r);
}

static void on_start_failed(uv_timer_t *timer)
{
    struct stream *s = timer->data;
    tell_end(s, s->error);
}

struct stream *stream_open(uv_loop_t *loop, const struct sockaddr *peer, const void *message, size_t len, stream_fn fn,
                           void *user)
{
    struct stream *s = alloc_zero(1, sizeof *s);
    s->fn = fn;
    s->user = user;
    s->af = peer->sa_family == AF_INET ? 4 : 6;
    buf_add_char(&s->out, (char)(len >> 8));
    buf_add_char(&s->out, (char)len);
    buf_add(&s->out, message, len);
    uv_tcp_init(loop, &s->tcp);
    uv_timer_init(loop, &s->start_failed);
    s->tcp.data = s->connect.data = s->start_failed.data = s;
    s->error = uv_tcp_connect(&s->connect, &s->tcp, peer, on_connected);
    if (s->error < 0)
        uv_timer_start(&s->start_failed, on_start_failed, 0, 0);
    return s;
}

int64_t stream_wire_bytes(const struct stream *s)
{
    uv_os_fd_t fd;
    if (uv_fileno((const uv_handle_t *)&s->tcp, &fd) < 0)
        return 0;
    int64_t segments = tcpinfo_segments(fd) + (s->received > 0 ? CLOSING_SEGMENTS : 0);
    int64_t sent = s->received > 0 ? (int64_t)s->out.len : 0;
    return segments * ((s->af == 4 ? IP4_HEADER_SIZE : IP6_HEADER_SIZE) + TCP_HEADER_SIZE) + sent + s->received;
}

static void on_closed(uv_handle_t *handle)
{
    struct stream *s = handle->data;
    if (--s->closing > 0)
        return;
    buf_free(&s->in);
    buf_free(&s->out);
    free(s);
}

void stream_close(struct stream *s)
{
    if (!s || s->closed)
        return;
    s->closed = true;
    s->closing = 2;
    uv_close((uv_handle_t *)&s->tcp, on_closed);
    uv_close((uv_handle_t *)&s->start_failed, on_closed);
}
