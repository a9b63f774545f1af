#include "tests/unit/check.h"

#include "collector/http/keyed.h"
#include "common/alloc.h"

/* The key 00 01 … 0f and the messages 00 01 … of the paper's test (appendix A,
 * and vectors.h of its reference code). */
static const struct keyed paper = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

static void is_siphash(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } rows[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},
        {1, UINT64_C(0x74f839c593dc67fd)},
        {2, UINT64_C(0x0d6c8009d9a94f5a)},
        {15, UINT64_C(0xa129ca6149be45e5)},
    };
    uint8_t message[16];
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(keyed_hash(&paper, message, rows[i].len), rows[i].hash);
}

static void reads_from_any_address(void **state)
{
    uint8_t room[32] = {0};
    static const char text[] = "192.0.2.0/24";
    uint64_t wanted = keyed_hash(&paper, text, sizeof text - 1);
    for (size_t at = 0; at < 8; at++) {
        memcpy(room + at, text, sizeof text - 1);
        assert_int_equal(keyed_hash(&paper, room + at, sizeof text - 1), wanted);
    }
}

static void keys_differ(void **state)
{
    struct keyed a, b;
    keyed_init(&a);
    keyed_init(&b);
    assert_true(a.k0 != b.k0 || a.k1 != b.k1);
    assert_true(keyed_hash(&a, "x", 1) != keyed_hash(&b, "x", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_siphash),
        cmocka_unit_test(reads_from_any_address),
        cmocka_unit_test(keys_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
