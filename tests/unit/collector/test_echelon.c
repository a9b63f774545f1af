#include "tests/unit/check.h"

#include "collector/disclosure/echelon.h"
#include "collector/disclosure/modular.h"
#include "common/alloc.h"

#define WIDTH 4

static void says_what_a_row_adds(void **state)
{
    static const struct {
        uint32_t row[WIDTH];
        size_t left; /* the first column in which it adds something; WIDTH: nothing */
    } rows[] = {
        {{0, 0, 0, 0}, WIDTH}, {{0, 1, 1, 0}, 1}, {{0, 1, 1, 0}, WIDTH}, {{0, 5, 5, 0}, WIDTH},
        {{0, 1, 0, 0}, 2},     {{0, 1, 1, 1}, 3}, {{1, 1, 1, 1}, 0},     {{7, 3, 0, PRIME - 1}, WIDTH},
    };
    _cleanup_(echelon_freep) struct echelon *e = echelon_new(WIDTH);
    for (size_t r = 0; r < COUNT(rows); r++) {
        uint32_t row[WIDTH];
        memcpy(row, rows[r].row, sizeof row);
        size_t left = echelon_reduce(e, row);
        if (left != rows[r].left)
            fail_msg("row %zu: %zu, not %zu", r, left, rows[r].left);
        memcpy(row, rows[r].row, sizeof row);
        echelon_add(e, row);
    }
}

/* Rows come in any order: what is left is the same. */
static void the_order_does_not_matter(void **state)
{
    static const uint32_t rows[][WIDTH] = {{1, 0, 1, 0}, {0, 1, 0, 1}, {1, 1, 0, 0}};
    static const size_t orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
    for (size_t o = 0; o < COUNT(orders); o++) {
        _cleanup_(echelon_freep) struct echelon *e = echelon_new(WIDTH);
        for (size_t r = 0; r < COUNT(rows); r++) {
            uint32_t row[WIDTH];
            memcpy(row, rows[orders[o][r]], sizeof row);
            echelon_add(e, row);
        }
        uint32_t inside[WIDTH] = {0, 0, 1, 1}, outside[WIDTH] = {0, 0, 0, 1};
        assert_int_equal(echelon_reduce(e, inside), WIDTH);
        assert_int_equal(echelon_reduce(e, outside), 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_row_adds),
        cmocka_unit_test(the_order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
