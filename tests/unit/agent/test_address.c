#include "tests/unit/check.h"

#include <errno.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/io/address.h"
#include "common/alloc.h"

static struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage a = {0};
    if (strchr(text, ':')) {
        a.ss_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&a)->sin6_addr), 1);
    } else {
        a.ss_family = AF_INET;
        assert_int_equal(inet_pton(AF_INET, text, &((struct sockaddr_in *)&a)->sin_addr), 1);
    }
    address_set_port(&a, port);
    return a;
}

static void compares(void **state)
{
    static const struct {
        const char *a, *b;
        uint16_t port_a, port_b;
        bool same, host, network;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", 53, 53, true, true, true},
        {"192.0.2.1", "192.0.2.1", 53, 54, false, true, true},
        {"192.0.2.1", "192.0.2.255", 53, 53, false, false, true},
        {"192.0.2.1", "192.0.3.1", 53, 53, false, false, false},
        {"2001:db8::1", "2001:db8::1", 53, 53, true, true, true},
        {"2001:db8::1", "2001:db8::1", 53, 443, false, true, true},
        {"2001:db8:1::1", "2001:db8:1:ffff:ffff::", 53, 53, false, false, true},
        {"2001:db8:1::1", "2001:db8:2::1", 53, 53, false, false, false},
        {"0.0.0.0", "::", 53, 53, false, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_storage a = address(rows[i].a, rows[i].port_a), b = address(rows[i].b, rows[i].port_b);
        assert_int_equal(address_version(&a), strchr(rows[i].a, ':') ? 6 : 4);
        for (int turn = 0; turn < 2; turn++) {
            const struct sockaddr_storage *one = turn ? &b : &a, *other = turn ? &a : &b;
            assert_int_equal(address_same(one, other), rows[i].same);
            assert_int_equal(address_same_host(one, other), rows[i].host);
            assert_int_equal(address_same_network(one, other), rows[i].network);
        }
    }
}

static void reads(void **state)
{
    static const struct {
        const char *text;
        int code, version, port; /* with address_read_port and 53 */
        bool bare;               /* address_read takes it, too */
    } rows[] = {
        {"192.0.2.1", 0, 4, 53, true},
        {"2001:db8::1", 0, 6, 53, true},
        {"[2001:db8::1]", 0, 6, 53, true},
        {"fe80::1%lo", 0, 6, 53, true},
        {"[fe80::1%lo]", 0, 6, 53, true},
        {"192.0.2.1:5353", 0, 4, 5353, false},
        {"[2001:db8::1]:5353", 0, 6, 5353, false},
        {"[fe80::1%lo]:5353", 0, 6, 5353, false},
        {"fe80::1", -EDESTADDRREQ, 0, 0, true},
        {"fe80::1%nosuch", -ENODEV, 0, 0, true},
        {"", -EINVAL, 0, 0, true},
        {"[]", -EINVAL, 0, 0, true},
        {"[192.0.2.1]", -EINVAL, 0, 0, true},
        {"127.1", -EINVAL, 0, 0, true},
        {"192.0.2.1:0", -EINVAL, 0, 0, true},
        {"192.0.2.1:99999", -EINVAL, 0, 0, true},
        {"192.0.2.1:", -EINVAL, 0, 0, true},
        {":53", -EINVAL, 0, 0, true},
        {"[2001:db8::1]x", -EINVAL, 0, 0, true},
        {"example.bj", -EINVAL, 0, 0, true},
        {"2001:db8::1%an-interface-whose-name-is-longer-than-any-that-a-kernel-could-have", -EINVAL, 0, 0, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_storage a = {0};
        struct fault f = {0};
        int r = address_read_port(rows[i].text, 53, &a, &f), bare = address_read(rows[i].text, &a, NULL);
        if (r != rows[i].code || f.code != r || bare != (rows[i].bare ? r : -EINVAL))
            fail_msg("%s: %d and %d, %s", rows[i].text, r, bare, f.text);
        if (r < 0)
            continue;
        assert_int_equal(address_read_port(rows[i].text, 53, &a, NULL), 0);
        assert_int_equal(address_version(&a), rows[i].version);
        assert_int_equal(address_port(&a), rows[i].port);
        assert_int_equal(a.ss_family == AF_INET6 && ((struct sockaddr_in6 *)&a)->sin6_scope_id,
                         strchr(rows[i].text, '%') != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(compares), cmocka_unit_test(reads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
