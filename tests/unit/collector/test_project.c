#include "tests/unit/check.h"

#include <errno.h>

#include "collector/ledger/project.h"
#include "common/clock.h"
#include "common/outcome.h"

#define NOW_US INT64_C(1795341600000000) /* 2026-11-22T10:00:00Z */
#define HOUR   INT64_C(3600000000)

static struct sign_key key;
static struct dictionary *targets, *tasks;

/* ---- a reader of rows, independent of the writer ---- */

struct field {
    const char *at;
    int32_t len; /* -1: NULL */
};

static int64_t number(struct field f)
{
    int64_t n = (signed char)f.at[0];
    for (int i = 1; i < f.len; i++)
        n = n * 256 + (unsigned char)f.at[i];
    return n;
}

static size_t read_row(const char *at, struct field *fields, int wanted)
{
    const char *from = at;
    assert_int_equal((unsigned char)at[0] * 256 + (unsigned char)at[1], wanted);
    at += 2;
    for (int i = 0; i < wanted; i++) {
        fields[i] = (struct field){at + 4, (int32_t)number((struct field){at, 4})};
        at += 4 + (fields[i].len > 0 ? fields[i].len : 0);
    }
    return (size_t)(at - from);
}

/* ---- batches ---- */

static struct buf batch_of(const char *lines, int64_t count, bool sync, int64_t mono_us)
{
    struct batch_header h = {.chain = "00",
                             .seq = 1,
                             .sealed_at_us = NOW_US - HOUR,
                             .mono_us = mono_us,
                             .boot = "b",
                             .sync = sync,
                             .count = count,
                             .agent = "1"};
    struct buf out = {0}, text = {0};
    uint8_t hash[HASH_SIZE];
    probe_id_make(key.public, h.probe);
    buf_add_text(&text, lines);
    batch_write(&h, NULL, &text, &key, &out, hash);
    buf_free(&text);
    return out;
}

static void project(const char *lines, int64_t count, bool sync, int64_t mono_us, struct projection *p)
{
    struct buf bytes = batch_of(lines, count, sync, mono_us);
    struct batch b;
    struct fault f = {0};
    const struct project_names names = {targets, tasks};
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    const struct project_time time = {.now_us = NOW_US};
    assert_int_equal(project_batch(&b, 42, &names, &time, p, &f), 0);
    batch_free(&b);
    buf_free(&bytes);
}

#define LINE(at, mono, sync, rest)                                                                                     \
    "{\"task\":\"t\",\"target\":\"ns1.nic.bj\",\"at\":\"" at "\",\"mono_us\":" mono ",\"sync\":" sync                  \
    ",\"bytes\":840," rest "}\n"
#define OF(metrics) "\"check\":\"ping\",\"outcome\":\"ok\",\"metrics\":{" metrics "}"
#define PING        "\"check\":\"ping\",\"outcome\":\"ok\",\"metrics\":{\"rtt_min_ms\":1.5,\"rtt_p50_ms\":2}"

static void row_of_a_result(void **state)
{
    struct projection p = {0};
    struct field f[13];
    project(LINE("2026-11-22T09:30:00.25Z", "5", "true", PING ",\"addr\":\"10.0.0.1\",\"af\":4")
                LINE("2026-11-21T09:30:00Z", "5", "true", "\"check\":\"dns\",\"outcome\":\"timeout\",\"metrics\":{}"),
            2, true, 9, &p);
    project_number(&p, INT64_C(5000000000));
    assert_int_equal(p.results.count, 2);
    assert_int_equal(p.problems.count, 0);
    assert_int_equal(p.days.len, 2 * sizeof(int32_t));

    size_t used = read_row(p.results.bytes.data, f, 13);
    assert_int_equal(number(f[0]), INT64_C(5000000000));
    assert_int_equal(number(f[1]), NOW_US - 1800 * INT64_C(1000000) + 250000 - INT64_C(946684800000000));
    assert_int_equal(number(f[2]), 42);
    assert_int_equal(number(f[3]), 7);
    assert_int_equal(number(f[4]), 3);
    assert_int_equal(number(f[5]), 840);
    assert_int_equal(number(f[6]), 1);
    assert_int_equal(number(f[7]), 0);
    assert_int_equal(number(f[8]), 4);
    assert_int_equal(number(f[9]), OUTCOME_OK);
    assert_memory_equal(f[10].at, "\2\x20\0\4\xa\0\0\1", 8);
    /* rtt_min_ms is the first metric of ping, rtt_p50_ms the third: three elements, the second NULL. */
    assert_int_equal(f[11].len, 20 + 8 + 4 + 8);

    used += read_row(p.results.bytes.data + used, f, 13);
    assert_int_equal(used, p.results.bytes.len);
    assert_int_equal(number(f[6]), 2);
    assert_int_equal(number(f[7]), 1);
    assert_int_equal(f[8].len, -1);
    assert_int_equal(number(f[9]), OUTCOME_TIMEOUT);
    assert_int_equal(f[10].len, -1);
    assert_int_equal(f[11].len, 12);
    assert_int_equal(f[12].len, -1);
    project_free(&p);
}

