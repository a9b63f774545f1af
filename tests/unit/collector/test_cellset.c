#include "tests/unit/check.h"

#include "collector/disclosure/cellset.h"
#include "common/alloc.h"

static void a_set_is_kept_once(void **state)
{
    static const struct {
        size_t cells[3], count;
        uint32_t hint, number;
    } rows[] = {
        {{0}, 0, 0, 0},       {{4, 7}, 2, 0, 1}, {{4, 7}, 2, 0, 1},       {{4, 7}, 2, 1, 1},
        {{4, 7}, 2, 99, 1},   {{7, 4}, 2, 1, 2}, /* their order tells them apart */
        {{4, 7, 1}, 3, 1, 3}, {{4}, 1, 1, 4},    {{0}, 0, UINT32_MAX, 0}, {{0}, 1, 0, 5},
    };
    _cleanup_(cellsets_free) struct cellsets sets = {0};
    for (size_t r = 0; r < COUNT(rows); r++) {
        uint32_t number = cellsets_number(&sets, rows[r].count ? rows[r].cells : NULL, rows[r].count, rows[r].hint);
        if (number != rows[r].number)
            fail_msg("row %zu: %u, not %u", r, number, rows[r].number);
        assert_int_equal(sets.list[number].count, rows[r].count);
        for (size_t c = 0; c < rows[r].count; c++)
            assert_int_equal(sets.list[number].cells[c], rows[r].cells[c]);
    }
    assert_int_equal(sets.count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
