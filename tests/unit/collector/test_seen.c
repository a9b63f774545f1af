#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/http/seen.h"
#include "common/alloc.h"

static struct http_server *server;

static int answer(struct http_request *request, struct http_reply *reply)
{
    char text[PREFIX_TEXT_SIZE];
    reply->content_type = "text/plain";
    buf_addf(&reply->body, "<%s>", seen_prefix(request, text));
    return 0;
}

/* What the server, listening there and with these proxies, takes for the origin
 * of a request from 127.0.0.1 with this X-Forwarded-For. */
static void is_seen_as(const char *listen, const char *proxies, const char *forwarded, const char *wanted)
{
    static const struct http_route routes[] = {{.method = "GET", .path = "/", .handler = answer}, {0}};
    const struct http_table tables[] = {{routes, NULL}};
    const struct http_options options = {.listen = listen,
                                         .tables = tables,
                                         .table_count = 1,
                                         .proxies = proxies,
                                         .connections_max = 4,
                                         .idle_timeout_s = 10};
    struct fault f = {0};
    assert_int_equal(http_start(&options, &server, &f), 0);
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    dprintf(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
    if (forwarded)
        dprintf(fd, "X-Forwarded-For: %s\r\n", forwarded);
    dprintf(fd, "\r\n");
    char said[2048];
    size_t len = 0;
    for (ssize_t n; len < sizeof said - 1 && (n = recv(fd, said + len, sizeof said - 1 - len, 0)) > 0;)
        len += (size_t)n;
    said[len] = '\0';
    close(fd);
    http_stop(server);
    char body[PREFIX_TEXT_SIZE + 2];
    snprintf(body, sizeof body, "<%s>", wanted);
    if (!strstr(said, body))
        fail_msg("proxies %s, forwarded for %s: %s, wanted %s", proxies, forwarded, said, body);
}

static void only_ones_own_proxies_are_believed(void **state)
{
    static const struct {
        const char *proxies, *forwarded, *seen;
    } rows[] = {
        {NULL, NULL, "127.0.0.0/24"},
        {NULL, "198.51.100.7", "127.0.0.0/24"},
        {"192.0.2.1", "198.51.100.7", "127.0.0.0/24"},
        {"127.0.0.1", NULL, "127.0.0.0/24"},
        {"127.0.0.1", "198.51.100.7", "198.51.100.0/24"},
        /* what a stranger wrote stands before what our proxy saw */
        {"127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.0/24"},
        {"192.0.2.1, 127.0.0.1", "10.9.9.9, 198.51.100.7,192.0.2.1", "198.51.100.0/24"},
        {"127.0.0.1", "2001:db8:1:2::7", "2001:db8:1::/48"},
        {"127.0.0.1", "unknown", "?"},
        {"127.0.0.1", ", ,", "127.0.0.0/24"},
        {"127.0.0.1", "", "127.0.0.0/24"},
        /* an address has many spellings */
        {"::ffff:127.0.0.1", "198.51.100.7", "198.51.100.0/24"},
        {"127.0.0.1", "::ffff:198.51.100.7", "198.51.100.0/24"},
        {"127.0.0.1 192.0.2.1", "198.51.100.7, ::ffff:192.0.2.1", "198.51.100.0/24"},
        {"127.0.0.1 2001:db8::1", "198.51.100.7, 2001:0DB8:0::1", "198.51.100.0/24"},
        {"127.0.0.1", "198.51.100.7:4711", "?"},
        {"127.0.0.1", "198.51.100.7\t", "198.51.100.0/24"},
        {"127.0.0.1", "2001:db8:0:0:0:0:0:1111111111111111111111111111", "?"},
        {"127.0.0.11", "198.51.100.7", "127.0.0.0/24"},
        {"127.0.0.", "198.51.100.7", "127.0.0.0/24"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        is_seen_as("127.0.0.1:0", rows[i].proxies, rows[i].forwarded, rows[i].seen);
        /* There one of IPv4 comes in IPv6's clothes. */
        is_seen_as(":0", rows[i].proxies, rows[i].forwarded, rows[i].seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_ones_own_proxies_are_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
