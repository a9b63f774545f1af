#include "tests/unit/check.h"

#include <errno.h>
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>

#include "common/json.h"
#include "common/result.h"

#define FULL                                                                                                           \
    "{\"task\":\"t\",\"check\":\"ping\",\"target\":\"ns1.nic.bj\",\"addr\":\"154.65.28.218\",\"af\":4,"                \
    "\"at\":\"2026-11-22T10:00:00.123456Z\",\"mono_us\":5,\"sync\":true,\"outcome\":\"ok\",\"bytes\":840,"             \
    "\"metrics\":{\"rtt_min_ms\":11.2,\"sent\":10}}"

static void written_and_read_back(void **state)
{
    struct result *r = result_new("ping", "loop", "::1");
    struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    result_addr(r, &addr);
    r->at_us = 1795341600123456;
    r->mono_us = 42;
    r->outcome = OUTCOME_PARTIAL;
    r->bytes = 840;
    result_metric(r, "rtt_min_ms", 0.0123456789);
    result_metric(r, "loss", NAN);
    result_metric(r, "sent", 16777217); /* more than a float holds */
    result_metric(r, "reorder", 0);
    json_object_set_new(r->detail, "rtts_ms", json_pack("[f,n]", 1.5));

    struct buf line = {0};
    struct result_line back;
    struct fault f = {0};
    result_write(r, &line);
    assert_int_equal(line.data[line.len - 1], '\n');
    assert_int_equal(result_line_read(line.data, line.len - 1, &back, &f), 0);
    assert_memory_equal(back.task.at, "loop", back.task.len);
    assert_memory_equal(back.addr.at, "::1", back.addr.len);
    assert_int_equal(back.af, 6);
    assert_int_equal(back.at_us, r->at_us);
    assert_int_equal(back.outcome, OUTCOME_PARTIAL);
    assert_int_equal(back.present, 1u << 0 | 1u << 6 | 1u << 10);
    assert_true(back.metrics[0] == 0.01234568);
    assert_true(back.metrics[6] == 16777217);
    assert_false(back.sync);
    assert_memory_equal(back.detail.at, "{\"rtts_ms\":[1.5,null]}", back.detail.len);
    /* the other reader agrees */
    json_t *value;
    assert_int_equal(json_read(line.data, line.len, line.len, 8, &value, &f), 0);
    json_decref(value);
    buf_free(&line);
    result_free(r);
    result_free(NULL);
}

