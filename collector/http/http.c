#include "collector/http/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "collector/http/listen.h"
#include "collector/http/near.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"
#include "common/wake.h"

/* A request's life, as microhttpd calls begin_or_go_on():
 *
 *   first call   the route is looked for. A body that nobody will read makes
 *                the request DRAINING: microhttpd would otherwise close the
 *                socket on unread octets, the kernel would answer RST, and the
 *                client would never see the answer. A client that asked with
 *                Expect: 100-continue is answered at once and sends nothing.
 *   body calls   octets go to the route's sink or into `body`; past body_max
 *                the request becomes DRAINING with a 413, and so it does when
 *                the route's `front` answers from the first octets.
 *   last call    the handler runs, or the stored answer goes out.
 *
 * DRAINING has an end: past DRAIN_MAX the connection is cut. So is one whose body
 * comes for longer than body_timeout_s: an octet now and then keeps it from being
 * idle, and its thread from everybody else. */

/* What a refused request may still send before it is cut: a client that
 * overshoots by little gets its answer, a flood does not get our time. */
#define DRAIN_MAX (64u << 20)
/* Headers of one request, and the block in which bodies are read. */
#define CONNECTION_MEMORY (64u << 10)
#define STREAM_BLOCK      (64u << 10)
/* How long http_stop waits for answers under way. */
#define STOP_WAIT_MS 10000

/* What microhttpd keeps for a request before its first call, when a NUL octet
 * would end its path early. */
static char path_is_cut;

/* ---- routes ---- */

static bool method_matches(const struct http_route *route, const char *method)
{
    return !strcmp(route->method, method) || (!strcmp(route->method, "GET") && !strcmp(method, "HEAD"));
}

/* Of several that match, the closest. */
static const struct place *place_find(const struct http_server *s, const char *method, const char *path)
{
    const struct place *best = NULL;
    for (size_t i = 0; i < s->place_count; i++) {
        const struct http_route *r = s->places[i].route;
        if (path_matches(r->path, path) && method_matches(r, method) &&
            (!best || path_closer(r->path, best->route->path)))
            best = &s->places[i];
    }
    return best;
}

/* The methods that this path knows, "GET, HEAD, POST"; empty when none. */
static void route_methods(const struct http_server *s, const char *path, struct buf *out)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
    for (size_t m = 0; m < COUNT(methods); m++)
        if (place_find(s, methods[m], path))
            buf_addf(out, "%s%s", out->len ? ", " : "", methods[m]);
}

/* ---- what a handler asks the library for ---- */

const char *http_query(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct query_walk {
    void (*fn)(void *ctx, const char *name, const char *value);
    void *ctx;
};

static enum MHD_Result query_one(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    const struct query_walk *walk = ctx;
    walk->fn(walk->ctx, name, value ? value : "");
    return MHD_YES;
}

void http_query_each(struct http_request *request, void (*fn)(void *ctx, const char *name, const char *value),
                     void *ctx)
{
    struct query_walk walk = {fn, ctx};
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, query_one, &walk);
}

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_host(const struct http_request *request)
{
    return request->authority ? request->authority : http_header(request, "Host");
}

int http_socket(const struct http_request *request)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->connection,
                                                                   MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* ---- answers ---- */

