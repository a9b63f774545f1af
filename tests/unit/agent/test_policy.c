#include "tests/unit/check.h"

#include <errno.h>

#include <arpa/inet.h>

#include "agent/io/policy.h"

static const struct {
    const char *addr;
    bool private;
} cases[] = {
    /* each range of RFC 6890 and its updates: first and last address, and the neighbours */
    {"0.0.0.0", true},
    {"0.255.255.255", true},
    {"1.0.0.0", false},
    {"9.255.255.255", false},
    {"10.0.0.0", true},
    {"10.255.255.255", true},
    {"11.0.0.0", false},
    {"100.63.255.255", false},
    {"100.64.0.0", true},
    {"100.127.255.255", true},
    {"100.128.0.0", false},
    {"126.255.255.255", false},
    {"127.0.0.1", true},
    {"127.255.255.255", true},
    {"128.0.0.0", false},
    {"169.253.255.255", false},
    {"169.254.0.0", true},
    {"169.254.169.254", true},
    {"169.255.0.0", false},
    {"172.15.255.255", false},
    {"172.16.0.0", true},
    {"172.31.255.255", true},
    {"172.32.0.0", false},
    {"192.0.0.0", true},
    {"192.0.0.255", true},
    {"192.0.1.0", false},
    {"192.0.2.1", true},
    {"192.0.3.0", false},
    {"192.88.99.1", true},
    {"192.88.100.0", false},
    {"192.167.255.255", false},
    {"192.168.0.0", true},
    {"192.168.255.255", true},
    {"192.169.0.0", false},
    {"198.17.255.255", false},
    {"198.18.0.0", true},
    {"198.19.255.255", true},
    {"198.20.0.0", false},
    {"198.51.100.7", true},
    {"198.51.101.0", false},
    {"203.0.113.255", true},
    {"203.0.114.0", false},
    {"223.255.255.255", false},
    {"224.0.0.1", true},
    {"239.255.255.255", true},
    {"240.0.0.0", true},
    {"255.255.255.255", true},
    {"8.8.8.8", false},
    {"196.60.9.1", false},
    {"154.65.28.218", false},

    {"::", true},
    {"::1", true},
    {"::2", true},
    {"1fff::1", true},
    {"2000::1", false},
    {"2001::1", true},          /* Teredo */
    {"2001:20::1", true},       /* ORCHIDv2 */
    {"2001:1ff:ffff::1", true}, /* last of the protocol assignments */
    {"2001:200::1", false},     /* first allocation of APNIC */
    {"2001:4860:4860::8888", false},
    {"2001:db7:ffff::1", false},
    {"2001:db8::1", true},
    {"2001:db8:ffff::1", true},
    {"2001:db9::1", false},
    {"2c0f:f248::1", false}, /* AFRINIC */
    {"3ffe::1", false},
    {"3fff::1", true}, /* documentation */
    {"3fff:fff:ffff::1", true},
    {"3fff:1000::1", false},
    {"4000::1", true},
    {"64:ff9b:1::1", true}, /* local NAT64 */
    {"100::1", true},       /* discard */
    {"5f00::1", true},      /* segment routing */
    {"fbff::1", true},
    {"fc00::1", true},
    {"fdff::1", true},
    {"fe80::1", true},
    {"fec0::1", true}, /* site local, deprecated */
    {"ff02::1", true},
    {"ff0e::1", true},

    /* an IPv4 address inside */
    {"::ffff:8.8.8.8", false},
    {"::ffff:127.0.0.1", true},
    {"::ffff:192.168.1.1", true},
    {"::127.0.0.1", true},
    {"64:ff9b::8.8.8.8", false},
    {"64:ff9b::10.1.2.3", true},
    {"2002:808:808::1", false}, /* 6to4 of 8.8.8.8 */
    {"2002:a00:1::1", true},    /* 6to4 of 10.0.0.1 */
    {"2002:7f00:1::1", true},
};

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage sa = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&sa;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&sa;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        sa.ss_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
        sa.ss_family = AF_INET6;
    }
    return sa;
}

static void test_ranges(void **state)
{
    const struct policy remote = {.allow_private = false}, own = {.allow_private = true}, typed = {.typed = true};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sockaddr_storage sa = address(cases[i].addr);
        struct fault f = {0};
        if (policy_is_private((struct sockaddr *)&sa) != cases[i].private)
            fail_msg("%s: private is %d", cases[i].addr, !cases[i].private);
        int rc = policy_check(&remote, (struct sockaddr *)&sa, &f);
        assert_int_equal(rc, cases[i].private ? -EACCES : 0);
        assert_int_equal(f.code, rc);
        assert_int_equal(policy_check(&own, (struct sockaddr *)&sa, NULL), 0);
        /* The target of a task is where its answers lead; what a person typed is their word. */
        assert_int_equal(policy_check_target(&remote, (struct sockaddr *)&sa, NULL), rc);
        assert_int_equal(policy_check_target(&own, (struct sockaddr *)&sa, NULL), 0);
        assert_int_equal(policy_check_target(&typed, (struct sockaddr *)&sa, NULL), 0);
        assert_int_equal(policy_check(&typed, (struct sockaddr *)&sa, NULL), rc);
    }
}

static void test_fault(void **state)
{
    const struct policy remote = {.allow_private = false}, typed = {.typed = true};
    struct sockaddr_storage sa = address("192.168.1.1");
    struct fault f = {0};
    assert_int_equal(policy_check(&remote, (struct sockaddr *)&sa, &f), -EACCES);
    assert_non_null(strstr(f.text, "192.168.1.1"));
    assert_non_null(strstr(f.text, "allow_private_targets"));
    assert_int_equal(policy_check(&typed, (struct sockaddr *)&sa, &f), -EACCES);
    assert_non_null(strstr(f.text, "192.168.1.1"));
    assert_non_null(strstr(f.text, "--allow-private"));
    assert_null(strstr(f.text, "allow_private_targets"));
}

/* What is neither IPv4 nor IPv6 is nowhere that a measurement may go. */
static void test_other_family(void **state)
{
    const struct policy remote = {.allow_private = false};
    struct sockaddr_storage sa = {.ss_family = AF_UNIX};
    assert_int_equal(policy_check(&remote, (struct sockaddr *)&sa, NULL), -EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_fault),
        cmocka_unit_test(test_other_family),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
