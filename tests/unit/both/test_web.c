/* web.c against real servers on loopback: the collector's HTTP server for what
 * is right, and a server on the loop that misbehaves as it is told. */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "tests/unit/both/web_world.h"

static void test_get(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 6, .fresh = true}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_string_equal(g.reply.reason, "");
    assert_int_equal(g.reply.status, 200);
    assert_string_equal(g.body, "hello\n");
    assert_string_equal(g.reply.content_type, "text/plain");
    assert_string_equal(g.reply.http_version, "1.1");
    assert_string_equal(g.reply.addr, "127.0.0.1");
    assert_string_equal(g.reply.final_url, IN(w->base, "/ok"));
    assert_int_equal(g.reply.af, 4);
    assert_int_equal(g.reply.body_bytes, 6);
    assert_int_equal(g.reply.redirects, 0);
    assert_int_equal(g.reply.retry_after_us, -1);
    assert_true(g.reply.lookup_ms < 0 && g.reply.tls_ms < 0);
    assert_true(g.reply.connect_ms > 0 && g.reply.connect_ms <= g.reply.ttfb_ms);
    assert_true(g.reply.wait_ms > 0 && g.reply.wait_ms <= g.reply.ttfb_ms && g.reply.ttfb_ms <= g.reply.total_ms);
    assert_true(g.reply.wire_bytes > 500 && g.reply.wire_bytes < 2000);
}

static void test_by_name(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->other, "/ok"), .body_max = 100}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_true(g.reply.lookup_ms >= 0);
    assert_true(g.reply.address_count >= 1);
    fetch(w, (struct web_request){.url = IN(w->other, "/ok"), .body_max = 100, .family = 4}, &g);
    assert_int_equal(g.reply.address_count, 1);
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 100, .family = 6}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_DNS_ERROR);
}

static void test_status_is_no_failure(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/nosuch"), .body_max = 1000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_int_equal(g.reply.status, 404);
    fetch(w, (struct web_request){.url = IN(w->base, "/busy"), .body_max = 1000}, &g);
    assert_int_equal(g.reply.status, 503);
    assert_int_equal(g.reply.retry_after_us, 7000000);
}

static void test_head(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.method = "HEAD", .url = IN(w->base, "/big?n=50000"), .body_max = 0}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_int_equal(g.reply.status, 200);
    assert_int_equal(g.reply.body_bytes, 0);
}

static void test_connection_again(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 100}, &g);
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 100}, &g);
    assert_true(g.reply.connect_ms < 0 && g.reply.wait_ms > 0);
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 100, .fresh = true}, &g);
    assert_true(g.reply.connect_ms > 0);
    /* A connection that one policy opened does not serve another. */
    const struct policy strict = {.allow_private = false};
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 100, .policy = &strict}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_DENIED);
}