static ssize_t stream_read(void *ctx, uint64_t pos, char *bytes, size_t max)
{
    struct http_stream *stream = ctx;
    ssize_t n = stream->read(stream->ctx, bytes, max);
    if (n == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    return n < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : n;
}

static void stream_free(void *ctx)
{
    struct http_stream *stream = ctx;
    if (stream->free)
        stream->free(stream->ctx);
    free(stream);
}

/* Hands the reply's body or stream over to a response. */
static struct MHD_Response *response_new(struct http_reply *reply)
{
    if (!reply->stream.read) {
        size_t len = reply->body.len;
        return MHD_create_response_from_buffer(len, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
    }
    struct http_stream *stream = alloc_zero(1, sizeof *stream);
    *stream = reply->stream;
    reply->stream = (struct http_stream){0};
    uint64_t len = reply->stream_len < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)reply->stream_len;
    return MHD_create_response_from_callback(len, STREAM_BLOCK, stream_read, stream, stream_free);
}

static enum MHD_Result reply_send(struct http_request *r)
{
    struct MHD_Response *response = response_new(&r->reply);
    if (!response)
        return MHD_NO;
    if (r->reply.content_type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->reply.content_type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < r->header_count; i++)
        MHD_add_response_header(response, r->headers[i].name, r->headers[i].value);
    enum MHD_Result sent = MHD_queue_response(r->connection, r->reply.status, response);
    MHD_destroy_response(response);
    log_debug("HTTP: %s %s: %u", r->method, r->path, r->reply.status);
    return sent;
}

/* ---- one request ---- */

static void peer_name(struct MHD_Connection *connection, char ret_text[static INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info ? info->client_addr : NULL;
    strcpy(ret_text, "?");
    if (sa && sa->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, ret_text, INET6_ADDRSTRLEN);
    else if (sa && sa->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, ret_text, INET6_ADDRSTRLEN);
}

static bool has_body(const struct http_request *r)
{
    const char *length = http_header(r, "Content-Length");
    return (length && strcmp(length, "0") != 0) || http_header(r, "Transfer-Encoding");
}

static int refuse_size(struct http_request *r)
{
    if (r->route->body_max == 0)
        return http_problem(r, &r->reply, 413, "body", N_("No body is wanted here"),
                            N_("%s %s takes no body; send none"), r->method, r->path);
    return http_problem(r, &r->reply, 413, r->route->size_slug ? r->route->size_slug : "body-size",
                        N_("The body is too large"), N_("%s %s takes at most %zu octets; send less"), r->method,
                        r->path, r->route->body_max);
}

/* The first of len octets, below 0 when there is none. */
static int control_of(const char *octets, size_t len)
{
    const size_t at = scan_control(octets, len);
    return at < len ? octets[at] : -1;
}

static enum MHD_Result find_control(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                    const char *value, size_t value_len)
{
    int *found = ctx;
    if (*found < 0)
        *found = control_of(name, name_len);
    if (*found < 0 && value)
        *found = control_of(value, value_len);
    return MHD_YES;
}

/* What no name and no value has: a handler, to which they are texts, would read less than was sent, or pass on a line
 * of somebody else's making. Below 0: there is none. */
static int query_control(struct http_request *r)
{
    int found = -1;
    MHD_get_connection_values_n(r->connection, MHD_GET_ARGUMENT_KIND, find_control, &found);
    return found;
}

/* The path as it was sent, before microhttpd makes a text of it. */
static void *look_at_target(void *ctx, const char *target, struct MHD_Connection *connection)
{
    const char *nul = strstr(target, "%00");
    return nul && nul < target + strcspn(target, "?") ? &path_is_cut : NULL;
}

/* Finds the route, or makes the answer that says why there is none. */
static void request_route(struct http_request *r)
{
    const struct place *place = place_find(r->server, r->method, r->path);
    int control = query_control(r);
    if (r->server->near_only && !near_is(r)) {
        http_problem(r, &r->reply, 403, "floor", N_("This collector is for its own machine alone"),
                     N_("publication_floor = no shows figures of single households: it answers who calls from this "
                        "machine, without a proxy and by the name localhost; for all others take the line out of its "
                        "configuration"));
    } else if (control >= 0) {
        http_problem(r, &r->reply, 400, "query", N_("The query cannot be read"),
                     N_("the query of %s has the control octet %%%02X in it; leave it out"), r->path,
                     (unsigned)control);
    } else if (r->cut) {
        http_problem(r, &r->reply, 400, "path", N_("The path cannot be read"),
                     N_("behind %s is a NUL octet (%%00); leave it out"), r->path);
    } else if (place) {
        r->route = place->route;
        r->context = place->context;
        const char *length = http_header(r, "Content-Length");
        if (!has_body(r) || (r->route->body_max > 0 && (!length || strtoull(length, NULL, 10) <= r->route->body_max)))
            return;
        refuse_size(r);
    } else {
        _cleanup_(buf_free) struct buf methods = {0};
        route_methods(r->server, r->path, &methods);
        if (methods.len > 0) {
            http_reply_header(r, "Allow", methods.data);
            http_problem(r, &r->reply, 405, "method", N_("This method is not known here"), N_("%s knows %s, not %s"),
                         r->path, methods.data, r->method);
        } else {
            http_problem(r, &r->reply, 404, "not-found", N_("Nothing is here"), N_("%s is no path of this server"),
                         r->path);
        }
    }
    r->state = DRAINING;
}

static void answer_internal(struct http_request *r)
{
    http_problem(r, &r->reply, 500, "internal", N_("The server failed"),
                 N_("this is not the request's fault; the server's log says more; try again later"));
}

/* Are the first octets enough to say that the rest is not wanted? */
static void judge_front(struct http_request *r)
{
    size_t total = http_body_total(r);
    if (r->judged || !r->route->front || r->body.len < r->route->front_len || r->body.len == total)
        return;
    r->judged = true;
    if (r->route->front(r, &r->reply) < 0)
        answer_internal(r);
    if (!r->reply.content_type)
        return;
    buf_free(&r->body);
    r->state = DRAINING;
}

static bool is_late(const struct http_request *r)
{
    int64_t timeout = r->server->body_timeout_us;
    return timeout > 0 && clock_mono_us(&clock_system) - r->began_us > timeout;
}

static enum MHD_Result request_octets(struct http_request *r, const char *bytes, size_t len)
{
    if (is_late(r))
        return MHD_NO;
    r->received += len;
    if (r->state == READING && r->received > r->route->body_max) {
        buf_free(&r->body);
        refuse_size(r);
        r->state = DRAINING;
    }
    if (r->state == DRAINING)
        return r->received > DRAIN_MAX ? MHD_NO : MHD_YES;
    if (r->route->sink)
        r->route->sink(r, bytes, len);
    else
        buf_add(&r->body, bytes, len);
    judge_front(r);
    return MHD_YES;
}

/* The path of a target in absolute-form (RFC 9112 section 3.2.2), as proxies are asked and every server has to take it:
 * its authority takes the place of Host. */
static const char *path_of(const char *target, char **ret_authority)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t s = 0; s < COUNT(schemes); s++) {
        size_t len = strlen(schemes[s]);
        if (strncasecmp(target, schemes[s], len) != 0)
            continue;
        size_t authority = strcspn(target + len, "/");
        *ret_authority = alloc_text_n(target + len, authority);
        return target[len + authority] ? target + len + authority : "/";
    }
    return target;
}

