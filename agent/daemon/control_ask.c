#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/daemon/control.h"
#include "common/buf.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

static int reach(const char *state_dir, struct fault *f)
{
    struct sockaddr_un address;
    _cleanup_fd_ int dir = -1;
    int r = control_address(state_dir, &address, &dir, f);
    if (r < 0)
        return r;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    r = fault_set(f, -errno, "%s/control: %s", state_dir, fault_errno(errno));
    if (fd >= 0)
        close(fd);
    return r;
}

static int ended(bool heard, const char *state_dir, struct fault *f)
{
    if (heard)
        return fault_set(f, -EPIPE, _("the running agent ended before it had answered; try again"));
    return fault_set(f, -EAGAIN, _("%s: the running agent has too much to answer; try again later"), state_dir);
}

static int answer_read(const struct buf *in, json_t **ret, struct fault *f)
{
    size_t skip = strspn(in->data, "\n");
    return json_read(in->data + skip, in->len - skip - 1, CONTROL_BYTES_MAX, JSON_DEPTH_MAX, ret, f);
}

/* Reads until a line that is not empty has come. */
static int await(int fd, const char *state_dir, json_t **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf in = {0};
    bool heard = false;
    for (;;) {
        char bytes[4096];
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, CONTROL_SILENT_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return fault_set(f, -ETIMEDOUT,
                             _("%s: the running agent does not answer; restart it (sudo systemctl restart "
                               "internetmetre-agent) and try again"),
                             state_dir);
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return ended(heard, state_dir, f);
        if (in.len > 0 && strspn(in.data, "\n") == in.len)
            buf_clear(&in); /* heard: it is at it */
        heard = true;
        buf_add(&in, bytes, (size_t)n);
        if (in.data[in.len - 1] == '\n' && strspn(in.data, "\n") < in.len)
            return answer_read(&in, ret, f);
        if (in.len > CONTROL_BYTES_MAX)
            return fault_set(f, -EBADMSG, _("%s/control: an answer past all bounds"), state_dir);
    }
}

int control_ask(const char *state_dir, const json_t *request, json_t **ret, struct fault *f)
{
    _cleanup_text_ char *text = json_text(request);
    _cleanup_text_ char *line = alloc_format("%s\n", text);
    _cleanup_fd_ int fd = reach(state_dir, f);
    if (fd < 0)
        return fd;
    size_t len = strlen(line);
    if (len > CONTROL_BYTES_MAX)
        return fault_set(f, -E2BIG, _("%s/control: a request past all bounds"), state_dir);
    /* It fits into an empty socket; an end that is closed already shows below. */
    ssize_t n = send(fd, line, len, MSG_NOSIGNAL);
    if (n >= 0 && (size_t)n < len)
        return fault_set(f, -EIO, _("%s/control: a request was cut"), state_dir);
    return await(fd, state_dir, ret, f);
}