/* A real holds 2^24 and not the next; what is no whole number needs no more digits. */
static void large_whole_numbers_are_exact(void **state)
{
    static const struct {
        const char *metrics;
        int32_t len;
    } cases[] = {
        {OF("\"sent\":16777216"), -1},
        {OF("\"sent\":16777217"), 20 + 6 * 4 + 12},
        {OF("\"sent\":16777217,\"rcvd\":16777217"), 20 + 6 * 4 + 2 * 12},
        {OF("\"rtt_min_ms\":123456.789012"), -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct projection p = {0};
        struct field f[13];
        _cleanup_text_ char *line = alloc_format(LINE("2026-11-22T09:30:00Z", "5", "true", "%s"), cases[i].metrics);
        project(line, 1, true, 9, &p);
        read_row(p.results.bytes.data, f, 13);
        assert_int_equal(f[12].len, cases[i].len);
        project_free(&p);
    }
}

#define DELEGATION(detail) "\"check\":\"delegation\",\"outcome\":\"ok\",\"metrics\":{},\"detail\":" detail

static void servers_of_a_delegation_have_rows(void **state)
{
    static const struct {
        const char *detail;
        size_t rows;
    } cases[] = {
        {"{\"servers\":[{\"name\":\"ns1.nic.bj.\",\"addr\":\"10.0.0.1\",\"udp\":\"ok\"},"
         "{\"name\":\"ns\\u00e9.\",\"addr\":\"2001:db8::1\",\"skipped\":\"no route from here\"}]}",
         2},
        {"{\"problems\":[\"no_referral\"]}", 0},
        {"{\"servers\":{\"name\":\"a\",\"addr\":\"10.0.0.1\"}}", 0},
        {"{\"servers\":[7,null,[],{},{\"name\":\"a\"},{\"addr\":\"10.0.0.1\"},{\"name\":1,\"addr\":\"10.0.0.1\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"\"},{\"name\":\"a\",\"addr\":\"10.0.0.1/8\"},"
         "{\"name\":\"a\",\"addr\":\"10.0.0\"}]}",
         0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct projection p = {0};
        _cleanup_text_ char *line = alloc_format(LINE("2026-11-22T09:30:00Z", "5", "true", DELEGATION("%s")),
                                                 cases[i].detail);
        project(line, 1, true, 9, &p);
        assert_int_equal(p.results.count, 1);
        if (p.servers.count != cases[i].rows)
            fail_msg("%zu rows of %s", p.servers.count, cases[i].detail);
        project_free(&p);
    }
    struct projection p = {0};
    struct field f[7];
    _cleanup_text_ char *line = alloc_format(LINE("2026-11-22T09:30:00Z", "5", "true", PING)
                                                 LINE("2026-11-22T09:30:00Z", "5", "true", DELEGATION("%s")),
                                             cases[0].detail);
    project(line, 2, true, 9, &p);
    project_number(&p, 77);
    size_t used = read_row(p.servers.bytes.data, f, 7);
    assert_int_equal(number(f[0]), 77);
    assert_int_equal(number(f[1]), NOW_US - 1800 * INT64_C(1000000) - INT64_C(946684800000000));
    assert_int_equal(number(f[2]), 42);
    assert_int_equal(number(f[3]), 7);
    assert_int_equal(number(f[4]), 1);
    assert_int_equal(f[5].len, 11);
    assert_memory_equal(f[5].at, "ns1.nic.bj.", 11);
    assert_memory_equal(f[6].at, "\2\x20\0\4\xa\0\0\1", 8);
    read_row(p.servers.bytes.data + used, f, 7);
    assert_int_equal(number(f[0]), 77);
    assert_int_equal(f[6].len, 20);
    project_clear(&p);
    assert_int_equal(p.servers.count, 0);
    project_free(&p);
}

static void servers_are_bounded(void **state)
{
    struct projection p = {0};
    _cleanup_(buf_free) struct buf detail = {0};
    buf_add_text(&detail, "{\"servers\":[");
    for (int i = 0; i < 2 * DELEGATION_SERVERS_MAX; i++)
        buf_addf(&detail, "%s{\"name\":\"a\",\"addr\":\"10.0.%d.%d\"}", i ? "," : "", i / 256, i % 256);
    buf_add_text(&detail, "]}");
    _cleanup_text_ char *line = alloc_format(LINE("2026-11-22T09:30:00Z", "5", "true", DELEGATION("%s")), detail.data);
    project(line, 1, true, 9, &p);
    assert_int_equal(p.results.count, 1);
    assert_int_equal(p.servers.count, DELEGATION_SERVERS_MAX);
    project_free(&p);
}

static void what_is_not_projected_is_listed(void **state)
{
    static const struct {
        const char *line, *reason;
        bool sync;       /* of the batch */
        int64_t mono_us; /* of the batch */
        size_t rows;
    } cases[] = {
        {LINE("2026-11-22T09:00:00Z", "5", "true", PING), NULL, true, 9, 1},
        {"[]\n", "malformed", true, 9, 0},
        {"{\"task\":\"t\"}\n", "malformed", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", PING ",\"bytes\":1"), "malformed", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", "\"check\":\"warp\",\"outcome\":\"ok\",\"metrics\":{\"a\":1}"),
         "unknown_check", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", "\"check\":\"ping\",\"outcome\":\"ok\",\"metrics\":{\"warp\":1}"),
         "unknown_metric", true, 9, 1},
        {LINE("2019-12-31T23:59:59.999999Z", "5", "true", PING), "out_of_range", true, 9, 0},
        {LINE("2020-01-01T00:00:00Z", "5", "true", PING), NULL, true, 9, 1},
        {LINE("2026-11-23T10:00:00Z", "5", "true", PING), NULL, true, 9, 1},
        {LINE("2026-11-23T10:00:00.000001Z", "5", "true", PING), "out_of_range", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"rtt_min_ms\":-1")), "out_of_range", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"sent\":1e-30,\"rcvd\":3e38")), "out_of_range", true, 9, 0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"sent\":2,\"rcvd\":1,\"loss\":0.9")), "out_of_range", true, 9,
         0},
        {LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"warp\":1,\"sent\":0")), "out_of_range", true, 9, 0},
        {LINE("1970-01-01T00:00:05Z", "5", "false", OF("\"sent\":0")), "out_of_range", false, 9, 0},
        /* A clock that was not synchronised: the seal's is taken when it was, in the same boot. */
        {LINE("1970-01-01T00:00:05Z", "5", "false", PING), NULL, true, 9, 1},
        {LINE("1970-01-01T00:00:05Z", "10", "false", PING), "clock", true, 9, 0},
        {LINE("1970-01-01T00:00:05Z", "5", "false", PING), "clock", false, 9, 0},
        {LINE("1970-01-01T00:00:05Z", "5", "false", PING), "clock", true, INT64_MAX, 0},
        {LINE("1970-01-01T00:00:05Z", "9223372036854775807", "false", PING), "clock", true, INT64_MAX, 0},
        {LINE("2026-11-22T09:00:00Z", "9223372036854775807", "true", PING), NULL, true, INT64_MAX, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct projection p = {0};
        struct field f[5];
        project(cases[i].line, 1, cases[i].sync, cases[i].mono_us, &p);
        assert_int_equal(p.results.count, cases[i].rows);
        assert_int_equal(p.problems.count, cases[i].reason ? 1 : 0);
        if (cases[i].reason) {
            assert_int_equal(read_row(p.problems.bytes.data, f, 5), p.problems.bytes.len);
            assert_int_equal(number(f[1]), 42);
            assert_int_equal(f[3].len, strlen(cases[i].reason));
            assert_memory_equal(f[3].at, cases[i].reason, strlen(cases[i].reason));
            assert_true(f[4].len > 0);
        }
        project_free(&p);
    }
}