static struct http_request *request_new(struct http_server *s, struct MHD_Connection *connection, const char *path,
                                        const char *method)
{
    struct http_request *r = alloc_zero(1, sizeof *r);
    r->server = s;
    r->connection = connection;
    r->method = alloc_text(method);
    r->path = alloc_text(path_of(path, &r->authority));
    r->began_us = clock_mono_us(&clock_system);
    peer_name(connection, r->peer);
    reply_reset(&r->reply);
    pthread_mutex_lock(&s->lock);
    s->under_way++;
    pthread_mutex_unlock(&s->lock);
    return r;
}

static enum MHD_Result begin_or_go_on(void *ctx, struct MHD_Connection *connection, const char *path,
                                      const char *method, const char *version, const char *bytes, size_t *len,
                                      void **state)
{
    struct http_server *s = ctx;
    struct http_request *r = *state;
    if (!r || *state == &path_is_cut) {
        bool cut = *state == &path_is_cut;
        r = *state = request_new(s, connection, path, method);
        r->cut = cut;
        request_route(r);
        bool asks = http_header(r, "Expect") != NULL;
        return r->state == DRAINING && (asks || !has_body(r)) ? reply_send(r) : MHD_YES;
    }
    if (*len > 0) {
        size_t taken = *len;
        *len = 0;
        return request_octets(r, bytes, taken);
    }
    if (r->state == READING && r->route->handler(r, &r->reply) < 0)
        answer_internal(r);
    return reply_send(r);
}

