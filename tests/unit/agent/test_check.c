#include "tests/unit/check.h"

#include <errno.h>

#include "agent/check/table.h"
#include "agent/schedule/schedule.h"
#include "common/metric.h"

static const char *const words[] = {"both", "down", "up", NULL};
static const struct check_param params[] = {
    {"count", PARAM_INT, "10", .min = 1, .max = 100, .help = "c"},
    {"deep", PARAM_BOOL, "no", .help = "d"},
    {"way", PARAM_CHOICE, "down", .choices = words, .help = "w"},
    {"name", PARAM_TEXT, NULL, .help = "n"},
    {"note", PARAM_TEXT, "as it is", .help = "n"},
};
static const struct check_ops ops = {.name = "sample", .params = params, .param_count = COUNT(params)};
static const struct policy policy = {.allow_private = true};

static void test_defaults(void **state)
{
    struct check_args args;
    check_args_init(&args, &ops, "task-1", "example.bj", &policy);
    assert_string_equal(args.task, "task-1");
    assert_string_equal(args.target, "example.bj");
    assert_true(args.policy.allow_private);
    assert_int_equal(check_arg_int(&args, "count"), 10);
    assert_false(check_arg_bool(&args, "deep"));
    assert_int_equal(check_arg_int(&args, "way"), 1);
    assert_string_equal(check_arg_text(&args, "way"), "down");
    assert_null(check_arg_text(&args, "name"));
    assert_string_equal(check_arg_text(&args, "note"), "as it is");
    check_args_free(&args);
    check_args_free(&args); /* and again */
    check_args_free(NULL);
}

static void test_no_target(void **state)
{
    struct check_args args;
    check_args_init(&args, &ops, "t", NULL, &policy);
    assert_null(args.target);
    check_args_free(&args);
}

