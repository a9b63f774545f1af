#include "agent/io/multi.h"

#include <errno.h>

#include "common/lang.h"

/* Connections are worth keeping between the batches of one push, not between
 * two pushes a quarter of an hour apart. */
#define IDLE_MS 30000
/* Idle connections kept at most: an agent talks to one collector. */
#define IDLE_CONNECTIONS 4

struct multi {
    uv_loop_t *loop;
    CURLM *handle; /* NULL while idle */
    uv_timer_t timer, idle;
    unsigned running, closing;
};

struct watch { /* one socket of curl's */
    uv_poll_t poll;
    struct multi *multi;
    curl_socket_t fd;
};

int multi_start(struct fault *f)
{
    static CURLcode code = CURLE_FAILED_INIT;
    if (code != CURLE_OK)
        code = curl_global_init(CURL_GLOBAL_DEFAULT);
    return code == CURLE_OK ? 0 : fault_set(f, -EIO, _("libcurl does not start: %s"), curl_easy_strerror(code));
}

/* Hands over what ended. A done function may add, remove, or free everything. */
static void collect(struct multi *m)
{
    CURLMsg *message;
    int left;
    while (m->handle && (message = curl_multi_info_read(m->handle, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct multi_job *job = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&job);
        multi_remove(m, job);
        job->done(job, code);
    }
}

static void act(struct multi *m, curl_socket_t fd, int events)
{
    int running;
    if (!m->handle)
        return;
    curl_multi_socket_action(m->handle, fd, events, &running);
    collect(m);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_curl_timer(CURLM *handle, long ms, void *user)
{
    struct multi *m = user;
    if (ms < 0)
        uv_timer_stop(&m->timer);
    else
        uv_timer_start(&m->timer, on_timer, (uint64_t)ms, 0);
    return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    int curl_events = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        curl_events |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        curl_events |= CURL_CSELECT_OUT;
    act(w->multi, w->fd, curl_events);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch_open(struct multi *m, curl_socket_t fd)
{
    struct watch *w = alloc_zero(1, sizeof *w);
    if (uv_poll_init_socket(m->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->multi = m;
    w->fd = fd;
    curl_multi_assign(m->handle, fd, w);
    return w;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *assigned)
{
    struct multi *m = user;
    struct watch *w = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            curl_multi_assign(m->handle, fd, NULL);
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        }
        return 0;
    }
    struct multi_job *job = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&job);
    if (job) {
        job->fd = fd;
        job->connected |= what != CURL_POLL_OUT;
    }
    if (!w)
        w = watch_open(m, fd);
    if (!w)
        return -1;
    int events = what == CURL_POLL_IN ? UV_READABLE : what == CURL_POLL_OUT ? UV_WRITABLE : UV_READABLE | UV_WRITABLE;
    uv_poll_start(&w->poll, events, on_ready);
    return 0;
}

static void handle_drop(struct multi *m)
{
    CURLM *handle = TAKE(m->handle);
    if (handle)
        curl_multi_cleanup(handle);
    uv_timer_stop(&m->timer);
}

static void on_idle(uv_timer_t *timer)
{
    handle_drop(timer->data);
}

static int handle_make(struct multi *m, struct fault *f)
{
    int rc = multi_start(f);
    if (rc < 0)
        return rc;
    m->handle = curl_multi_init();
    if (!m->handle)
        return fault_set(f, -ENOMEM, _("libcurl has no memory"));
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->handle, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(m->handle, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(m->handle, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    /* One transfer a connection: what is measured shares its line with nothing. */
    curl_multi_setopt(m->handle, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return 0;
}

int multi_add(struct multi *m, struct multi_job *job, struct fault *f)
{
    int rc = m->handle ? 0 : handle_make(m, f);
    if (rc < 0)
        return rc;
    job->fd = -1;
    job->connected = false;
    curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job);
    CURLMcode code = curl_multi_add_handle(m->handle, job->easy);
    if (code != CURLM_OK)
        return fault_set(f, -EIO, "libcurl: %s", curl_multi_strerror(code));
    m->running++;
    uv_timer_stop(&m->idle);
    return 0;
}

void multi_remove(struct multi *m, struct multi_job *job)
{
    curl_multi_remove_handle(m->handle, job->easy);
    if (--m->running == 0 && !m->closing) {
        uv_timer_start(&m->idle, on_idle, IDLE_MS, 0);
        uv_unref((uv_handle_t *)&m->idle);
    }
}

struct multi *multi_new(uv_loop_t *loop)
{
    struct multi *m = alloc_zero(1, sizeof *m);
    m->loop = loop;
    uv_timer_init(loop, &m->timer);
    uv_timer_init(loop, &m->idle);
    m->timer.data = m->idle.data = m;
    return m;
}

static void on_closed(uv_handle_t *handle)
{
    struct multi *m = handle->data;
    if (--m->closing == 0)
        free(m);
}

void multi_free(struct multi *m)
{
    if (!m)
        return;
    m->closing = 2;
    handle_drop(m);
    uv_close((uv_handle_t *)&m->timer, on_closed);
    uv_close((uv_handle_t *)&m->idle, on_closed);
}
