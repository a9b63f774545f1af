#include "tests/unit/check.h"

#include "agent/dns/soa.h"

static void reads_what_the_record_says(void **state)
{
    struct record r = {.type = "SOA", .data = "Ns1.Nic.bj. host\\.master.nic.bj. 4294967295 14400 3600 604800 300"};
    struct soa soa;
    assert_true(soa_read(&r, &soa));
    assert_string_equal(soa.mname, "ns1.nic.bj.");
    assert_string_equal(soa.rname, "host\\.master.nic.bj.");
    assert_true(soa.serial == 4294967295 && soa.refresh_s == 14400 && soa.retry_s == 3600);
    assert_true(soa.expire_s == 604800 && soa.minimum_s == 300);
}

static void refuses_what_is_none(void **state)
{
    static const struct {
        const char *type, *data;
        bool cut;
    } rows[] = {
        {"NS", "a. b. 1 2 3 4 5", false},
        {"SOA", "a. b. 1 2 3 4", false},
        {"SOA", "", false},
        {"SOA", "a. b. 1 2 3 4 5", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct record r = {.cut = rows[i].cut};
        struct soa soa = {.serial = 7};
        snprintf(r.type, sizeof r.type, "%s", rows[i].type);
        snprintf(r.data, sizeof r.data, "%s", rows[i].data);
        assert_false(soa_read(&r, &soa));
        assert_int_equal(soa.serial, 7);
    }
}

/* RFC 1982 section 3.2: 2^32 - 1 is older than 0. */
static void serials_go_round(void **state)
{
    static const struct {
        uint32_t a, b;
        bool newer;
    } rows[] = {
        {2, 1, true},           {1, 2, false},         {1, 1, false},          {0, 4294967295, true},
        {4294967295, 0, false}, {2147483648, 1, true}, {2147483649, 1, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(soa_newer(rows[i].a, rows[i].b), rows[i].newer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_record_says),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(serials_go_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
