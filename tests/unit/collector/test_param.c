#include "tests/unit/ask.h"

#include "collector/api/param.h"

/* Read from real requests: the server says what was understood, or what is wrong. */

#define ALLOWED                                                                                                        \
    (PARAM(FORMAT) | PARAM(LIMIT) | PARAM(AFTER) | PARAM(FROM) | PARAM(TO) | PARAM(CHECK) | PARAM(METRIC) |            \
     PARAM(PROBE) | PARAM(TARGET) | PARAM(TECHNOLOGY) | PARAM(INDICATOR) | PARAM(YEAR) | PARAM(KEY))

static struct http_server *server;

static int answer(struct http_request *request, struct http_reply *reply)
{
    struct params p;
    struct fault f = {0};
    reply->content_type = "text/plain";
    if (params_read(request, ALLOWED, &p, &f) < 0) {
        buf_addf(&reply->body, "wrong: %s", f.text);
        return 0;
    }
    int64_t from, to;
    params_span(&p, &from, &to);
    buf_addf(&reply->body, "span %lld %lld", (long long)(from / 1000000), (long long)(to / 1000000));
    for (int i = 0; i < PARAM_COUNT; i++)
        if (p.values[i])
            buf_addf(&reply->body, " %s=%s", param_name((enum param)i), p.values[i]);
    return 0;
}

static const struct http_route routes[] = {{.method = "GET", .path = "/", .handler = answer}, {0}};
static const struct http_table tables[] = {{routes, NULL}};

static int start(void **state)
{
    const struct http_options options = {
        .listen = "127.0.0.1:0", .tables = tables, .table_count = 1, .connections_max = 4, .idle_timeout_s = 10};
    struct fault f;
    return http_start(&options, &server, &f);
}

static int stop(void **state)
{
    http_stop(server);
    return 0;
}

/* The body of the answer to GET /?query. */
static const char *ask(const char *query)
{
    _cleanup_text_ char *path = alloc_format("/?%s", query);
    return ask_for(server, path);
}

static void takes_what_is_right(void **state)
{
    static const struct {
        const char *query, *says;
    } rows[] = {
        {"", "span 0 253402300799"},
        {"format=csv&limit=999999999", "span 0 253402300799 format=csv limit=999999999"},
        /* a day to the end is the whole day, a moment is that moment */
        {"from=2026-11-22&to=2026-11-22", "span 1795305600 1795392000 from=2026-11-22 to=2026-11-22"},
        {"to=2026-11-22T10:00:00Z", "span 0 1795341600 to=2026-11-22T10:00:00Z"},
        {"check=ping&metric=rtt_p50_ms", "span 0 253402300799 check=ping metric=rtt_p50_ms"},
        {"probe=abcdefghij234567abcd", "span 0 253402300799 probe=abcdefghij234567abcd"},
        {"target=caf%C3%A9", "span 0 253402300799 target=caf\xC3\xA9"},
        {"technology=fibre", "span 0 253402300799 technology=fibre"},
        {"year=2026&key=imo_x", "span 0 253402300799 year=2026 key=imo_x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(ask(rows[i].query), rows[i].says);
}

static void names_what_is_wrong_and_what_is_allowed(void **state)
{
    static const struct {
        const char *query, *says;
    } rows[] = {
        {"operator=x", "\"operator\" is no parameter here; allowed are format, limit"}, /* not in the mask */
        {"Format=csv", "\"Format\" is no parameter here"},
        {"format=xml", "format: \"xml\" is no format; allowed are json, csv and ndjson"},
        {"format=csv&format=json", "format: stands twice"},
        {"format", "format: has no value"},
        {"format=", "format: has no value"},
        {"target=%C3%28", "target: is not valid UTF-8"},
        {"limit=0", "limit: \"0\" is no number of rows"},
        {"limit=-1", "limit: \"-1\""},
        {"limit=1e3", "limit: \"1e3\""},
        {"limit=1000000000", "limit: \"1000000000\""},
        {"from=yesterday", "from: \"yesterday\" is no time; write a day"},
        {"from=2026-02-30", "from: \"2026-02-30\" is no time"},
        {"from=2026-11-22T10:00:00", "from: \"2026-11-22T10:00:00\" is no time"},
        /* before the first year that a database has, there or in the offset's place */
        {"from=0000-01-01", "from: \"0000-01-01\" is outside the years 0001 to 9999; leave the parameter out"},
        {"to=0000-12-31T23:59:59Z", "to: \"0000-12-31T23:59:59Z\" is outside the years"},
        {"from=0001-01-01T00:00:00%2B01:00", "from: \"0001-01-01T00:00:00+01:00\" is outside the years"},
        /* and behind the last of four digits */
        {"to=10000-01-01", "to: \"10000-01-01\" is outside the years"},
        {"from=99999-12-31T00:00:00Z", "from: \"99999-12-31T00:00:00Z\" is outside the years"},
        {"to=%2B12026-01-01", "to: \"+12026-01-01\" is outside the years"},
        {"from=-0044-03-15", "from: \"-0044-03-15\" is outside the years"},
        {"from=0044-03-15%20BC", "from: \"0044-03-15 BC\" is outside the years"},
        {"from=-infinity&to=infinity", "from: \"-infinity\" is outside the years"},
        {"to=infinity", "to: \"infinity\" is outside the years"},
        {"to=9999-12-31T23:59:59-05:00", "to: \"9999-12-31T23:59:59-05:00\" is outside the years"},
        {"from=2026-11-28T01:30:00+01:00",
         "from: \"2026-11-28T01:30:00 01:00\" is no time; write a day 2026-11-22 or a "
         "moment 2026-11-22T10:00:00Z (UTC; in a link the + of +01:00 is written %2B)"},
        {"from=1764290000", "from: \"1764290000\" is no time"},
        {"after=10%27", "after: \"10'\" is no place in an answer; follow the Link"},
        {"check=pong", "check: \"pong\" is no check; allowed are "},
        {"metric=rtt", "metric: \"rtt\" is no metric; /api/v1/checks lists them"},
        {"probe=abc", "probe: \"abc\" is no probe"},
        {"probe=ABCDEFGHIJ234567ABCD", "probe: \"ABCDEFGHIJ234567ABCD\" is no probe"},
        {"technology=telepathy", "technology: \"telepathy\" is no technology; allowed are fibre"},
        {"indicator=XXX1", "indicator: \"XXX1\" is no indicator; there are "},
        {"year=26", "year: \"26\" is no year of four digits"},
        {"key=imk_secret", "key: only the secret of a probe's owner"},
        /* the first fault is the one that is told */
        {"year=26&limit=0", "year: "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said = ask(rows[i].query);
        if (strncmp(said, "wrong: ", 7) != 0 || strncmp(said + 7, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("?%s: \"%s\", wanted \"wrong: %s…\"", rows[i].query, said, rows[i].says);
    }
    char query[600] = "target=";
    memset(query + 7, 'x', 500);
    assert_non_null(strstr(ask(query), "target: longer than"));
    assert_null(strstr(ask("key=imk_secret"), "imk_secret")); /* a key is never repeated */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_right),
        cmocka_unit_test(names_what_is_wrong_and_what_is_allowed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
