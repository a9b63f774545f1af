#include "tests/unit/check.h"

#include "common/alloc.h"
#include "common/hex.h"

static void pairs_of_digits_are_octets(void **state)
{
    static const struct {
        const char *digits, *octets;
        size_t len;
    } rows[] = {
        {"", "", 0},       {"00ff7a", "\0\xffz", 3},
        {"6162", "ab", 2}, {"61623", "ab", 2}, /* half a pair */
        {"61x2", "a", 1},  {"6g", "", 0},
        {"4A", "", 0}, /* a capital is none */
        {"61 62", "a", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf out = {0};
        hex_add(rows[i].digits, &out);
        assert_int_equal(out.len, rows[i].len);
        if (out.len > 0)
            assert_memory_equal(out.data, rows[i].octets, out.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_digits_are_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
