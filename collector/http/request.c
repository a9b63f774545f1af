#include "collector/http/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"

/* ---- what a handler sees ---- */

void *http_context(const struct http_request *request)
{
    return request->context;
}

const void *http_route_data(const struct http_request *request)
{
    return request->route->data;
}

const char *http_proxies(const struct http_request *request)
{
    return request->server->proxies;
}

unsigned long long http_unavailable_count(const struct http_request *request)
{
    return request->server->unavailable;
}

const char *http_method(const struct http_request *request)
{
    return request->method;
}

const char *http_path(const struct http_request *request)
{
    return request->path;
}

const char *http_member(const struct http_request *request, const char *name, char ret_text[static PATH_MEMBER_SIZE])
{
    return path_member(request->route->path, request->path, name, ret_text);
}

const struct buf *http_body(const struct http_request *request)
{
    return &request->body;
}

size_t http_body_total(const struct http_request *request)
{
    const char *length = http_header(request, "Content-Length");
    return length ? strtoull(length, NULL, 10) : 0;
}

void http_keep(struct http_request *request, void *kept, void (*free)(void *kept))
{
    request->kept = kept;
    request->kept_free = free;
}

void *http_kept(const struct http_request *request)
{
    return request->kept;
}

const char *http_peer(const struct http_request *request)
{
    return request->peer;
}

int64_t *http_notes(struct http_request *request)
{
    return request->notes;
}

void http_reply_header(struct http_request *request, const char *name, const char *value)
{
    request->headers = alloc_resize(request->headers, request->header_count + 1, sizeof *request->headers);
    request->headers[request->header_count++] = (struct reply_header){alloc_text(name), alloc_text(value)};
}

/* ---- answers ---- */

void reply_reset(struct http_reply *reply)
{
    buf_free(&reply->body);
    if (reply->stream.read && reply->stream.free)
        reply->stream.free(reply->stream.ctx);
    *reply = (struct http_reply){.status = 200, .stream_len = -1};
}

enum lang http_language(const struct http_request *request)
{
    return lang_accepted(http_header(request, "Accept-Language"));
}

/* A path or a method may be any octets, and a long text is cut anywhere. JSON is
 * UTF-8 alone. */
static void make_utf8(char *text)
{
    for (text += scan_utf8(text, strlen(text)); *text; text += scan_utf8(text, strlen(text)))
        *text++ = '?';
}

int http_problem(struct http_request *request, struct http_reply *reply, unsigned status, const char *slug,
                 const char *title, const char *detail, ...)
{
    char text[1024];
    enum lang lang = http_language(request);
    LANG_SCOPE(lang);
    va_list ap;
    va_start(ap, detail);
    vsnprintf(text, sizeof text, _(detail), ap);
    va_end(ap);
    make_utf8(text);
    title = _(title);
    reply_reset(reply);
    http_reply_header(request, "Content-Language", lang_code(lang));
    http_reply_header(request, "Vary", "Accept-Language");
    http_reply_header(request, "Cache-Control", "no-store"); /* what is not here may be in a moment */
    reply->status = status;
    reply->content_type = "application/problem+json";
    buf_addf(&reply->body, "{\"type\":\"urn:internetmetre:problem:%s\",\"title\":", slug);
    buf_add_json(&reply->body, title, strlen(title));
    buf_addf(&reply->body, ",\"status\":%u,\"detail\":", status);
    buf_add_json(&reply->body, text, strlen(text));
    buf_add_text(&reply->body, "}\n");
    return 0;
}

int http_unavailable(struct http_request *request, struct http_reply *reply, unsigned retry_after_s, const char *detail)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%u", retry_after_s);
    http_reply_header(request, "Retry-After", seconds);
    request->server->unavailable++;
    LANG_SCOPE(http_language(request));
    return http_problem(request, reply, 503, "unavailable", N_("Not available right now"), "%s", _(detail));
}

int http_failed(struct http_request *request, struct http_reply *reply, int rc, const struct fault *f)
{
    static struct log_limit limit = {.interval_us = 60 * INT64_C(1000000), .burst = 10};
    if (rc == -EBUSY || rc == -ENOTCONN) {
        log_limited(&limit, LOG_WARN, "%s: %s; the client is asked to come again", request->path, f->text);
        return http_unavailable(request, reply, HTTP_RETRY_AFTER_S,
                                N_("the database is busy or away; nothing is lost, come again"));
    }
    log_limited(&limit, LOG_ERROR, "%s: %s; answered 500", request->path, f->text);
    return rc;
}
