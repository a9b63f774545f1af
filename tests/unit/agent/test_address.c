#include "tests/unit/check.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(compares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
