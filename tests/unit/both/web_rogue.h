/* A server on the loop that misbehaves as it is told. */
#pragma once

#include "tests/unit/check.h"

#include <uv.h>

enum manner { SILENT, CLOSES, RESETS, SHORT_BODY, GARBAGE, HTTP_09, ENDLESS_HEADERS, ENDLESS_CONTINUE, BAD_CHUNK };

struct rogue {
    uv_tcp_t listener;
    enum manner manner;
    unsigned port;
    char request[4096]; /* the last one */
};

static void on_rogue_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_rogue_alloc(uv_handle_t *handle, size_t want, uv_buf_t *ret)
{
    static char block[65536];
    *ret = uv_buf_init(block, sizeof block);
}

static void rogue_say(uv_stream_t *client, const char *text)
{
    uv_buf_t out = uv_buf_init((char *)text, (unsigned)strlen(text));
    uv_try_write(client, &out, 1);
}

static void on_rogue_read(uv_stream_t *client, ssize_t len, const uv_buf_t *in)
{
    struct rogue *r = client->data;
    if (uv_is_closing((uv_handle_t *)client))
        return;
    if (len < 0) {
        uv_close((uv_handle_t *)client, on_rogue_closed);
        return;
    }
    snprintf(r->request, sizeof r->request, "%.*s", (int)len, in->base);
    switch (r->manner) {
    case SILENT:
        return;
    case RESETS:
        uv_tcp_close_reset((uv_tcp_t *)client, on_rogue_closed);
        return;
    case CLOSES:
        break;
    case SHORT_BODY:
        rogue_say(client, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        break;
    case GARBAGE:
        rogue_say(client, "220 mail.example ESMTP\r\n");
        break;
    case HTTP_09:
        rogue_say(client, "<html>no headers at all</html>");
        break;
    case BAD_CHUNK:
        rogue_say(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
        break;
    case ENDLESS_HEADERS:
        rogue_say(client, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 2000; i++)
            rogue_say(client, "X-More: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
        return;
    case ENDLESS_CONTINUE:
        for (int i = 0; i < 4000; i++)
            rogue_say(client, "HTTP/1.1 100 Continue\r\nX-More: yes\r\n\r\n");
        return;
    }
    uv_close((uv_handle_t *)client, on_rogue_closed);
}

static void on_rogue_client(uv_stream_t *listener, int status)
{
    uv_tcp_t *client = calloc(1, sizeof *client);
    assert_int_equal(uv_tcp_init(listener->loop, client), 0);
    client->data = listener->data;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)client), 0);
    uv_read_start((uv_stream_t *)client, on_rogue_alloc, on_rogue_read);
}
