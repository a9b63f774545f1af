#include "tests/unit/check.h"

#include "common/alloc.h"
#include "common/prefix.h"

static void networks(void **state)
{
    static const struct {
        const char *text, *network; /* NULL: no address */
    } rows[] = {
        {"192.0.2.77", "192.0.2.0/24"},
        {"192.0.2.77/32", "192.0.2.0/24"},
        {"192.0.2.77/24", "192.0.2.0/24"},
        {"192.0.255.77/20", "192.0.240.0/20"},
        {"192.0.2.77/0", "0.0.0.0/0"},
        {"2001:db8:1:2::3", "2001:db8:1::/48"},
        {"2001:db8:1:2::3/56", "2001:db8:1::/48"},
        {"2001:db8:ffff::/33", "2001:db8:8000::/33"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff::/48"},
        {"::1", "::/48"},
        /* an IPv4 address in IPv6's clothes, told whole or by a prefix */
        {"::ffff:192.0.2.77", "192.0.2.0/24"},
        {"::ffff:192.0.2.77/128", "192.0.2.0/24"},
        {"::ffff:192.0.255.77/116", "192.0.240.0/20"},
        {"2002:c000:24d::1", "192.0.2.0/24"},
        {"2002:c000:24d:1::/48", "192.0.2.0/24"},
        {"2002:c000:ff00::/36", "192.0.240.0/20"},
        {"2003:c000:24d::1", "2003:c000:24d::/48"},
        {"64:ff9b::192.0.2.77", "192.0.2.0/24"},
        {"", NULL},
        {"192.0.2.77:443", NULL},
        {"[2001:db8::1]", NULL},
        {"fe80::1%eth0", NULL},
        {"192.0.2.77 ", NULL},
        {"1232", NULL},
        {"udp", NULL},
        {"/24", NULL},
        {"192.0.2", NULL},
        {"192.0.2.777", NULL},
        {"2001:db8:1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4:5", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char network[PREFIX_TEXT_SIZE] = "";
        bool is = prefix_cut(rows[i].text, network);
        if (is != (rows[i].network != NULL) || (is && strcmp(network, rows[i].network) != 0))
            fail_msg("%s became %s", rows[i].text, network);
    }
}

static void networks_are_as_wide_as_networks_are(void **state)
{
    static const struct {
        const char *prefix;
        bool is;
    } rows[] = {
        {"192.0.2.0/24", true},   {"2001:db8::/48", true}, {"192.0.0.0/20", false}, {"0.0.0.0/0", false},
        {"2001:db8::/24", false}, {"192.0.2.0/48", false}, {"192.0.2.0", false},    {"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(prefix_is_network(rows[i].prefix), rows[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(networks),
                                       cmocka_unit_test(networks_are_as_wide_as_networks_are)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
