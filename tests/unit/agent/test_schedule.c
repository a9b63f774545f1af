#include "tests/unit/check.h"

#include <errno.h>

#include "agent/check/table.h"
#include "agent/schedule/schedule.h"
#include "common/file.h"
#include "common/json.h"

static int read_text(const char *text, struct schedule *s, struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    assert_int_equal(json_read(text, strlen(text), 1 << 20, 32, &object, f), 0);
    return schedule_read(object, s, f);
}

#define HEAD       "{\"schedule\":1,\"version\":7,\"tasks\":["
#define PING(name) "{\"name\":\"" name "\",\"check\":\"ping\",\"target\":\"ns1.nic.bj\",\"interval_s\":300"

static void reads_tasks(void **state)
{
    struct schedule s = {0};
    struct fault f = {0};
    assert_int_equal(read_text(HEAD PING("a") ",\"kind\":\"cctld\",\"country\":\"BJ\",\"params\":{\"count\":3}}," PING(
                                   "b") "},{\"name\":\"c\",\"check\":\"dns\",\"interval_s\":600}]}",
                               &s, &f),
                     0);
    assert_int_equal(s.version, 7);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.left_out, 0);
    const struct task *a = schedule_find(&s, "a");
    assert_string_equal(a->args.target, "ns1.nic.bj");
    assert_int_equal(a->interval_us, 300000000);
    assert_int_equal(check_arg_int(&a->args, "count"), 3);
    assert_true(a->remote);
    assert_false(a->args.policy.allow_private || a->args.policy.typed);
    assert_null(schedule_find(&s, "c")->args.target);
    assert_true(task_month_bytes(a) > 0);
    schedule_free(&s);
}

static void refuses_what_is_malformed(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"[]", "no object"},
        {"{}", "\"schedule\""},
        {"{\"schedule\":2,\"version\":1,\"tasks\":[]}", "\"schedule\""},
        {"{\"schedule\":1,\"version\":0,\"tasks\":[]}", "\"version\""},
        {"{\"schedule\":1,\"version\":-1,\"tasks\":[]}", "\"version\""},
        {"{\"schedule\":1,\"version\":1}", "\"tasks\""},
        {"{\"schedule\":1,\"version\":1,\"tasks\":{}}", "\"tasks\""},
        {HEAD "7]}", "task 1"},
        {HEAD "{}]}", "\"name\""},
        {HEAD PING("a b") "}]}", "\"name\""},
        {HEAD PING("../a") "}]}", "\"name\""},
        {HEAD PING("") "}]}", "\"name\""},
        {HEAD PING("a") "}," PING("a") "}]}", "task 2"},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"interval_s\":300}]}", "needs a target"},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\"}]}", "\"interval_s\""},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\",\"interval_s\":0}]}", "\"interval_s\""},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\",\"interval_s\":1e9}]}", "\"interval_s\""},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\",\"interval_s\":9999999999}]}", "\"interval_s\""},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\\ny\",\"interval_s\":60}]}", "target"},
        {HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"http://x/\",\"interval_s\":60}]}", "no URL"},
        {HEAD "{\"name\":\"a\",\"check\":\"http\",\"target\":\"file:///etc/passwd\",\"interval_s\":60}]}", "http"},
        {HEAD PING("a") ",\"kind\":\"moon\"}]}", "\"kind\""},
        {HEAD PING("a") ",\"country\":\"Benin\"}]}", "\"country\""},
        {HEAD PING("a") ",\"params\":[]}]}", "\"params\""},
        {HEAD PING("a") ",\"params\":{\"count\":[1]}}]}", "count"},
        {HEAD PING("a") ",\"params\":{\"count\":1.5}}]}", "count"},
        {HEAD PING("a") ",\"params\":{\"count\":null}}]}", "count"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct schedule s = {.version = 99};
        struct fault f = {0};
        if (read_text(rows[i].text, &s, &f) != -EBADMSG)
            fail_msg("row %zu was read", i);
        if (!strstr(f.text, rows[i].says))
            fail_msg("row %zu says: %s", i, f.text);
        assert_int_equal(s.version, 99); /* untouched */
    }
}

static void leaves_out_what_is_newer(void **state)
{
    static const char *const rows[] = {
        HEAD PING("a") "},{\"name\":\"n\",\"check\":\"warp\",\"target\":\"x\",\"interval_s\":60}]}",
        HEAD PING("a") "}," PING("n") ",\"params\":{\"colour\":\"red\"}}]}",
        HEAD PING("a") "}," PING("n") ",\"params\":{\"count\":1000000}}]}",
        HEAD PING("a") "},{\"name\":\"n\",\"check\":\"dns\",\"interval_s\":600,\"params\":{\"type\":\"AXFR\"}}]}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct schedule s = {0};
        struct fault f = {0};
        assert_int_equal(read_text(rows[i], &s, &f), 0);
        assert_int_equal(s.count, 1);
        assert_int_equal(s.left_out, 1);
        assert_non_null(strstr(s.left_out_why, "n: "));
        schedule_free(&s);
    }
}

static void bounds_the_number(void **state)
{
    struct buf text = {0};
    struct schedule s = {0};
    struct fault f;
    buf_add_text(&text, HEAD);
    for (int i = 0; i <= SCHEDULE_TASKS_MAX; i++)
        buf_addf(&text, "%s{\"name\":\"t%d\",\"check\":\"ping\",\"target\":\"x\",\"interval_s\":60,\"kind\":\"root\"}",
                 i ? "," : "", i);
    buf_add_text(&text, "]}");
    assert_int_equal(read_text(text.data, &s, &f), -EBADMSG);
    buf_free(&text);
}