static void test_set(void **state)
{
    static const struct {
        const char *name, *value;
        const char *complaint; /* part of what f says; NULL when it is allowed */
    } cases[] = {
        {"count", "1", NULL},
        {"count", "100", NULL},
        {"count", "0", "from 1 to 100"},
        {"count", "101", "from 1 to 100"},
        {"count", "-5", "\"-5\""},
        {"count", "", "whole number"},
        {"count", "10x", "whole number"},
        {"count", "1e2", "whole number"},
        {"count", "99999999999999999999", "whole number"},
        {"deep", "yes", NULL},
        {"deep", "0", NULL},
        {"deep", "maybe", "yes or no"},
        {"deep", "", "yes or no"},
        {"way", "up", NULL},
        {"way", "UP", "both, down, up"},
        {"way", "", "both, down, up"},
        {"way", "1", "both, down, up"},
        {"name", "", NULL},
        {"name", "caf\xc3\xa9", NULL},
        {"size", "1", "count, deep, way, name, note"},
        {"", "1", "no parameter"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct check_args args;
        struct fault f = {0};
        check_args_init(&args, &ops, "t", "x", &policy);
        int rc = check_args_set(&args, cases[i].name, cases[i].value, &f);
        if (rc != (cases[i].complaint ? -EINVAL : 0))
            fail_msg("%s=%s: %d %s", cases[i].name, cases[i].value, rc, f.text);
        if (cases[i].complaint && !strstr(f.text, cases[i].complaint))
            fail_msg("%s=%s: \"%s\" lacks \"%s\"", cases[i].name, cases[i].value, f.text, cases[i].complaint);
        if (cases[i].complaint) /* what was refused changes nothing */
            assert_int_equal(check_arg_int(&args, "count"), 10);
        check_args_free(&args);
    }
}

static void test_set_twice(void **state)
{
    struct check_args args;
    check_args_init(&args, &ops, "t", "x", &policy);
    assert_int_equal(check_args_set(&args, "name", "first", NULL), 0);
    assert_int_equal(check_args_set(&args, "name", "second", NULL), 0);
    assert_int_equal(check_args_set(&args, "way", "both", NULL), 0);
    assert_string_equal(check_arg_text(&args, "name"), "second");
    assert_string_equal(check_arg_text(&args, "way"), "both");
    check_args_free(&args);
}

/* What a check's own eyes refuse, naming what is wrong. */
static void test_valid(void **state)
{
    static const struct {
        const char *check, *target, *name, *value;
        const char *complaint; /* NULL: fine */
    } cases[] = {
        {"dns", NULL, "type", "aaaa", NULL},
        {"dns", NULL, "type", "TYPE65", NULL},
        {"dns", NULL, "type", "AXFR", "type cannot be \"AXFR\"; allowed: "},
        {"dns", NULL, "type", "IXFR", "type"},
        {"dns", NULL, "type", "OPT", "type"},
        {"dns", NULL, "type", "", "type cannot be \"\""},
        {"dns", NULL, "type", "nosuch", "type"},
        {"dns", NULL, "qname", ".", NULL},
        {"dns", NULL, "qname", "a..b", "qname cannot be \"a..b\"; allowed: a domain name"},
        {"dns", NULL, "transport", "https", "target"},
        {"dns", "2001:db8::1", "transport", "https", NULL},
        {"dns", "[2001:db8::1", "transport", "https", "brackets stand around"},
        {"dnssec", "nic.bj", "type", "DNSKEY", NULL},
        {"dnssec", "nic.bj", "type", "AXFR", "dnssec: type"},
        {"dnssec", "nic.bj", "resolver", "", NULL},
        {"dnssec", "nic.bj", "resolver", "one.example", "resolver cannot be \"one.example\"; allowed: an IPv4"},
        {"dnssec", "nic.bj", "anchor", "/no/such/file", NULL}, /* it may be there when the task runs */
        {"edns", "a..b", "retries", "1", "edns: the target: \"a..b\" is no name: "},
        {"delegation", "a..b", "retries", "1", "is no name"},
        {"delegation", "192.0.2.1", "retries", "1", "in-addr.arpa"},
        {"delegation", ".", "resolver", "::1", NULL},
        {"resolver", NULL, "control", "9.9.9.9", NULL},
        {"resolver", NULL, "control", "", "control"},
        {"resolver", NULL, "control", "one.example", "control"},
        {"resolver", NULL, "control", "fe80::1", "the interface behind it"},
        {"resolver", NULL, "names", "nic.bj, b\xc3\xa9nin.bj", NULL},
        {"resolver", NULL, "names", "nic.bj,a..b", "a..b"},
        {"resolver", NULL, "zone", "", NULL},
        {"resolver", NULL, "bogus", "a..b", "bogus"},
        {"tls", "nic.bj", "server_name", "192.0.2.1", NULL},
        {"tls", "nic.bj", "server_name", "nic.bj:443", "port"},
        {"tls", "nic.bj", "alpn", "", NULL},
        {"tls", "nic.bj", "alpn", "h2,,h3", "alpn cannot be \"h2,,h3\"; allowed: a list such as"},
        {"http", "https://nic.bj/a?b=c", "redirects", "1", NULL},
        {"http", "https://someone@nic.bj/", "redirects", "1", "user name"},
        {"http", "http://[::1", "redirects", "1", "is no URL"},
        {"throughput", "http://nic.bj:99999", "seconds", "1", "from 0 to 65535"},
        {"ping", "nic.bj", "count", "1", NULL},
        {"ping", "fe80::1%lo", "count", "1", NULL},
        {"ping", "fe80::1%nosuch", "count", "1", NULL}, /* it may be there when the task runs */
        {"ping", "fe80::1", "count", "1", "the interface behind it"},
        {"tcp", "nic.bj:443", "count", "1", "a check that has ports"},
        {"stamp", "127.1", "count", "1", "last part is a number"},
        {"traceroute", "[10.0.0.1]", "hops", "1", "brackets"},
        {"ping", "b\xc3\xa9nin.bj", "count", "1", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fault f = {0};
        struct task *task = task_new(check_find(cases[i].check), "t", cases[i].target, &policy);
        int rc = check_args_set(&task->args, cases[i].name, cases[i].value, &f);
        if (rc == 0)
            rc = task_check(task, &f);
        if (rc != (cases[i].complaint ? -EINVAL : 0) || (rc < 0 && !strstr(f.text, cases[i].complaint)))
            fail_msg("%s %s=%s: %d \"%s\"", cases[i].check, cases[i].name, cases[i].value, rc, f.text);
        task_unref(task);
    }
}

/* Names are kept as DNS holds them, addresses as they were written. */
static void test_names(void **state)
{
    static const struct {
        const char *check, *target, *kept;
    } cases[] = {
        {"ping", "B\xc3\x89NIN.bj.", "xn--bnin-bpa.bj"},
        {"ping", "[2001:db8::1]", "[2001:db8::1]"},
        {"ping", "fe80::1%lo", "fe80::1%lo"},
        {"http", "http://b\xc3\xa9nin.bj/a?b", "http://xn--bnin-bpa.bj/a?b"},
        {"http", "http://NIC.bj", "http://NIC.bj"},
        {"delegation", "b\xc3\xa9nin.bj.", "xn--bnin-bpa.bj."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct task *task = task_new(check_find(cases[i].check), "t", cases[i].target, &policy);
        assert_string_equal(task->args.target, cases[i].kept);
        task_unref(task);
    }
    struct task *task = task_new(check_find("resolver"), "t", NULL, &policy);
    assert_int_equal(check_args_set(&task->args, "names", "nic.bj, b\xc3\xa9nin.bj", NULL), 0);
    assert_string_equal(check_arg_text(&task->args, "names"), "nic.bj,xn--bnin-bpa.bj");
    task_unref(task);
}

/* What is typed now is measured now: the interface must be there. */
static void test_typed(void **state)
{
    const struct policy typed = {.typed = true};
    struct fault f = {0};
    struct task *task = task_new(check_find("ping"), "t", "fe80::1%nosuch", &typed);
    assert_int_equal(task_check(task, &f), -EINVAL);
    assert_non_null(strstr(f.text, "no interface \"nosuch\""));
    task_unref(task);
}

/* What the table promises holds for every check in it. */
static void test_table(void **state)
{
    size_t count = 0;
    for (; check_table[count]; count++) {
        const struct check_ops *c = check_table[count];
        struct check_args args;
        assert_ptr_equal(check_find(c->name), c);
        assert_non_null(metric_set_find(c->name, strlen(c->name)));
        assert_true(c->param_count <= CHECK_PARAMS_MAX);
        assert_non_null(c->help);
        for (size_t i = 0; i < c->param_count; i++)
            assert_non_null(c->params[i].help);
        if (count > 0) /* sorted */
            assert_true(strcmp(check_table[count - 1]->name, c->name) < 0);
        check_args_init(&args, c, "t", "x", &policy); /* aborts on a default that is not allowed */
        assert_true(c->cost_bytes(&args) > 0);
        check_args_free(&args);
    }
    assert_true(count >= 2);
    assert_null(check_find("nosuch"));
    assert_null(check_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),  cmocka_unit_test(test_no_target), cmocka_unit_test(test_set),
        cmocka_unit_test(test_set_twice), cmocka_unit_test(test_table),     cmocka_unit_test(test_valid),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_typed),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