static void test_body_max(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/big?n=40000"), .body_max = 40000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_int_equal(g.body_len, 40000);
    fetch(w, (struct web_request){.url = IN(w->base, "/big?n=40001"), .body_max = 40000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_PROTOCOL_ERROR);
    assert_non_null(strstr(g.reply.reason, "40000"));
    fetch(w, (struct web_request){.url = IN(w->base, "/ok"), .body_max = 0}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_PROTOCOL_ERROR);
}

static bool at_most_20000(void *user, const char *bytes, size_t len)
{
    struct got *g = user;
    g->body_len += len;
    return g->body_len < 20000;
}

static void test_reader_has_enough(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/big?n=9000000"), .body_write = at_most_20000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
    assert_true(g.reply.body_bytes >= 20000 && g.reply.body_bytes < 1000000);
}

static void test_timeout(void **state)
{
    struct world *w = *state;
    struct got g;
    fetch(w, (struct web_request){.url = IN(w->base, "/slow"), .body_max = 100, .timeout_us = 150000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_TIMEOUT);
    assert_string_equal(g.reply.reason, "no answer within 150 ms");
    assert_true(g.reply.total_ms >= 145 && g.reply.total_ms < 500);
    assert_true(g.reply.connect_ms > 0 && g.reply.ttfb_ms < 0);
}

static void test_not_served(void **state)
{
    struct world *w = *state;
    struct got g;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof any;
    char url[64];
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* bound and not listening: refuses */
    assert_int_equal(bind(fd, (struct sockaddr *)&any, size), 0);
    getsockname(fd, (struct sockaddr *)&any, &size);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", ntohs(any.sin_port));
    fetch(w, (struct web_request){.url = url, .body_max = 100}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_REFUSED);
    assert_string_equal(g.reply.addr, "127.0.0.1");
    assert_int_equal(g.reply.status, 0);
    close(fd);
}

static void test_rogue(void **state)
{
    static const struct {
        enum manner manner;
        enum outcome outcome;
    } cases[] = {
        {SILENT, OUTCOME_TIMEOUT},
        {CLOSES, OUTCOME_RESET},
        {RESETS, OUTCOME_RESET},
        {SHORT_BODY, OUTCOME_RESET},
        {GARBAGE, OUTCOME_PROTOCOL_ERROR},
        {HTTP_09, OUTCOME_PROTOCOL_ERROR},
        {ENDLESS_HEADERS, OUTCOME_PROTOCOL_ERROR},
        {ENDLESS_CONTINUE, OUTCOME_PROTOCOL_ERROR},
        {BAD_CHUNK, OUTCOME_RESET},
    };
    struct world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct got g;
        w->rogue.manner = cases[i].manner;
        fetch(w, (struct web_request){.url = IN(w->wrong, "/"), .body_max = 1000, .timeout_us = 400000}, &g);
        if (g.reply.outcome != cases[i].outcome)
            fail_msg("manner %d: %s, %s", cases[i].manner, outcome_word(g.reply.outcome), g.reply.reason);
        assert_true(g.reply.reason[0]);
    }
}

/* TLS to a server that cuts the line at the first octet, or says nothing. */
static void test_rogue_tls(void **state)
{
    struct world *w = *state;
    struct got g;
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", w->rogue.port);
    w->rogue.manner = RESETS;
    fetch(w, (struct web_request){.url = url, .body_max = 1000, .timeout_us = 2000000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_RESET);
    w->rogue.manner = GARBAGE;
    fetch(w, (struct web_request){.url = url, .body_max = 1000, .timeout_us = 2000000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_PROTOCOL_ERROR);
    assert_string_equal(g.reply.cause, "no_tls");
    w->rogue.manner = SILENT;
    fetch(w, (struct web_request){.url = url, .body_max = 1000, .timeout_us = 300000}, &g);
    assert_int_equal(g.reply.outcome, OUTCOME_TIMEOUT);
    assert_string_equal(g.reply.reason, "the TLS handshake did not end within 300 ms");
    w->rogue.manner = SILENT;
    fetch(w, (struct web_request){.url = url, .body_max = 1000, .timeout_us = 300000, .ca_file = "/nonexistent/ca.pem"},
          &g);
    assert_int_equal(g.reply.outcome, OUTCOME_ERROR); /* ours, not the peer's */
}

static void test_redirects(void **state)
{
    static const struct {
        const char *path;
        int max;
        enum outcome outcome;
        long status;
        int followed;
    } cases[] = {
        {"/redirect?to=/ok", 0, OUTCOME_OK, 302, 0},
        {"/redirect?to=/ok", 1, OUTCOME_OK, 200, 1},
        {"/redirect?to=ok&status=301", 1, OUTCOME_OK, 200, 1},
        {"/redirect?to=ok&status=308", 1, OUTCOME_OK, 200, 1},
        {"/redirect?to=/redirect%3Fto=/ok", 2, OUTCOME_OK, 200, 2},
        {"/redirect?to=/redirect%3Fto=/ok", 1, OUTCOME_PROTOCOL_ERROR, 302, 1},
        {"/loop", 10, OUTCOME_PROTOCOL_ERROR, 302, 10},
        {"/redirect?to=ftp://127.0.0.1/", 3, OUTCOME_PROTOCOL_ERROR, 302, 0},
        {"/redirect?to=file:///etc/passwd", 3, OUTCOME_PROTOCOL_ERROR, 302, 0},
        {"/redirect?to=http://user:secret@127.0.0.1/", 3, OUTCOME_PROTOCOL_ERROR, 302, 0},
        {"/redirect?to=http://", 3, OUTCOME_PROTOCOL_ERROR, 302, 0},
        {"/redirect?to=/ok&status=300", 3, OUTCOME_OK, 300, 0},
        {"/redirect?to=/ok&status=304", 3, OUTCOME_OK, 304, 0},
    };
    struct world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct got g;
        fetch(w,
              (struct web_request){.url = IN(w->base, cases[i].path), .body_max = 100, .redirects_max = cases[i].max},
              &g);
        if (g.reply.outcome != cases[i].outcome || g.reply.status != cases[i].status ||
            g.reply.redirects != cases[i].followed)
            fail_msg("%s: %s, %ld, %d followed, %s", cases[i].path, outcome_word(g.reply.outcome), g.reply.status,
                     g.reply.redirects, g.reply.reason);
        assert_null(strstr(g.reply.reason, "secret"));
        if (g.reply.redirects == 0) /* a place that was refused is not where it ended */
            assert_string_equal(g.reply.final_url, IN(w->base, cases[i].path));
    }
}

static void test_redirect_body(void **state)
{
    static const char *const headers[] = {"X-Test: mine", "Content-Type: text/x", NULL};
    struct world *w = *state;
    struct got g;
    struct web_request post = {
        .method = "POST", .body = "data", .body_len = 4, .body_max = 1000, .redirects_max = 3, .headers = headers};
    post.url = IN(w->base, "/redirect?to=/echo&status=303");
    fetch(w, post, &g);
    assert_string_equal(g.body, "GET type=text/x test=mine body=");
    post.url = IN(w->base, "/redirect?to=/echo&status=307");
    fetch(w, post, &g);
    assert_string_equal(g.body, "POST type=text/x test=mine body=data");
    /* Elsewhere (another name is another place) headers do not go. */
    char path[200];
    snprintf(path, sizeof path, "/redirect?status=302&to=%s/echo", w->other);
    post.url = IN(w->base, path);
    fetch(w, post, &g);
    assert_string_equal(g.body, "GET type=- test=- body=");
    assert_string_equal(g.reply.final_url, IN(w->other, "/echo"));
}

static void test_policy(void **state)
{
    static const char *const hosts[] = {
        "127.0.0.1", "localhost",  "LOCALHOST.", "x.localhost",  "[::1]",   "[::ffff:127.0.0.1]",
        "127.1",     "0x7f000001", "2130706433", "017700000001", "0.0.0.0", "[64:ff9b::7f00:1]",
    };
    struct world *w = *state;
    const struct policy strict = {.allow_private = false};
    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct got g;
        char url[128];
        snprintf(url, sizeof url, "http://%s:%u/ok", hosts[i], http_port(w->server));
        fetch(w, (struct web_request){.url = url, .body_max = 100, .policy = &strict}, &g);
        if (g.reply.outcome != OUTCOME_DENIED)
            fail_msg("%s: %s, %s", url, outcome_word(g.reply.outcome), g.reply.reason);
        assert_int_equal(g.reply.wire_bytes, 0);
        assert_non_null(strstr(g.reply.reason, "private"));
    }
}

/* What was typed is its owner's word; where it redirects to is not, but back to itself. */
static void test_policy_typed(void **state)
{
    static const struct {
        const char *to;
        enum outcome outcome;
    } rows[] = {
        {"127.0.0.1", OUTCOME_OK},     {"localhost", OUTCOME_OK}, {"2130706433", OUTCOME_OK},
        {"127.0.0.2", OUTCOME_DENIED}, {"[::1]", OUTCOME_DENIED}, {"10.0.0.1", OUTCOME_DENIED},
    };
    struct world *w = *state;
    const struct policy typed = {.typed = true};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct got g;
        unsigned port = http_port(w->server);
        _cleanup_text_ char *url = alloc_format("http://127.0.0.1:%u/redirect?status=302&to=http://%s:%u/ok", port,
                                                rows[i].to, port);
        fetch(w, (struct web_request){.url = url, .body_max = 100, .policy = &typed, .redirects_max = 3}, &g);
        if (g.reply.outcome != rows[i].outcome)
            fail_msg("%s: %s, %s", url, outcome_word(g.reply.outcome), g.reply.reason);
        assert_int_equal(g.reply.redirects, 1);
    }
}