/* A newer range may have taken the only row of a day: the day is made again. */
static void what_is_out_of_range_has_a_day(void **state)
{
    static const struct {
        const char *line;
        size_t days;
    } cases[] = {
        {LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"sent\":0")), 1},
        {LINE("2026-11-22T09:00:00Z", "5", "true", PING) LINE("2026-11-21T09:00:00Z", "5", "true", OF("\"sent\":0")),
         2},
        {LINE("2026-11-22T09:00:00Z", "5", "true", PING) LINE("2026-11-22T08:00:00Z", "5", "true", OF("\"sent\":0")),
         1},
        {LINE("2019-11-22T09:00:00Z", "5", "true", OF("\"sent\":0")), 0},
        {LINE("2026-12-22T09:00:00Z", "5", "true", OF("\"sent\":0")), 0},
        {LINE("1970-01-01T00:00:05Z", "10", "false", OF("\"sent\":0")), 0},
        {"[]\n", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct projection p = {0};
        project(cases[i].line, strstr(cases[i].line, "}\n{") ? 2 : 1, true, 9, &p);
        assert_int_equal(p.days.len / sizeof(int32_t), cases[i].days);
        project_free(&p);
    }
}

static void unsynchronised_time_is_the_seals(void **state)
{
    struct projection p = {0};
    struct field f[13];
    project(LINE("1970-01-01T00:00:05Z", "4000000", "false", PING), 1, true, 9000000, &p);
    read_row(p.results.bytes.data, f, 13);
    assert_int_equal(number(f[1]) + INT64_C(946684800000000), NOW_US - HOUR - 5000000);
    project_free(&p);
}

