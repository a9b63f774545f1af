/* The query of a GET request, over a real connection: what is understood is what
 * was said, octet for octet, and what is not is refused with its reason. */
#include "tests/fuzz/fuzz.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/api/param.h"

#define ALL       ((1u << PARAM_COUNT) - 1)
#define QUERY_MAX 2000

/* ---- what the server made of it ---- */

struct heard {
    bool good;
    struct buf values[PARAM_COUNT]; /* NUL at the end; NULL when absent */
};

static struct heard heard; /* before the answer is sent; read once it has come */

static int answer(struct http_request *request, struct http_reply *reply)
{
    struct params p;
    struct fault f = {0};
    int64_t from, to;
    heard.good = params_read(request, ALL, &p, &f) == 0;
    if (!heard.good && !f.text[0])
        abort();
    for (int i = 0; heard.good && i < PARAM_COUNT; i++)
        if (p.values[i])
            buf_add(&heard.values[i], p.values[i], strlen(p.values[i]) + 1);
    if (heard.good) {
        params_span(&p, &from, &to);
        if (from < 0 && !p.values[PARAM_FROM])
            abort();
    }
    reply->content_type = "text/plain";
    buf_add_text(&reply->body, "ok");
    return 0;
}

/* ---- asking ---- */

static int dial(void)
{
    static const struct http_route routes[] = {{.method = "GET", .path = "/", .handler = answer}, {0}};
    static const struct http_table tables[] = {{routes, NULL}};
    static const struct http_options options = {
        .listen = "127.0.0.1:0", .tables = tables, .table_count = 1, .connections_max = 4, .idle_timeout_s = 600};
    static struct http_server *server;
    struct fault f;
    if (!server && http_start(&options, &server, &f) < 0)
        abort();
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0)
        abort();
    return fd;
}

/* Sends the request on the one connection, and waits for its answer. */
static void ask(const struct buf *request)
{
    static int fd = -1;
    char said[1024];
    size_t len = 0;
    if (fd < 0)
        fd = dial();
    if (send(fd, request->data, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
        abort();
    do {
        ssize_t n = recv(fd, said + len, sizeof said - 1 - len, 0);
        if (n <= 0)
            abort();
        len += (size_t)n;
        said[len] = '\0';
    } while (!strstr(said, "\r\n\r\nok") && !strstr(said, "\r\n\r\n{"));
    if (!strstr(said, "\r\n\r\n{"))
        return;
    /* Refused before the handler, and hung up: a control octet, nothing else. */
    if (!strstr(said, "problem:query"))
        abort();
    close(fd);
    fd = -1;
}

/* ---- what was said ---- */

static int hex(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Decodes a name or a value up to its end (application/x-www-form-urlencoded). */
static void decode(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        const uint8_t *at = (const uint8_t *)text + i;
        if (*at == '%' && i + 2 < len && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
            buf_add_char(out, (char)(hex(at[1]) << 4 | hex(at[2])));
            i += 2;
        } else {
            buf_add_char(out, *at == '+' ? ' ' : (char)*at);
        }
    }
}

/* Each member of the query that was understood is a parameter with that value. */
static void check_members(const char *query)
{
    size_t members = 0, values = 0;
    for (const char *at = query; *at;) {
        size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
        _cleanup_(buf_free) struct buf name = {0}, value = {0};
        decode(at, name_len, &name);
        if (name_len < len)
            decode(at + name_len + 1, len - name_len - 1, &value);
        buf_add_char(&name, '\0');
        buf_add_char(&value, '\0');
        int p = 0;
        while (p < PARAM_COUNT &&
               (strlen(param_name((enum param)p)) + 1 != name.len || strcmp(param_name((enum param)p), name.data) != 0))
            p++;
        if (len > 0 && (p == PARAM_COUNT || heard.values[p].len != value.len ||
                        memcmp(heard.values[p].data, value.data, value.len) != 0))
            abort();
        members += len > 0;
        at += len + (at[len] == '&');
    }
    for (int i = 0; i < PARAM_COUNT; i++)
        values += heard.values[i].len > 0;
    if (members != values)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    _cleanup_(buf_free) struct buf query = {0}, request = {0};
    if (len > QUERY_MAX)
        return 0;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '#')
            buf_add_char(&query, (char)bytes[i]);
        else
            buf_addf(&query, "%%%02x", bytes[i]);
    }
    buf_add_text(&query, "");
    buf_addf(&request, "GET /?%s HTTP/1.1\r\nHost: a\r\n\r\n", query.data);
    heard.good = false;
    ask(&request);
    if (heard.good)
        check_members(query.data);
    for (int i = 0; i < PARAM_COUNT; i++)
        buf_free(&heard.values[i]);
    return 0;
}