static void test_post(void **state)
{
    static const char *const json[] = {"content-type: application/json", NULL};
    struct world *w = *state;
    struct got g;
    struct web_request post = {
        .method = "POST", .url = IN(w->base, "/echo"), .body = "a\0b", .body_len = 3, .body_max = 1000};
    fetch(w, post, &g);
    assert_string_equal(g.body, "POST type=application/octet-stream test=- body=a");
    assert_int_equal(g.body_len, strlen(g.body) + 2);
    assert_int_equal(g.reply.sent_bytes, 3);
    post.headers = json;
    post.body = NULL;
    post.body_len = 0;
    fetch(w, post, &g);
    assert_string_equal(g.body, "POST type=application/json test=- body=");
}

struct source {
    struct got got;
    size_t left;
    uint64_t sum;
};

static size_t from_source(void *user, char *buf, size_t max)
{
    struct source *s = user;
    size_t len = max < s->left ? max : s->left;
    for (size_t i = 0; i < len; i++) {
        buf[i] = (char)(s->left + i * 7);
        s->sum += (unsigned char)buf[i];
    }
    s->left -= len;
    return len;
}

static void stream_up(struct world *w, const char *url, struct source *s)
{
    struct web_transfer *t;
    struct fault f;
    const struct web_request request = {.method = "POST",
                                        .url = url,
                                        .body_read = from_source,
                                        .body_max = 1000,
                                        .timeout_us = 5000000,
                                        .policy = &anywhere,
                                        .redirects_max = 3};
    assert_int_equal(web_start(w->web, &request, on_got, s, &t, &f), 0);
    while (s->got.calls == 0)
        uv_run(&w->loop, UV_RUN_ONCE);
}