static void rates_are_capped(void **state)
{
    struct schedule s = {0};
    struct fault f;
    assert_int_equal(read_text(HEAD "{\"name\":\"a\",\"check\":\"ping\",\"target\":\"x\",\"interval_s\":1}]}", &s, &f),
                     0);
    assert_int_equal(s.tasks[0]->interval_us, REMOTE_INTERVAL_MIN_US);
    schedule_free(&s);
}

static void the_standard_one_is_read_whole(void **state)
{
    struct schedule s = {0};
    struct fault f = {0};
    if (schedule_standard(&s, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(s.left_out, 0);
    int64_t month = 0;
    for (size_t i = 0; i < s.count; i++)
        month += task_month_bytes(s.tasks[i]);
    /* A metered line has 200 MB a month for everything, and heavier checks are to come. */
    assert_in_range(month, 1000000, 100000000);
    schedule_free(&s);
}

/* Every task of a pack is one that this agent can run as it stands there. */
static void packs_are_read_whole(void **state)
{
    static const struct {
        const char *name;
        size_t tasks;
        int64_t most; /* octets a month */
    } rows[] = {{"dns", 30, 12000000}, {"edns-africa", 57, 20000000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct schedule s = {0};
        struct fault f = {0};
        struct buf text = {0};
        json_t *pack = NULL;
        char path[512];
        snprintf(path, sizeof path, "%s/schedule/packs/%s.json", SCHEMA, rows[i].name);
        assert_int_equal(file_read(path, 1 << 20, &text, &f), 0);
        assert_int_equal(json_read(text.data, text.len, 1 << 20, 32, &pack, &f), 0);
        json_object_set_new(pack, "schedule", json_integer(1));
        json_object_set_new(pack, "version", json_integer(1));
        if (schedule_read(pack, &s, &f) < 0)
            fail_msg("%s: %s", rows[i].name, f.text);
        assert_int_equal(s.left_out, 0);
        assert_true(s.count >= rows[i].tasks);
        int64_t month = 0;
        for (size_t k = 0; k < s.count; k++)
            month += task_month_bytes(s.tasks[k]);
        assert_in_range(month, 1, rows[i].most);
        schedule_free(&s);
        json_decref(pack);
        buf_free(&text);
    }
}

static void local_comes_first_and_forbids(void **state)
{
    struct schedule local = {0}, remote = {0}, joined;
    struct fault f;
    const struct policy mine = {.allow_private = true};
    struct task *own = task_new(check_find("ping"), "a", "192.168.1.1", &mine);
    own->interval_us = 5000000;
    assert_int_equal(schedule_add(&local, own, &f), 0);
    assert_int_equal(
        read_text(HEAD PING("a") "}," PING("b") "}," PING("c") "},{\"name\":\"d\",\"check\":\"traceroute\","
                                                               "\"target\":\"x\",\"interval_s\":60}]}",
                  &remote, &f),
        0);
    schedule_join(&joined, &local, &remote, "traceroute, task:c task:ping");
    assert_int_equal(joined.count, 2);
    assert_int_equal(joined.version, 7);
    assert_ptr_equal(schedule_find(&joined, "a"), own);
    assert_non_null(schedule_find(&joined, "b"));
    schedule_free(&local);
    schedule_free(&remote);
    assert_string_equal(joined.tasks[0]->args.target, "192.168.1.1"); /* a reference of its own */
    schedule_free(&joined);
}

static void phases_spread(void **state)
{
    /* 1000 probes, one task each 300 s: no second of the interval gets a crowd. */
    unsigned seconds[300] = {0};
    for (int probe = 0; probe < 1000; probe++) {
        uint8_t public[SIGN_PUBLIC_SIZE] = {(uint8_t)probe, (uint8_t)(probe >> 8)};
        int64_t phase = schedule_phase(public, "ping-ns1", 300000000);
        assert_in_range(phase, 0, 299999999);
        assert_int_equal(phase, schedule_phase(public, "ping-ns1", 300000000));
        assert_int_not_equal(phase, schedule_phase(public, "ping-ns2", 300000000));
        seconds[phase / 1000000]++;
    }
    for (int i = 0; i < 300; i++)
        assert_in_range(seconds[i], 0, 15); /* Poisson with mean 3.3: past 15 once in 100 000 such tests */
}

static void the_next_moment(void **state)
{
    static const struct {
        int64_t phase, interval, now, next;
    } rows[] = {
        {0, 10, 0, 10}, {0, 10, 9, 10},    {0, 10, 10, 20}, {3, 10, 0, 3},   {3, 10, 2, 3},
        {3, 10, 3, 13}, {3, 10, 100, 103}, {9, 10, -5, -1}, {0, 10, -10, 0}, {5, 7, 1795341600000000, 1795341600000006},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t next = schedule_next(rows[i].phase, rows[i].interval, rows[i].now);
        assert_true(next > rows[i].now && next <= rows[i].now + rows[i].interval);
        assert_int_equal(((next - rows[i].phase) % rows[i].interval + rows[i].interval) % rows[i].interval, 0);
        if (i + 1 < COUNT(rows))
            assert_int_equal(next, rows[i].next);
    }
}

static void names(void **state)
{
    static const char *const good[] = {"a", "ping-ns1.nic_bj", "0"};
    static const char *const bad[] = {"", "-a", ".a", "a b", "a/b", "é", "a\n"};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(task_name_valid(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(task_name_valid(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_tasks),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(leaves_out_what_is_newer),
        cmocka_unit_test(bounds_the_number),
        cmocka_unit_test(rates_are_capped),
        cmocka_unit_test(the_standard_one_is_read_whole),
        cmocka_unit_test(packs_are_read_whole),
        cmocka_unit_test(local_comes_first_and_forbids),
        cmocka_unit_test(phases_spread),
        cmocka_unit_test(the_next_moment),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
