#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/io/egress.h"

static void loopback_is_found_and_up(void **state)
{
    const struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct egress e;
    egress_find((const struct sockaddr *)&four, &e);
    assert_string_equal(e.names[0], "lo");
    assert_string_equal(e.names[1], "");
    assert_false(egress_is_down(&e));
}

static void what_is_gone_is_down(void **state)
{
    assert_true(egress_is_down(&(struct egress){.names = {"imt-gone0"}}));
    assert_true(egress_is_down(&(struct egress){.names = {"lo", "imt-gone0"}}));
    assert_false(egress_is_down(&(struct egress){0})); /* none is known */
}

static void the_last_address_of_a_network_is_its_broadcast(void **state)
{
    static const struct {
        const char *text;
        bool broadcast;
    } rows[] = {{"127.255.255.255", true}, {"127.0.0.1", false}, {"127.255.255.254", false}, {"8.8.8.8", false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_in four = {.sin_family = AF_INET};
        assert_int_equal(inet_pton(AF_INET, rows[i].text, &four.sin_addr), 1);
        assert_int_equal(egress_is_broadcast((const struct sockaddr *)&four), rows[i].broadcast);
    }
    const struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    assert_false(egress_is_broadcast((const struct sockaddr *)&six));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_found_and_up),
        cmocka_unit_test(what_is_gone_is_down),
        cmocka_unit_test(the_last_address_of_a_network_is_its_broadcast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
