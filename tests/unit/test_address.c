#include "tests/unit/check.h"

#include "agent/address.h"
#include "common/alloc.h"

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
        {"", NULL},
        {"1232", NULL},
        {"udp", NULL},
        {"/24", NULL},
        {"192.0.2", NULL},
        {"192.0.2.777", NULL},
        {"2001:db8:1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4:5", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char network[ADDRESS_NETWORK_SIZE] = "";
        bool is = address_network(rows[i].text, network);
        if (is != (rows[i].network != NULL) || (is && strcmp(network, rows[i].network) != 0))
            fail_msg("%s became %s", rows[i].text, network);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(networks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