static void test_upload_as_it_goes(void **state)
{
    static const size_t sizes[] = {0, 1, 65536, 1000003};
    struct world *w = *state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct source s = {.left = sizes[i]};
        char expected[64];
        stream_up(w, IN(w->base, "/sink"), &s);
        snprintf(expected, sizeof expected, "%zu %llu", sizes[i], (unsigned long long)s.sum);
        assert_int_equal(s.got.reply.outcome, OUTCOME_OK);
        assert_string_equal(s.got.body, expected);
        assert_int_equal(s.got.reply.sent_bytes >= (int64_t)sizes[i], 1);
    }
    /* What was sent as it went cannot be sent again. */
    struct source s = {.left = 10};
    stream_up(w, IN(w->base, "/redirect?to=/sink&status=307"), &s);
    assert_int_equal(s.got.reply.outcome, OUTCOME_OK);
    assert_int_equal(s.got.reply.status, 307);
}

static void test_refused_at_start(void **state)
{
    static const char *const urls[] = {
        "",
        "example.org",
        "/path",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "http://a b/",
        "http://u@127.0.0.1/",
        "http://u:p@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
    };
    struct world *w = *state;
    struct web_transfer *t;
    struct got g = {0};
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct fault f = {0};
        struct web_request request = {.method = "GET", .url = urls[i], .timeout_us = 1000000};
        if (web_start(w->web, &request, on_got, &g, &t, &f) != -EINVAL)
            fail_msg("\"%s\" was taken", urls[i]);
        assert_true(f.text[0]);
    }
    struct fault f;
    struct web_request request = {.method = "TRACE", .url = w->base, .timeout_us = 1000000};
    assert_int_equal(web_start(w->web, &request, on_got, &g, &t, &f), -EINVAL);
    assert_int_equal(g.calls, 0);
}

static void test_no_proxy(void **state)
{
    struct world *w = *state;
    struct got g;
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    fetch(w, (struct web_request){.url = IN(w->other, "/ok"), .body_max = 100}, &g);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(g.reply.outcome, OUTCOME_OK);
}