static void request_end(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    struct http_server *s = ctx;
    struct http_request *r = *state;
    if (!r || *state == &path_is_cut)
        return;
    *state = NULL;
    reply_reset(&r->reply);
    for (size_t i = 0; i < r->header_count; i++) {
        free(r->headers[i].name);
        free(r->headers[i].value);
    }
    free(r->headers);
    buf_free(&r->body);
    if (r->kept)
        r->kept_free(r->kept);
    free(r->method);
    free(r->path);
    free(r->authority);
    free(r);
    pthread_mutex_lock(&s->lock);
    s->under_way--;
    pthread_cond_signal(&s->done);
    pthread_mutex_unlock(&s->lock);
}

/* ---- the server ---- */

static void join_tables(struct http_server *s, const struct http_options *options)
{
    for (size_t t = 0; t < options->table_count; t++)
        for (const struct http_route *r = options->tables[t].routes; r->path; r++) {
            s->places = alloc_resize(s->places, s->place_count + 1, sizeof *s->places);
            s->places[s->place_count++] = (struct place){r, options->tables[t].context};
        }
}

static void server_free(struct http_server *s)
{
    if (!s)
        return;
    if (s->daemon)
        MHD_stop_daemon(s->daemon); /* closes the listening socket, too */
    else if (s->listen_fd >= 0)
        close(s->listen_fd);
    pthread_cond_destroy(&s->done);
    pthread_mutex_destroy(&s->lock);
    free(s->places);
    free(s);
}

static void server_freep(struct http_server **s)
{
    server_free(*s);
}

int http_start(const struct http_options *options, struct http_server **ret, struct fault *f)
{
    _cleanup_(server_freep) struct http_server *s = alloc_zero(1, sizeof *s);
    s->listen_fd = -1;
    s->proxies = options->proxies;
    s->near_only = options->near_only;
    s->body_timeout_us = options->body_timeout_s * INT64_C(1000000);
    pthread_mutex_init(&s->lock, NULL);
    wake_init(&s->done);
    join_tables(s, options);
    s->listen_fd = listen_open("listen", options->listen, SOCK_STREAM, f);
    if (s->listen_fd < 0)
        return s->listen_fd;
    s->port = listen_port(s->listen_fd);
    s->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL,
        begin_or_go_on, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_NOTIFY_COMPLETED, request_end, s,
        MHD_OPTION_URI_LOG_CALLBACK, look_at_target, s, MHD_OPTION_CONNECTION_LIMIT, options->connections_max,
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_THREAD_STACK_SIZE, (size_t)1 << 20, MHD_OPTION_END);
    if (!s->daemon)
        return fault_set(f, -EIO, _("listen: %s: the HTTP server does not start"), options->listen);
    *ret = TAKE(s);
    return 0;
}

unsigned http_port(const struct http_server *server)
{
    return server->port;
}

void http_stop(struct http_server *server)
{
    if (!server)
        return;
    /* No new connections; then the answers under way, which microhttpd would cut. */
    int fd = MHD_quiesce_daemon(server->daemon);
    const struct timespec until = wake_after_ms(STOP_WAIT_MS);
    pthread_mutex_lock(&server->lock);
    while (server->under_way > 0 && pthread_cond_timedwait(&server->done, &server->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&server->lock);
    if (fd >= 0)
        close(fd);
    server_free(server);
}
