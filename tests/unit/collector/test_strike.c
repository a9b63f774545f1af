#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/http/strike.h"
#include "common/clock.h"

/* Through a real server, as behind a proxy: X-Forwarded-For says from where. */

#define BURST 60 /* strike.c's */

static struct http_server *server;
static struct strikes *strikes;
static int handled;

/* Answers what the query asks for. */
static int handler(struct http_request *request, struct http_reply *reply)
{
    unsigned status = (unsigned)atoi(http_query(request, "status"));
    handled++;
    if (status == 0)
        return -EIO;
    if (status >= 400)
        return http_problem(request, reply, status, "no", "No", "not this");
    reply->status = status;
    return 0;
}

static int guarded(struct http_request *request, struct http_reply *reply)
{
    return strike_guard(strikes, handler, request, reply);
}

static int start(void **state)
{
    static const struct http_route routes[] = {{.method = "GET", .path = "/", .handler = guarded}, {0}};
    static const struct http_table tables[] = {{routes, NULL}};
    static const struct http_options options = {.listen = "127.0.0.1:0",
                                                .tables = tables,
                                                .table_count = 1,
                                                .proxies = "127.0.0.1",
                                                .connections_max = 4,
                                                .idle_timeout_s = 10};
    struct fault f;
    strikes = strikes_new();
    return http_start(&options, &server, &f);
}

static int stop(void **state)
{
    http_stop(server);
    strikes_free(strikes);
    return 0;
}

/* The answer to a request from there (NULL: from loopback) that asks for this status. */
static const char *ask(const char *from, int status)
{
    static char text[4096];
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    dprintf(fd, "GET /?status=%d HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\nConnection: close\r\n", status);
    if (from)
        dprintf(fd, "X-Forwarded-For: %s\r\n", from);
    dprintf(fd, "\r\n");
    size_t len = 0;
    for (ssize_t n; len < sizeof text - 1 && (n = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0;)
        len += (size_t)n;
    text[len] = '\0';
    close(fd);
    return text;
}

static bool is_open(const char *from)
{
    int before = handled;
    const char *said = ask(from, 200);
    if (handled > before)
        return true;
    assert_non_null(strstr(said, " 429 "));
    return false;
}

/* How many refused requests a network may send at once: one comes back a second. */
static void strike_out(const char *from)
{
    int64_t begun_us = clock_mono_us(&clock_system);
    int before = handled;
    while (!strstr(ask(from, 403), " 429 "))
        ;
    int64_t took_s = (clock_mono_us(&clock_system) - begun_us) / 1000000;
    assert_in_range(handled - before, BURST, BURST + took_s + 1);
}

static void a_network_strikes_out(void **state)
{
    strike_out("198.51.100.7");
    const char *said = ask("198.51.100.7", 403);
    const char *const wanted[] = {" 429 ", "Retry-After: 10\r\n", "problem:too-many-refused",
                                  "came from 198.51.100.0/24; come again in 10 s"};
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (!strstr(said, wanted[i]))
            fail_msg("without %s: %s", wanted[i], said);
}

static void it_alone_and_all_of_it(void **state)
{
    static const struct {
        const char *struck, *other;
        bool same;
    } rows[] = {
        {"198.51.101.7", "198.51.101.254", true},
        {"198.51.102.7", "198.51.103.7", false},
        {"198.51.104.7", "::ffff:198.51.104.8", true},
        {"2001:db8:1::7", "2001:db8:1:ffff::1", true},
        {"2001:db8:2::7", "2001:db8:3::7", false},
        /* A proxy that names nobody does not open the door. */
        {"unknown", "_hidden", true},
        {"198.51.105.7", "127.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        strike_out(rows[i].struck);
        /* An address that a stranger puts in front of its own changes nothing. */
        _cleanup_text_ char *lie = alloc_format("192.0.2.%zu, %s", i, rows[i].struck);
        assert_false(is_open(lie));
        if (is_open(rows[i].other) == rows[i].same)
            fail_msg("%s after %s", rows[i].other, rows[i].struck);
    }
}

/* Only what the request is to blame for counts. */
static void what_is_good_costs_nothing(void **state)
{
    static const int good[] = {200, 304, 500, 503, 0};
    for (size_t i = 0; i < COUNT(good); i++) {
        for (int n = 0; n < BURST + 20; n++)
            ask("203.0.113.7", good[i]);
        assert_true(is_open("203.0.113.7"));
    }
}

static void loopback_never_strikes_out(void **state)
{
    int before = handled;
    for (int n = 0; n < BURST + 20; n++)
        ask(NULL, 403);
    for (int n = 0; n < BURST + 20; n++)
        ask("::1", 403);
    assert_int_equal(handled - before, 2 * (BURST + 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_strikes_out),
        cmocka_unit_test(it_alone_and_all_of_it),
        cmocka_unit_test(what_is_good_costs_nothing),
        cmocka_unit_test(loopback_never_strikes_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
