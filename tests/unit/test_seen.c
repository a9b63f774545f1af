#include "tests/unit/check.h"

#include "collector/seen.h"
#include "common/alloc.h"

static void cuts_to_24_and_48(void **state)
{
    static const struct {
        const char *address, *prefix;
    } rows[] = {
        {"192.0.2.77", "192.0.2.0/24"},
        {"255.255.255.255", "255.255.255.0/24"},
        {"::ffff:192.0.2.77", "192.0.2.0/24"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
        {"2001:db8::1", "2001:db8::/48"},
        {"::1", "::/48"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff::/48"},
        /* What is no address says nothing of anybody. */
        {"", "?"},
        {"192.0.2", "?"},
        {"192.0.2.77:443", "?"},
        {"[2001:db8::1]", "?"},
        {"fe80::1%eth0", "?"},
        {"unknown", "?"},
        {"192.0.2.77 ", "?"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[SEEN_TEXT_SIZE];
        assert_string_equal(seen_cut(rows[i].address, text), rows[i].prefix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_to_24_and_48),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
