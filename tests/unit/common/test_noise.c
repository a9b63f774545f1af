#include "tests/unit/check.h"

#include "common/noise.h"
#include "common/zst.h"

static void test_incompressible(void **state)
{
    static char bytes[200000];
    struct noise n;
    _cleanup_(buf_free) struct buf packed = {0};
    noise_seed(&n);
    noise_fill(&n, bytes, sizeof bytes);
    zst_pack(bytes, sizeof bytes, &packed);
    assert_true(packed.len > sizeof bytes * 99 / 100);
}

static void test_fills_exactly(void **state)
{
    for (size_t len = 0; len < 40; len++) {
        char bytes[48];
        struct noise n = {.state = 1};
        memset(bytes, 'z', sizeof bytes);
        noise_fill(&n, bytes, len);
        for (size_t i = len; i < sizeof bytes; i++)
            assert_int_equal(bytes[i], 'z');
    }
}

static void test_never_the_same(void **state)
{
    char a[64], b[64];
    struct noise n, m;
    noise_seed(&n);
    noise_seed(&m);
    noise_fill(&n, a, sizeof a);
    noise_fill(&m, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    noise_fill(&n, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incompressible),
        cmocka_unit_test(test_fills_exactly),
        cmocka_unit_test(test_never_the_same),
    };
    return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
