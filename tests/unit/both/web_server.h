/* The routes of a server that does what is right: the collector's own HTTP server serves them. */
#pragma once

#include <unistd.h>

#include "collector/http/http.h"

static int get_ok(struct http_request *request, struct http_reply *reply)
{
    reply->content_type = "text/plain";
    buf_add_text(&reply->body, "hello\n");
    return 0;
}

static int get_big(struct http_request *request, struct http_reply *reply)
{
    size_t n = strtoul(http_query(request, "n"), NULL, 10);
    buf_reserve(&reply->body, n);
    memset(reply->body.data, 'x', n);
    reply->body.len = n;
    return 0;
}

static int get_slow(struct http_request *request, struct http_reply *reply)
{
    usleep(600000);
    return get_ok(request, reply);
}

static int redirect(struct http_request *request, struct http_reply *reply)
{
    const char *status = http_query(request, "status");
    reply->status = status ? (unsigned)strtoul(status, NULL, 10) : 302;
    http_reply_header(request, "Location", http_query(request, "to"));
    buf_add_text(&reply->body, "a page that says where to go");
    return 0;
}

static int get_loop(struct http_request *request, struct http_reply *reply)
{
    reply->status = 302;
    http_reply_header(request, "Location", "/loop");
    return 0;
}

/* What came in, as text. */
static int echo(struct http_request *request, struct http_reply *reply)
{
    const struct buf *body = http_body(request);
    const char *type = http_header(request, "Content-Type"), *test = http_header(request, "X-Test");
    buf_addf(&reply->body, "%s type=%s test=%s body=", http_method(request), type ? type : "-", test ? test : "-");
    buf_add(&reply->body, body->data, body->len);
    return 0;
}

static void sink(struct http_request *request, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        http_notes(request)[1] += (unsigned char)bytes[i];
    http_notes(request)[0] += (int64_t)len;
}

static int post_sink(struct http_request *request, struct http_reply *reply)
{
    buf_addf(&reply->body, "%lld %lld", (long long)http_notes(request)[0], (long long)http_notes(request)[1]);
    return 0;
}

static int get_busy(struct http_request *request, struct http_reply *reply)
{
    return http_unavailable(request, reply, 7, "come again");
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/ok", .handler = get_ok},
    {.method = "GET", .path = "/big", .handler = get_big},
    {.method = "GET", .path = "/slow", .handler = get_slow},
    {.method = "GET", .path = "/redirect", .handler = redirect},
    {.method = "POST", .path = "/redirect", .handler = redirect, .body_max = 10 << 20, .sink = sink},
    {.method = "GET", .path = "/loop", .handler = get_loop},
    {.method = "GET", .path = "/echo", .handler = echo},
    {.method = "POST", .path = "/echo", .handler = echo, .body_max = 10000},
    {.method = "POST", .path = "/sink", .handler = post_sink, .body_max = 10 << 20, .sink = sink},
    {.method = "GET", .path = "/busy", .handler = get_busy},
    {0},
};
