#include "tests/unit/check.h"

#include "collector/disclosure/level.h"
#include "common/alloc.h"

#define DAYS   6
#define PLACES 4
#define PARTS  3

/* Places of two parts of a cut (1, 2, 4 as bits) and one of another. */
static void what_sums_leave_of_days(void **state)
{
    static const struct {
        uint32_t parts[PLACES]; /* a bit a part */
        uint32_t lines[DAYS][PLACES];
        bool few;
    } all[] = {
        /* All in one place, or in places that are in the same parts. */
        {{1, 0, 0, 0}, {{9}, {9}, {9}, {9}, {9}, {9}}, false},
        {{1, 1, 1, 1}, {{1, 1}, {2, 2}, {3, 3, 3}, {9}, {9}, {1}}, false},
        /* Two parts side by side: the smaller one is left, day by day. */
        {{1, 2, 0, 0}, {{5, 9}, {9, 5}, {5, 9}, {9, 5}, {5, 9}, {9, 5}}, false},
        {{1, 2, 0, 0}, {{5, 9}, {9, 5}, {5, 9}, {9, 5}, {5, 9}, {9, 4}}, true},
        {{1, 2, 0, 0}, {{29, 99}}, true},
        {{1, 2, 0, 0}, {{30, 99}}, false},
        /* Never on the same day: nothing is left. */
        {{1, 2, 0, 0}, {{9, 0}, {9, 0}, {9, 0}, {0, 9}, {0, 9}, {0, 9}}, false},
        {{1, 2, 0, 0}, {{9, 1}, {9, 0}, {9, 0}, {0, 9}, {0, 9}, {0, 9}}, true},
        /* A department tells from another at every operator alike: 20 + 20 days, or 20 + 9. */
        {{1, 2, 5, 6}, {{20, 0, 99, 99}, {0, 20, 99, 99}, {20, 20, 20, 20}}, false},
        {{1, 2, 5, 6}, {{20, 20, 9, 9}}, true},
        {{1, 2, 5, 6}, {{20, 20, 10, 10}}, true}, /* the operator's: 20 days and more of either, all of 60 */
        {{1, 2, 5, 6}, {{20, 20, 15, 15}}, false},
        /* The row and the column are all lines of the first days, only where they are taken off each other. */
        {{1, 2, 7, 0}, {{15, 15, 15, 0}, {15, 15, 15, 0}, {0, 0, 0, 9}, {0, 0, 0, 9}}, false},
        {{1, 2, 7, 0}, {{15, 15, 15, 0}, {15, 15, 15, 1}, {0, 0, 0, 9}, {0, 0, 0, 9}}, true},
        {{1, 2, 3, 0}, {{15, 15, 15, 0}, {15, 15, 15, 1}, {0, 0, 0, 9}, {0, 0, 0, 9}}, false},
    };
    for (size_t r = 0; r < COUNT(all); r++) {
        uint32_t lines[DAYS * PLACES], parts[PLACES * PARTS];
        memcpy(lines, all[r].lines, sizeof lines);
        for (size_t p = 0; p < PLACES * PARTS; p++)
            parts[p] = all[r].parts[p / PARTS] >> p % PARTS & 1;
        if (level_leaves_few(lines, DAYS, parts, PLACES, PARTS) != all[r].few)
            fail_msg("row %zu", r);
        assert_memory_equal(lines, all[r].lines, sizeof lines);
    }
}

/* Many places: what follows is enough, or the answer is yes. */
static void many_places(void **state)
{
    enum { MANY = 40 };
    uint32_t *lines = alloc_zero(MANY * MANY, sizeof *lines), *parts = alloc_zero(MANY * MANY, sizeof *parts);
    for (size_t p = 0; p < MANY; p++) {
        parts[p * MANY + p] = 1;
        for (size_t d = 0; d < MANY; d++)
            lines[d * MANY + p] = 1;
    }
    assert_false(level_leaves_few(lines, MANY, parts, MANY, MANY));
    assert_true(level_leaves_few(lines, MANY / 2, parts, MANY, MANY));
    free(lines);
    free(parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_sums_leave_of_days),
        cmocka_unit_test(many_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
