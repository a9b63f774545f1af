#include "agent/daemon/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"

enum state {
    STATE_READING,   /* the request's line has not ended yet */
    STATE_ASKED,     /* it is with whom it concerns; empty lines go out */
    STATE_ANSWERING, /* what it says is being written */
    STATE_CLOSING,
};

struct control_call {
    struct control *control;
    struct control_call *next;
    enum state state;
    uv_pipe_t pipe;
    uv_timer_t timer;
    int open;                       /* handles that the loop still has */
    char in[CONTROL_BYTES_MAX + 1]; /* one more, to see that nothing comes after it */
    size_t len;
    json_t *request;
    char *out;
    uv_write_t write;
};

struct control {
    uv_pipe_t listener;
    char *path;
    struct control_call *calls;
    control_ask_fn ask;
    control_gone_fn gone;
    void *user;
    bool closing;
};

/* ---- one call ---- */

static void call_free(uv_handle_t *handle)
{
    struct control_call *call = handle->data;
    if (--call->open > 0)
        return;
    json_decref(call->request);
    free(call->out);
    free(call);
}

static void call_close(struct control_call *call)
{
    if (call->state == STATE_CLOSING)
        return;
    call->state = STATE_CLOSING;
    struct control_call **at = &call->control->calls;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    uv_close((uv_handle_t *)&call->pipe, call_free);
    uv_close((uv_handle_t *)&call->timer, call_free);
}

/* It has hung up, or said what cannot be: nobody waits for an answer. */
static void call_drop(struct control_call *call)
{
    bool asked = call->state == STATE_ASKED;
    struct control *c = call->control;
    call_close(call);
    if (asked)
        c->gone(c->user, call);
}

static void on_idle(uv_timer_t *timer)
{
    call_drop(timer->data);
}

static void on_beat(uv_timer_t *timer)
{
    struct control_call *call = timer->data;
    char line[] = "\n";
    uv_buf_t buf = uv_buf_init(line, 1);
    int n = uv_try_write((uv_stream_t *)&call->pipe, &buf, 1);
    if (n < 0 && n != UV_EAGAIN)
        call_drop(call);
}

static void on_written(uv_write_t *write, int status)
{
    call_close(write->data);
}

void control_answer(struct control_call *call, json_t *answer)
{
    _cleanup_json_ json_t *taken = answer;
    _cleanup_text_ char *line = json_text(taken);
    call->out = alloc_format("%s\n", line);
    call->state = STATE_ANSWERING;
    call->write.data = call;
    uv_buf_t buf = uv_buf_init(call->out, (unsigned)strlen(call->out));
    /* What fits into the socket is gone at once, also when the agent ends now. */
    int n = uv_try_write((uv_stream_t *)&call->pipe, &buf, 1);
    if (n < 0)
        n = 0;
    buf = uv_buf_init(call->out + n, (unsigned)(buf.len - (size_t)n));
    uv_timer_start(&call->timer, on_idle, CONTROL_IDLE_MS, 0); /* nobody reads it */
    if (buf.len == 0 || uv_write(&call->write, (uv_stream_t *)&call->pipe, &buf, 1, on_written) < 0)
        call_close(call);
}

