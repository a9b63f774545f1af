#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/http/http.h"
#include "collector/http/near.h"
#include "common/alloc.h"

static int answer(struct http_request *request, struct http_reply *reply)
{
    reply->content_type = "text/plain";
    buf_add_text(&reply->body, near_is(request) ? "near" : "far");
    return 0;
}

/* What a server says to somebody on this machine who sends these header lines. */
static void ask(const struct http_server *server, const char *target, const char *headers, char *said, size_t size)
{
    const struct sockaddr_in sa = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)http_port(server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t len = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&sa, sizeof sa), 0);
    dprintf(fd, "GET %s HTTP/1.0\r\n%s\r\n", target ? target : "/", headers);
    for (ssize_t n; len < size - 1 && (n = recv(fd, said + len, size - 1 - len, 0)) > 0;)
        len += (size_t)n;
    said[len] = '\0';
    close(fd);
}

static struct http_server *start(bool near_only)
{
    static const struct http_route routes[] = {{.method = "GET", .path = "/", .handler = answer}, {0}};
    static const struct http_table tables[] = {{routes, NULL}};
    const struct http_options options = {.listen = "127.0.0.1:0",
                                         .tables = tables,
                                         .table_count = 1,
                                         .near_only = near_only,
                                         .connections_max = 4,
                                         .idle_timeout_s = 10};
    struct http_server *server;
    struct fault f = {0};
    assert_int_equal(http_start(&options, &server, &f), 0);
    return server;
}

static void a_proxy_and_another_s_name_are_not_this_machine(void **state)
{
    static const struct {
        const char *headers;
        bool near;
        const char *target; /* NULL: the path alone */
    } rows[] = {
        {"", true},
        {"Host: 127.0.0.1:8080\r\n", true},
        {"Host: 127.8.9.1\r\n", true},
        {"Host: localhost:8080\r\n", true},
        {"Host: LocalHost\r\n", true},
        {"Host: [::1]:8080\r\n", true},
        {"Host: [::1]\r\n", true},
        {"Host: collector.example\r\n", false},
        {"Host: 127.example.org\r\n", false},
        {"Host: 127.0.0.1.example.org\r\n", false},
        {"Host: localhost.example.org\r\n", false},
        {"Host: [::11]\r\n", false},
        {"Host: 192.0.2.1:8080\r\n", false},
        {"Host:\r\n", false},
        {"Host: localhost\r\nX-Forwarded-For: 198.51.100.7\r\n", false},
        {"Host: localhost\r\nx-forwarded-for: 127.0.0.1\r\n", false},
        {"Host: localhost\r\nForwarded: for=198.51.100.7\r\n", false},
        {"Host: localhost\r\nX-Real-IP: 198.51.100.7\r\n", false},
        {"Host: localhost\r\nVia: 1.1 cache\r\n", false},
        /* RFC 9112 section 3.2.2: the target's own, whatever Host says */
        {"Host: localhost\r\n", false, "http://collector.example/"},
        {"Host: localhost\r\n", false, "http://localhost@collector.example/"},
        {"Host: collector.example\r\n", true, "http://localhost:8080/"},
    };
    struct http_server *all = start(false), *own = start(true);
    char said[2048];
    for (size_t i = 0; i < COUNT(rows); i++) {
        ask(all, rows[i].target, rows[i].headers, said, sizeof said);
        if (!strstr(said, rows[i].near ? "near" : "far"))
            fail_msg("%s: %s", rows[i].headers, said);
        ask(own, rows[i].target, rows[i].headers, said, sizeof said);
        if (!strstr(said, rows[i].near ? " 200 " : " 403 ") || !strstr(said, rows[i].near ? "near" : "problem:floor"))
            fail_msg("%s: %s", rows[i].headers, said);
    }
    http_stop(all);
    http_stop(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proxy_and_another_s_name_are_not_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
