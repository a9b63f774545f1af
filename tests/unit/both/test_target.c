/* The measurement target, asked by the agent's HTTP. */
#include "tests/unit/check.h"

#include <stdbool.h>

#include <jansson.h>

#include "agent/io/web.h"
#include "collector/target/target.h"

struct world {
    uv_loop_t loop;
    struct names *names;
    struct web *web;
    struct target *target;
};

struct got {
    int calls;
    enum outcome outcome;
    long status;
    int64_t body_bytes;
    size_t left; /* to send */
    char body[2000], type[64];
};

static int world_open(void **state)
{
    const struct target_settings settings = {.listen = (char *)"127.0.0.1:0", .connections = 8};
    struct world *w = calloc(1, sizeof *w);
    struct fault f;
    assert_int_equal(uv_loop_init(&w->loop), 0);
    assert_int_equal(names_new(&w->loop, &w->names, &f), 0);
    assert_int_equal(web_new(&w->loop, w->names, &clock_system, &w->web, &f), 0);
    assert_int_equal(target_start(&settings, &w->target, &f), 0);
    *state = w;
    return 0;
}

static int world_close(void **state)
{
    struct world *w = *state;
    web_free(w->web);
    names_free(w->names);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&w->loop);
    target_stop(w->target);
    free(w);
    return rc;
}

static void on_got(void *user, const struct web_reply *reply)
{
    struct got *g = user;
    g->calls++;
    g->outcome = reply->outcome;
    g->status = reply->status;
    g->body_bytes = reply->body_bytes;
    snprintf(g->body, sizeof g->body, "%s", reply->body.data ? reply->body.data : "");
    snprintf(g->type, sizeof g->type, "%s", reply->content_type);
}

static bool swallow(void *user, const char *bytes, size_t len)
{
    return true;
}

static size_t feed(void *user, char *buf, size_t max)
{
    struct got *g = user;
    size_t len = max < g->left ? max : g->left;
    memset(buf, 'u', len);
    g->left -= len;
    return len;
}

static void ask(struct world *w, struct web_request request, const char *path, struct got *g)
{
    char url[200];
    struct web_transfer *t;
    struct fault f;
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", target_port(w->target), path);
    request.url = url;
    request.timeout_us = 5000000;
    if (!request.body_write)
        request.body_max = 2000;
    assert_int_equal(web_start(w->web, &request, on_got, g, &t, &f), 0);
    while (g->calls == 0)
        uv_run(&w->loop, UV_RUN_ONCE);
    assert_int_equal(g->outcome, OUTCOME_OK);
}

static void test_download(void **state)
{
    static const struct {
        const char *query;
        long status;
        int64_t bytes;
    } cases[] = {
        {"?bytes=1", 200, 1},
        {"?bytes=7", 200, 7},
        {"?bytes=65537", 200, 65537},
        {"?bytes=3000000", 200, 3000000},
        {"", 400, -1},
        {"?bytes=", 400, -1},
        {"?bytes=0", 400, -1},
        {"?bytes=-1", 400, -1},
        {"?bytes=1e6", 400, -1},
        {"?bytes=9999999999999999999999", 400, -1},
        {"?bytes=%00", 400, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct got g = {0};
        char path[100];
        snprintf(path, sizeof path, "/v1/download%s", cases[i].query);
        ask(*state, (struct web_request){.method = "GET", .body_write = swallow}, path, &g);
        if (g.status != cases[i].status || (cases[i].bytes >= 0 && g.body_bytes != cases[i].bytes))
            fail_msg("%s: %ld, %lld octets", cases[i].query, g.status, (long long)g.body_bytes);
        assert_string_equal(g.type, g.status == 200 ? "application/octet-stream" : "application/problem+json");
    }
}

static void test_upload(void **state)
{
    static const size_t sizes[] = {0, 1, 100000, 3000000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct got g = {.left = sizes[i]};
        ask(*state, (struct web_request){.method = "POST", .body_read = feed}, "/v1/upload", &g);
        assert_int_equal(g.status, 200);
        json_t *answer = json_loads(g.body, 0, NULL);
        assert_int_equal(json_integer_value(json_object_get(answer, "bytes")), sizes[i]);
        json_int_t us = json_integer_value(json_object_get(answer, "us"));
        assert_true(us >= 0 && us < 5000000 && (sizes[i] < 1000000 || us > 0));
        json_decref(answer);
    }
}

static void test_small_answers(void **state)
{
    struct got ping = {0}, health = {0}, metrics = {0}, wrong = {0};
    ask(*state, (struct web_request){.method = "GET"}, "/v1/ping", &ping);
    assert_string_equal(ping.body, "pong\n");
    ask(*state, (struct web_request){.method = "GET"}, "/healthz", &health);
    assert_string_equal(health.body, "{\"status\":\"ok\"}\n");
    ask(*state, (struct web_request){.method = "GET"}, "/metrics", &metrics);
    assert_int_equal(metrics.status, 200);
    assert_non_null(strstr(metrics.body, "\ninternetmetre_target_pings_total 1\n"));
    assert_non_null(strstr(metrics.body, "# TYPE internetmetre_target_received_bytes_total counter\n"));
    ask(*state, (struct web_request){.method = "GET"}, "/v1/upload", &wrong);
    assert_int_equal(wrong.status, 405);
}

static void test_wrong_listen(void **state)
{
    const struct target_settings settings = {.listen = (char *)"nowhere", .connections = 8};
    struct target *t = NULL;
    struct fault f = {0};
    assert_true(target_start(&settings, &t, &f) < 0);
    assert_null(t);
    assert_non_null(strstr(f.text, "nowhere"));
    target_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_download),
        cmocka_unit_test(test_upload),
        cmocka_unit_test(test_small_answers),
        cmocka_unit_test(test_wrong_listen),
    };
    return cmocka_run_group_tests_name("target", tests, world_open, world_close);
}
