#include "tests/unit/check.h"

#include "collector/figure/found.h"

#define V4(a, b, c, d) ((const unsigned char[]){2, 32, 0, 4, a, b, c, d})

static void once_a_place(void **state)
{
    static const unsigned char v6[20] = {3, 128, 0, 16, 0x20, 1, 0xd, 0xb8, [19] = 1};
    struct found f = {0};
    found_add(&f, 7, 4, V4(192, 0, 2, 9), 8);
    found_add(&f, 7, 4, V4(192, 0, 2, 1), 8);
    found_add(&f, 7, 4, V4(192, 0, 2, 9), 8);
    found_add(&f, 7, 6, v6, sizeof v6);
    found_write(&f, 3);
    found_add(&f, 7, 4, V4(192, 0, 2, 9), 8);
    found_write(&f, 4);
    assert_string_equal(f.places.data, "3,3,3,4");
    assert_string_equal(f.targets.data, "7,7,7,7");
    assert_string_equal(f.families.data, "4,4,6,4");
    assert_string_equal(f.addrs.data, "192.0.2.1,192.0.2.9,2001:db8::1,192.0.2.9");
    found_free(&f);
}

static void what_says_nothing(void **state)
{
    struct found f = {0};
    found_add(&f, 0, 4, V4(192, 0, 2, 9), 8); /* no target */
    found_add(&f, 7, 0, V4(192, 0, 2, 9), 8);
    found_add(&f, 7, 4, NULL, 0);
    found_add(&f, 7, 4, V4(192, 0, 2, 9), 7);
    found_write(&f, 1);
    assert_int_equal(f.places.len, 0);
    found_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(once_a_place), cmocka_unit_test(what_says_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
