#include "tests/unit/check.h"

#include <errno.h>

#include <netinet/in.h>

#include "agent/io/address.h"
#include "agent/io/nameservers.h"
#include "common/alloc.h"

/* Each line keeps its place, also one that nobody can ask. */
static void test_places(void **state)
{
    static const char text[] = "# nameserver 192.0.2.9\n"
                               "search example.bj\n"
                               "nameserver fe80::1%lo\n"
                               "nameserver\t192.0.2.1 # the operator's\n"
                               "nameserver fe80::1\n"
                               "nameserver fe80::1%nosuch\n"
                               "nameserver [2001:db8::1]:5353\n"
                               "nameserver 192.0.2.2:5353;x\n"
                               "nameserver localhost\n"
                               "nameserver\n"
                               "nameservers 192.0.2.8\n"
                               "nameserver 192.0.2.3:99999\n";
    static const struct {
        int family, version, port, code;
    } wanted[] = {
        {AF_INET6, 6, 53, 0},   {AF_INET, 4, 53, 0},   {AF_UNSPEC, 6, 0, -EDESTADDRREQ}, {AF_UNSPEC, 6, 0, -ENODEV},
        {AF_INET6, 6, 5353, 0}, {AF_INET, 4, 5353, 0}, {AF_UNSPEC, 0, 0, -EINVAL},       {AF_UNSPEC, 0, 0, -EINVAL},
    };
    const char *dir = scratch_dir();
    _cleanup_text_ char *path = alloc_format("%s/resolv.conf", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    struct nameserver found[NAMESERVERS_MAX];
    assert_int_equal(nameservers_load(path, found, COUNT(found)), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        const struct nameserver *n = &found[i];
        if (n->addr.ss_family != wanted[i].family || n->version != wanted[i].version || n->why.code != wanted[i].code)
            fail_msg("line %zu: family %d, version %d, %s", i, n->addr.ss_family, n->version, n->why.text);
        if (wanted[i].family != AF_UNSPEC)
            assert_int_equal(address_port(&n->addr), wanted[i].port);
    }
    assert_int_equal(((struct sockaddr_in6 *)&found[0].addr)->sin6_scope_id, 1); /* lo */
    assert_int_equal(nameservers_load(path, found, 2), 2);
    shell("rm -r %s", dir);
    assert_int_equal(nameservers_load(path, found, COUNT(found)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places)};
    return cmocka_run_group_tests_name("nameservers", tests, NULL, NULL);
}
