#include "tests/unit/check.h"

#include "collector/disclosure/bond.h"

/* Lines and the days they measured: a letter a day, the place in which it was, ' ' none. As many lines as `times`. */
struct row {
    uint32_t times;
    const char *days;
};
#define ROWS 4
#define DAYS 8

static void days_with_lines_in_common(void **state)
{
    static const struct {
        struct row rows[ROWS];
        const char *groups; /* a letter a day, the same for those that are bound; ' ': nobody measured */
        uint32_t per_network;
    } all[] = {
        {{{5, "AAAAAAAA"}}, "aaaaaaaa", 1},
        {{{4, "AAAAAAAA"}, {9, "AA      "}}, "aabcdefg", 1},
        {{{5, "AAAAAAAA"}}, "abcdefgh", 2}, /* of three networks */
        {{{9, "AAAAAAAA"}}, "aaaaaaaa", 2},
        {{{7, "AAAA    "}, {7, "     AAA"}}, "aaaa bbb", 1},
        /* It is the same line in the same place that counts. */
        {{{7, "AAAABBBB"}}, "aaaabbbb", 1},
        {{{7, "AAAABBAB"}}, "aaaabbab", 1},
        /* One after the other, and by what they have in common together. */
        {{{5, "AA      "}, {5, " AA     "}, {5, "  AA    "}, {5, "   AAAAA"}}, "aaaaaaaa", 1},
        {{{3, "A A A A "}, {3, " A A A A"}, {4, "AAAAAAAA"}}, "abababab", 1},
        {{{6, "AAA     "}, {6, "     AAA"}, {4, "A      A"}}, "aaa  bbb", 1},
        {{{6, "AAA     "}, {6, "     AAA"}, {3, "A     A "}, {3, " A     A"}}, "aaa  aaa", 1},
    };
    for (size_t r = 0; r < COUNT(all); r++) {
        struct bond_unit units[DAYS * 64];
        size_t count = 0, groups[DAYS], letters[DAYS], found = 0;
        uint32_t line = 0;
        for (size_t i = 0; i < ROWS; i++)
            for (uint32_t t = 0; t < all[r].rows[i].times; t++, line++)
                for (size_t d = 0; d < DAYS; d++)
                    if (all[r].rows[i].days[d] != ' ')
                        units[count++] = (struct bond_unit){d, 2 * line + (all[r].rows[i].days[d] == 'B'), line + 1,
                                                            line / all[r].per_network + 1};
        size_t made = bond_group(units, count, DAYS, 2 * line, groups);
        for (size_t d = 0; d < DAYS; d++) {
            size_t as = 0;
            if (all[r].groups[d] == ' ')
                continue;
            while (as < d && (all[r].groups[as] != all[r].groups[d]))
                as++;
            letters[d] = as == d ? found++ : letters[as];
            for (size_t other = 0; other < d; other++)
                if (all[r].groups[other] != ' ' && (letters[other] == letters[d]) != (groups[other] == groups[d]))
                    fail_msg("row %zu: days %zu and %zu", r, other, d);
            assert_true(groups[d] < made);
        }
        assert_int_equal(made, found);
    }
}

static void more_than_are_looked_at(void **state)
{
    struct bond_unit units[2 * BOND_GROUPS];
    size_t groups[2 * BOND_GROUPS];
    for (uint32_t d = 0; d < COUNT(units); d++)
        units[d] = (struct bond_unit){d, d, d + 1, d + 1};
    assert_int_equal(bond_group(units, BOND_GROUPS, COUNT(units), COUNT(units), groups), BOND_GROUPS);
    assert_int_equal(bond_group(units, COUNT(units), COUNT(units), COUNT(units), groups), BOND_GROUPS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_with_lines_in_common),
        cmocka_unit_test(more_than_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