static void take_request(struct control_call *call)
{
    struct fault f;
    int r = json_read(call->in, call->len - 1, CONTROL_BYTES_MAX, JSON_DEPTH_MAX, &call->request, &f);
    if (r < 0 || !json_is_object(call->request)) {
        log_debug("a command asks what is no request: %s", r < 0 ? f.text : "no object");
        call_drop(call);
        return;
    }
    call->state = STATE_ASKED;
    uv_timer_start(&call->timer, on_beat, CONTROL_BEAT_MS, CONTROL_BEAT_MS);
    on_beat(&call->timer);
    if (call->state == STATE_ASKED)
        call->control->ask(call->control->user, call, call->request);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct control_call *call = handle->data;
    *buf = uv_buf_init(call->in + call->len, (unsigned)(sizeof call->in - call->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct control_call *call = stream->data;
    if (n == 0)
        return;
    if (n < 0 || call->state != STATE_READING) { /* also what comes after the request */
        call_drop(call);
        return;
    }
    const char *newline = memchr(call->in + call->len, '\n', (size_t)n);
    call->len += (size_t)n;
    if (newline && newline == call->in + call->len - 1)
        take_request(call);
    else if (newline || call->len == sizeof call->in)
        call_drop(call);
}

/* ---- the listener ---- */

/* The mode of the socket says the same; this is said by the kernel for the one
 * that connected, whatever has become of the mode. */
static bool may_ask(uv_pipe_t *pipe)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    uv_os_fd_t fd;
    return uv_fileno((uv_handle_t *)pipe, &fd) == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static size_t count(const struct control *c)
{
    size_t n = 0;
    for (const struct control_call *call = c->calls; call; call = call->next)
        n++;
    return n;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct control *c = listener->data;
    if (status < 0)
        return;
    struct control_call *call = alloc_zero(1, sizeof *call);
    bool full = count(c) == CONTROL_CALLS_MAX;
    call->control = c;
    call->next = c->calls;
    c->calls = call;
    uv_pipe_init(listener->loop, &call->pipe, 0);
    uv_timer_init(listener->loop, &call->timer);
    call->pipe.data = call->timer.data = call;
    call->open = 2;
    if (uv_accept(listener, (uv_stream_t *)&call->pipe) < 0 || full || !may_ask(&call->pipe) ||
        uv_read_start((uv_stream_t *)&call->pipe, on_alloc, on_read) < 0)
        call_close(call);
    else
        uv_timer_start(&call->timer, on_idle, CONTROL_IDLE_MS, 0);
}

int control_address(const char *state_dir, struct sockaddr_un *ret, int *ret_dir, struct fault *f)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    *ret_dir = -1;
    size_t size = sizeof ret->sun_path;
    if ((size_t)snprintf(ret->sun_path, size, "%s/control", state_dir) < size)
        return 0;
    *ret_dir = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_dir < 0)
        return fault_set(f, -errno, "%s: %s", state_dir, fault_errno(errno));
    snprintf(ret->sun_path, size, "/proc/self/fd/%d/control", *ret_dir);
    return 0;
}

/* Bound, and closed to others before anybody can connect. */
static int socket_bind(const char *state_dir, const char *path, struct fault *f)
{
    struct sockaddr_un address;
    _cleanup_fd_ int dir = -1;
    int r = control_address(state_dir, &address, &dir, f);
    if (r < 0)
        return r;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path); /* a killed agent's */
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && chmod(path, 0600) == 0)
        return fd;
    r = fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    if (fd >= 0)
        close(fd);
    return r;
}

static void on_closed(uv_handle_t *handle)
{
    struct control *c = handle->data;
    free(c->path);
    free(c);
}

int control_open(uv_loop_t *loop, const char *state_dir, control_ask_fn ask, control_gone_fn gone, void *user,
                 struct control **ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/control", state_dir);
    int fd = socket_bind(state_dir, path, f);
    if (fd < 0)
        return fd;
    struct control *c = alloc_zero(1, sizeof *c);
    c->path = TAKE(path);
    c->ask = ask;
    c->gone = gone;
    c->user = user;
    uv_pipe_init(loop, &c->listener, 0);
    c->listener.data = c;
    int r = uv_pipe_open(&c->listener, fd);
    if (r < 0)
        close(fd);
    else
        r = uv_listen((uv_stream_t *)&c->listener, CONTROL_CALLS_MAX, on_connection);
    if (r < 0) {
        fault_set(f, r, "%s: %s", c->path, uv_strerror(r));
        control_close(c);
        return r;
    }
    *ret = c;
    return 0;
}

void control_close(struct control *c)
{
    if (!c)
        return;
    while (c->calls)
        call_close(c->calls);
    unlink(c->path);
    uv_close((uv_handle_t *)&c->listener, on_closed);
}
