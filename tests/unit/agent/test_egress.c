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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_found_and_up),
        cmocka_unit_test(what_is_gone_is_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