/* What a stranger says of its clocks overflows nothing, whichever numbers meet: UBSan looks on. */
static void times_at_the_ends_of_numbers(void **state)
{
    static const int64_t monos[] = {0, 1, MONO_US_MAX, MONO_US_MAX + 1, INT64_MAX - 1, INT64_MAX};
    static const int64_t offsets[] = {INT64_MIN, -NOW_US, 0, NOW_US, INT64_MAX - MONO_US_MAX};
    static const char *const ats[] = {"0000-01-01T00:00:00+23:59", "1970-01-01T00:00:05Z", "9999-12-31T23:59:60-23:59"};
    for (size_t n = 0; n < COUNT(monos) * COUNT(monos) * COUNT(offsets) * COUNT(ats) * 4; n++) {
        int64_t of_line = monos[n / 4 % COUNT(monos)], of_batch = monos[n / 4 / COUNT(monos) % COUNT(monos)];
        size_t rest = n / 4 / COUNT(monos) / COUNT(monos);
        _cleanup_text_ char *line = alloc_format(LINE("%s", "%lld", "%s", PING), ats[rest % COUNT(ats)],
                                                 (long long)of_line, n & 1 ? "true" : "false");
        struct buf bytes = batch_of(line, 1, n & 2, of_batch);
        struct batch b;
        struct fault f = {0};
        struct projection p = {0};
        const struct project_names names = {targets, tasks};
        const struct project_time time = {NOW_US, true, offsets[rest / COUNT(ats)]};
        assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
        assert_int_equal(project_batch(&b, 42, &names, &time, &p, &f), 0);
        assert_int_equal(p.results.count + p.problems.count, 1);
        if (!(n & 1) && of_batch > MONO_US_MAX)
            assert_int_equal(p.results.count, 0);
        project_free(&p);
        batch_free(&b);
        buf_free(&bytes);
    }
}