/* A bug of ours does not get into a figure, and its numbers are not lost. */
static void what_cannot_be_is_our_fault(void **state)
{
    struct fault f = {0};
    struct result *r = result_new("ping", "t", "x");
    result_metric(r, "rtt_min_ms", 2.5);
    result_metric(r, "sent", 3);
    assert_int_equal(result_judge(r, &f), 0);
    assert_int_equal(r->outcome, OUTCOME_OK);
    assert_int_equal(r->present, 1u << 0 | 1u << 6);
    result_metric(r, "rcvd", 4);
    assert_int_equal(result_judge(r, &f), -ERANGE);
    assert_string_equal(f.text, "ping: rcvd is 4; sent, which is 3, is the most that is allowed");
    assert_int_equal(r->outcome, OUTCOME_ERROR);
    assert_int_equal(r->present, 0);
    assert_string_equal(json_string_value(json_object_get(r->detail, "reason")), f.text);
    char *text = json_dumps(json_object_get(r->detail, "out_of_range"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "{\"rcvd\":4,\"rtt_min_ms\":2.5,\"sent\":3}");
    free(text);
    assert_int_equal(result_judge(r, &f), 0); /* what is left is fine */
    result_free(r);
}

static void refuses(void **state)
{
    /* what stands in the full line, what comes in its place, what is said */
    static const struct {
        const char *was, *is, *says;
    } rows[] = {
        {"\"task\":\"t\",", "", "\"task\" is missing"},
        {"\"task\":\"t\"", "\"task\":\"\"", "\"task\""},
        {"\"task\":\"t\"", "\"task\":\"\\u0074\"", "\"task\""},
        {"\"task\":\"t\"", "\"task\":7", "\"task\""},
        {"\"task\":\"t\"", "\"task\":\"t\",\"task\":\"t\"", "stands twice"},
        {"\"af\":4", "\"af\":5", "\"af\""},
        {"\"af\":4", "\"af\":6", "\"af\" does not fit"},
        {"154.65.28.218", "154.65.28.256", "\"addr\""},
        {"2026-11-22", "2026-02-30", "\"at\""},
        {"\"mono_us\":5", "\"mono_us\":-5", "\"mono_us\""},
        {"\"mono_us\":5", "\"mono_us\":5.5", "\"mono_us\""},
        {"\"sync\":true", "\"sync\":1", "\"sync\""},
        {"\"outcome\":\"ok\"", "\"outcome\":\"fine\"", "\"outcome\""},
        {"\"bytes\":840", "\"bytes\":99999999999", "\"bytes\""},
        {"\"metrics\":{", "\"metrics\":[", ""},
        {"11.2", "1e999", "too large"},
        {"11.2", "1e39", "rtt_min_ms"},
        {"11.2", "null", "rtt_min_ms"},
        {"11.2", "NaN", ""},
        {"\"sent\":10", "\"rtt_min_ms\":10", "stands twice"},
        {"}}", "}", "ends early"},
        {"}}", "}}}", "follows"},
    };
    struct fault f = {0};
    struct result_line line;
    assert_int_equal(result_line_read(FULL, strlen(FULL), &line, &f), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = strstr(FULL, rows[i].was);
        assert_non_null(at);
        struct buf text = {0};
        buf_add(&text, FULL, (size_t)(at - FULL));
        buf_add_text(&text, rows[i].is);
        buf_add_text(&text, at + strlen(rows[i].was));
        f.text[0] = '\0';
        assert_int_equal(result_line_read(text.data, text.len, &line, &f), -EBADMSG);
        if (!strstr(f.text, rows[i].says))
            fail_msg("row %zu says: %s", i, f.text);
        buf_free(&text);
    }
    for (size_t cut = 0; cut < strlen(FULL); cut++)
        assert_int_equal(result_line_read(FULL, cut, &line, &f), -EBADMSG);
}

static void unknown_is_no_failure(void **state)
{
    struct result_line line;
    struct fault f = {0};
    static const char metric[] =
        "{\"task\":\"t\",\"check\":\"ping\",\"target\":\"\",\"at\":\"2026-11-22T10:00:00Z\",\"mono_us\":5,\"sync\":"
        "true,"
        "\"outcome\":\"ok\",\"bytes\":0,\"metrics\":{\"later\":1,\"sent\":2},\"new_member\":{\"x\":[1]}}";
    assert_int_equal(result_line_read(metric, strlen(metric), &line, &f), 0);
    assert_memory_equal(line.unknown.at, "later", line.unknown.len);
    assert_int_equal(line.present, 1u << 6);
    static const char check[] = "{\"task\":\"t\",\"check\":\"later\",\"target\":\"\",\"at\":\"2026-11-22T10:00:00Z\","
                                "\"mono_us\":5,\"sync\":true,"
                                "\"outcome\":\"ok\",\"bytes\":0,\"metrics\":{}}";
    assert_int_equal(result_line_read(check, strlen(check), &line, &f), 0);
    assert_null(line.set);
}

/* A peer's octets may be in it. */
static void a_reason_is_text(void **state)
{
    static const struct {
        const char *said, *reason;
    } rows[] = {
        {"", ""},
        {"a\x1b[2J\r\nb\xc2\x9bm", "a [2J  b  m"},
        {"connexion coupée", "connexion coupée"},
        {"a\xff"
         "b",
         "a"}, /* what is no UTF-8 ends it */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        _cleanup_json_ json_t *detail = json_object();
        struct result r = {.detail = detail};
        result_reason(&r, OUTCOME_PROTOCOL_ERROR, "%s", rows[i].said);
        assert_int_equal(r.outcome, OUTCOME_PROTOCOL_ERROR);
        assert_string_equal(json_string_value(json_object_get(detail, "reason")), rows[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read_back),
        cmocka_unit_test(what_cannot_be_is_our_fault),
        cmocka_unit_test(refuses),
        cmocka_unit_test(unknown_is_no_failure),
        cmocka_unit_test(a_reason_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
