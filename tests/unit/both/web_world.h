/* The client under test, between a server that does what is right and one that misbehaves. */
#pragma once

#include "tests/unit/check.h"

#include <arpa/inet.h>

#include "agent/io/web.h"
#include "tests/unit/both/web_rogue.h"
#include "tests/unit/both/web_server.h"

struct world {
    uv_loop_t loop;
    struct names *names;
    struct web *web;
    struct http_server *server;
    struct rogue rogue;
    char base[64], other[64], wrong[64]; /* the server by address and by name, and the rogue */
};

struct got {
    int calls;
    struct web_reply reply; /* without what it owns */
    char body[2048];
    size_t body_len;
};

static void on_got(void *user, const struct web_reply *reply)
{
    struct got *g = user;
    g->calls++;
    g->reply = *reply;
    g->body_len = reply->body.len;
    snprintf(g->body, sizeof g->body, "%s", reply->body.data ? reply->body.data : "");
}

static int world_open(void **state)
{
    static const struct http_table tables[] = {{routes, NULL}};
    const struct http_options options = {
        .listen = "127.0.0.1:0", .tables = tables, .table_count = 1, .connections_max = 32, .idle_timeout_s = 10};
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int size = sizeof any;
    struct fault f;
    struct world *w = calloc(1, sizeof *w);
    assert_int_equal(uv_loop_init(&w->loop), 0);
    assert_int_equal(names_new(&w->loop, &w->names, &f), 0);
    assert_int_equal(web_new(&w->loop, w->names, &clock_system, &w->web, &f), 0);
    assert_int_equal(http_start(&options, &w->server, &f), 0);
    snprintf(w->base, sizeof w->base, "http://127.0.0.1:%u", http_port(w->server));
    snprintf(w->other, sizeof w->other, "http://localhost:%u", http_port(w->server));
    assert_int_equal(uv_tcp_init(&w->loop, &w->rogue.listener), 0);
    w->rogue.listener.data = &w->rogue;
    assert_int_equal(uv_tcp_bind(&w->rogue.listener, (struct sockaddr *)&any, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&w->rogue.listener, 16, on_rogue_client), 0);
    uv_tcp_getsockname(&w->rogue.listener, (struct sockaddr *)&any, &size);
    w->rogue.port = ntohs(any.sin_port);
    snprintf(w->wrong, sizeof w->wrong, "http://127.0.0.1:%u", w->rogue.port);
    *state = w;
    return 0;
}

static int world_close(void **state)
{
    struct world *w = *state;
    web_free(w->web);
    names_free(w->names);
    uv_close((uv_handle_t *)&w->rogue.listener, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&w->loop); /* nothing stays behind */
    http_stop(w->server);
    free(w);
    return rc;
}

static const struct policy anywhere = {.allow_private = true};

static void fetch(struct world *w, struct web_request request, struct got *g)
{
    struct web_transfer *t;
    struct fault f = {0};
    *g = (struct got){0};
    if (!request.method)
        request.method = "GET";
    if (!request.timeout_us)
        request.timeout_us = 5000000;
    if (!request.policy)
        request.policy = &anywhere;
    if (web_start(w->web, &request, on_got, g, &t, &f) < 0)
        fail_msg("%s: %s", request.url, f.text);
    assert_int_equal(g->calls, 0); /* never from inside */
    while (g->calls == 0)
        uv_run(&w->loop, UV_RUN_ONCE);
}

static const char *in(char *ret, size_t size, const char *base, const char *path)
{
    snprintf(ret, size, "%s%s", base, path);
    return ret;
}
#define IN(base, path) in((char[512]){0}, 512, base, path)