/* Who reads the list sees what was wrong without the batch. */
static void problem_tells_check_metric_value_and_bound(void **state)
{
    struct projection p = {0};
    struct field f[5];
    static const char says[] = "ping: loss is 1.5; 1 is the most that is allowed";
    project(LINE("2026-11-22T09:00:00Z", "5", "true", OF("\"loss\":1.5,\"sent\":2")), 1, true, 9, &p);
    read_row(p.problems.bytes.data, f, 5);
    assert_int_equal(f[4].len, strlen(says));
    assert_memory_equal(f[4].at, says, strlen(says));
    project_free(&p);
}

/* The text of a problem is cut at a whole character and holds no invalid UTF-8. */
static void problem_text_is_cut(void **state)
{
    struct buf line = {0};
    buf_add_text(&line, "{\"");
    for (int i = 0; i < 20000; i++)
        buf_add_text(&line, "é");
    buf_add_text(&line, "\n");
    struct projection p = {0};
    struct field f[5];
    project(line.data, 1, true, 9, &p);
    assert_int_equal(read_row(p.problems.bytes.data, f, 5), p.problems.bytes.len);
    assert_in_range(f[4].len, 1, 300);
    project_free(&p);
    buf_free(&line);
}

static void unknown_name_without_a_database(void **state)
{
    struct buf bytes = batch_of("{\"task\":\"new\",\"target\":\"\",\"at\":\"2026-11-22T09:00:00Z\",\"mono_us\":5,"
                                "\"sync\":true,\"bytes\":1," PING "}\n",
                                1, true, 9);
    struct batch b;
    struct fault f = {0};
    struct projection p = {0};
    const struct project_names names = {targets, tasks};
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    const struct project_time time = {.now_us = NOW_US};
    assert_int_equal(project_batch(&b, 1, &names, &time, &p, &f), -ENOTCONN);
    dictionary_learn(tasks, "new", 3, 9);
    project_clear(&p);
    assert_int_equal(project_batch(&b, 1, &names, &time, &p, &f), 0);
    struct field row[13];
    read_row(p.results.bytes.data, row, 13);
    assert_int_equal(row[3].len, -1); /* no target */
    assert_int_equal(number(row[4]), 9);
    project_free(&p);
    batch_free(&b);
    buf_free(&bytes);
}

/* More names than fit the first table are all found again. */
static void dictionary_grows(void **state)
{
    struct dictionary *d = dictionary_new(NULL, "target");
    char name[32];
    for (int i = 1; i <= 5000; i++) {
        snprintf(name, sizeof name, "target-%d", i);
        dictionary_learn(d, name, strlen(name), i);
    }
    for (int i = 1; i <= 5000; i++) {
        int32_t no = 0;
        snprintf(name, sizeof name, "target-%d", i);
        assert_int_equal(dictionary_find(d, name, strlen(name), &no, NULL), 0);
        assert_int_equal(no, i);
    }
    int32_t no;
    assert_int_equal(dictionary_find(d, "target-", 7, &no, NULL), -ENOTCONN);
    dictionary_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_of_a_result),
        cmocka_unit_test(large_whole_numbers_are_exact),
        cmocka_unit_test(servers_of_a_delegation_have_rows),
        cmocka_unit_test(servers_are_bounded),
        cmocka_unit_test(what_is_not_projected_is_listed),
        cmocka_unit_test(what_is_out_of_range_has_a_day),
        cmocka_unit_test(unsynchronised_time_is_the_seals),
        cmocka_unit_test(times_at_the_ends_of_numbers),
        cmocka_unit_test(problem_tells_check_metric_value_and_bound),
        cmocka_unit_test(problem_text_is_cut),
        cmocka_unit_test(unknown_name_without_a_database),
        cmocka_unit_test(dictionary_grows),
    };
    if (sign_key_new(&key) < 0)
        return 1;
    targets = dictionary_new(NULL, "target");
    tasks = dictionary_new(NULL, "task");
    dictionary_learn(targets, "ns1.nic.bj", 10, 7);
    dictionary_learn(tasks, "t", 1, 3);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dictionary_free(targets);
    dictionary_free(tasks);
    return failed;
}