static void spin(struct world *w, uint64_t ms)
{
    uint64_t until = uv_hrtime() + ms * 1000000;
    while (uv_hrtime() < until) {
        uv_run(&w->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
}

static void test_cancel_and_stop(void **state)
{
    struct world *w = *state;
    struct web_transfer *t;
    struct fault f;
    struct got at_once = {0}, under_way = {0}, stopped = {0};
    const struct web_request request = {
        .method = "GET", .url = IN(w->wrong, "/"), .timeout_us = 5000000, .policy = &anywhere};
    w->rogue.manner = SILENT;
    assert_int_equal(web_start(w->web, &request, on_got, &at_once, &t, &f), 0);
    web_cancel(t);
    assert_int_equal(web_start(w->web, &request, on_got, &under_way, &t, &f), 0);
    spin(w, 50);
    assert_true(web_socket(t) >= 0);
    web_cancel(t);
    assert_int_equal(web_start(w->web, &request, on_got, &stopped, &t, &f), 0);
    spin(w, 50);
    web_stop(t);
    assert_int_equal(stopped.calls, 0);
    spin(w, 20);
    assert_int_equal(at_once.calls + under_way.calls, 0);
    assert_int_equal(stopped.calls, 1);
    assert_int_equal(stopped.reply.outcome, OUTCOME_OK);
    assert_int_equal(stopped.reply.status, 0);
    /* One that is left running goes with the adapter, without a call. */
    static struct got left;
    assert_int_equal(web_start(w->web, &request, on_got, &left, &t, &f), 0);
    spin(w, 20);
}

static void test_many_at_once(void **state)
{
    struct world *w = *state;
    struct got got[24] = {0};
    int done = 0;
    for (size_t i = 0; i < COUNT(got); i++) {
        struct web_transfer *t;
        struct fault f;
        const struct web_request request = {.method = "GET",
                                            .url = IN(i % 2 ? w->base : w->other, "/big?n=30000"),
                                            .timeout_us = 5000000,
                                            .body_max = 30000,
                                            .policy = &anywhere};
        assert_int_equal(web_start(w->web, &request, on_got, &got[i], &t, &f), 0);
    }
    while (done < (int)COUNT(got)) {
        uv_run(&w->loop, UV_RUN_ONCE);
        done = 0;
        for (size_t i = 0; i < COUNT(got); i++)
            done += got[i].calls;
    }
    for (size_t i = 0; i < COUNT(got); i++)
        assert_int_equal(got[i].body_len, 30000);
}

static void test_retry_after(void **state)
{
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    static const struct {
        const char *value, *date;
        int64_t seconds; /* -1: nothing */
    } cases[] = {
        {NULL, date, -1},
        {"0", NULL, 0},
        {"120", NULL, 120},
        {"86400", NULL, 86400},
        {"86401", NULL, 86400},
        {"99999999999999999999", NULL, 86400},
        {"Sun, 06 Nov 1994 08:51:37 GMT", date, 120},
        {"Sunday, 06-Nov-94 08:51:37 GMT", date, 120},
        {"Sun Nov  6 08:51:37 1994", date, 120},
        {"Sun, 06 Nov 1994 08:40:00 GMT", date, 0}, /* past */
        {"Fri, 06 Nov 2026 08:51:37 GMT", date, 86400},
        {"Sun, 06 Nov 1994 08:51:37 GMT", NULL, -1},
        {"Sun, 06 Nov 1994 08:51:37 GMT", "yesterday", -1},
        {"", date, -1},
        {"soon", date, -1},
        {"-5", date, -1},
        {"1.5", date, -1},
        {"12 apples", date, -1},
        {"\xff\xfe", date, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = web_retry_after_us(cases[i].value, cases[i].date);
        if (us != (cases[i].seconds < 0 ? -1 : cases[i].seconds * 1000000))
            fail_msg("\"%s\" at \"%s\": %lld", cases[i].value, cases[i].date, (long long)us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_status_is_no_failure),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_connection_again),
        cmocka_unit_test(test_body_max),
        cmocka_unit_test(test_reader_has_enough),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_not_served),
        cmocka_unit_test(test_rogue),
        cmocka_unit_test(test_rogue_tls),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_redirect_body),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_policy_typed),
        cmocka_unit_test(test_post),
        cmocka_unit_test(test_upload_as_it_goes),
        cmocka_unit_test(test_refused_at_start),
        cmocka_unit_test(test_no_proxy),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_cancel_and_stop),
    };
    return cmocka_run_group_tests_name("web", tests, world_open, world_close);
}
