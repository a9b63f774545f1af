#include "tests/unit/check.h"

#include <math.h>
#include <stdbool.h>

#include "collector/figure/random.h"
#include "collector/disclosure/residue.h"

/* Lines of a block, one behind the other: so many, that count so much in what is added and in what is taken off, so
 * many days each. */
struct kind {
    uint32_t block, lines;
    double added, taken;
    uint32_t days;
};
#define KINDS 5

static size_t fill(struct residue_unit *units, const struct kind *kinds, uint32_t networks)
{
    size_t count = 0;
    for (size_t k = 0; k < KINDS; k++)
        for (uint32_t l = 0; l < kinds[k].lines; l++, count++) {
            uint32_t line = (uint32_t)count + 1;
            units[count] = (struct residue_unit){kinds[k].block, line,           networks ? line % networks + 1 : 0,
                                                 kinds[k].days,  kinds[k].added, kinds[k].taken};
        }
    return count;
}

static void what_stays_is_a_crowd_or_nothing(void **state)
{
    static const struct {
        struct kind kinds[KINDS];
        uint32_t networks; /* that the lines share in turn; 0: none was seen */
        enum residue_verdict verdict;
    } rows[] = {
        {{{0, 10, 1, 1, 9}}, 99, RESIDUE_NOTHING},
        {{{0, 10, 1.3, 1, 9}, {1, 3, 2, 1, 9}, {2, 1, 3, 0.5, 9}}, 99, RESIDUE_NOTHING}, /* with an r of each */
        {{{0, 10, 0.1 + 0.2, 3, 9}, {0, 9, 0.1, 1, 9}}, 99, RESIDUE_NOTHING},            /* but for rounding */
        {{{0, 10, 1, 0, 9}}, 99, RESIDUE_NOTHING},                                       /* nothing is taken off */
        {{{0, 10, 1, 1, 9}, {0, 1, 2, 1, 9}}, 99, RESIDUE_FEW},
        {{{0, 10, 1, 1, 9}, {0, 4, 2, 1, 9}}, 99, RESIDUE_FEW},
        {{{0, 10, 1, 1, 9}, {0, 5, 2, 1, 9}}, 99, RESIDUE_MANY},
        {{{0, 10, 1, 1, 9}, {0, 5, 2, 1, 5}}, 99, RESIDUE_FEW},                       /* twenty-five days */
        {{{0, 10, 1, 1, 9}, {0, 5, 2, 1, 9}}, 4, RESIDUE_FEW},                        /* of four networks */
        {{{0, 10, 1, 1, 9}, {0, 5, 2, 1, 9}}, 0, RESIDUE_FEW},                        /* of none that was seen */
        {{{0, 10, 1, 1, 9}, {0, 1, 2, 1, 9}, {1, 6, 1, 0, 9}}, 99, RESIDUE_MANY},     /* others stay whole */
        {{{0, 10, 1, 1, 9}, {0, 1, 4, 1, 9}, {1, 6, 1, 0, 9}}, 99, RESIDUE_MANY},     /* three of nine */
        {{{0, 10, 1, 1, 9}, {0, 1, 5, 1, 9}, {1, 6, 1, 0, 9}}, 99, RESIDUE_FEW},      /* four of ten */
        {{{0, 20, 1, 1, 9}, {0, 20, 1.001, 1, 9}, {0, 1, 2, 1, 9}}, 99, RESIDUE_FEW}, /* small parts are no cover */
        {{{0, 4, 1, 1, 9}, {0, 4, 1.5, 1, 9}, {0, 4, 2, 1, 9}}, 99, RESIDUE_MANY},
        {{{0, 3, 1, 1, 9}, {0, 3, 2, 1, 9}, {1, 3, 1, 1, 9}, {1, 3, 3, 1, 9}}, 99, RESIDUE_MANY}, /* of two blocks */
        {{{0, 3, 1, 1, 9}, {0, 1, 2, 1, 9}, {1, 3, 1, 1, 9}, {1, 3, 3, 1, 9}}, 99, RESIDUE_FEW},
        {{{0, 9, 1, 100, 9}, {0, 1, 1, 300, 9}, {0, 6, 0, 100, 9}}, 99, RESIDUE_MANY}, /* a change, and newcomers */
        {{{0, 9, 1, 100, 9}, {0, 1, 1, 300, 9}}, 99, RESIDUE_FEW},
        {{{0, 9, 1, 1, 9}, {0, 1, 1, 0, 9}}, 99, RESIDUE_FEW}, /* of which nothing is taken off */
        {{{0, 9, 1, 1, 9}, {1, 1, 1, 0, 9}},
         99,
         RESIDUE_NOTHING}, /* a matter of cells and days, which have no weights */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct residue_unit units[64];
        _cleanup_(residue_freep) struct residue *residue = residue_new();
        residue_add(residue, units, fill(units, rows[r].kinds, rows[r].networks));
        if (residue_verdict(residue) != rows[r].verdict)
            fail_msg("row %zu: %d", r, (int)residue_verdict(residue));
    }
}

/* Of so many lines on each of ten days, one whose line weighs otherwise on all: a day that stays whole covers it. */
static void what_was_added_is_taken_out_again(void **state)
{
    static const struct kind taken[KINDS] = {{0, 9, 1, 1, 1}, {0, 1, 2, 1, 1}};
    static const struct kind whole[KINDS] = {{0, 9, 1, 0, 1}, {0, 1, 2, 0, 1}};
    struct residue_unit units[64];
    _cleanup_(residue_freep) struct residue *residue = residue_new();
    for (int day = 0; day < 10; day++)
        residue_add(residue, units, fill(units, taken, 99));
    int hidden = 0;
    while (residue_verdict(residue) == RESIDUE_FEW) {
        residue_remove(residue, units, fill(units, taken, 99));
        residue_add(residue, units, fill(units, whole, 99));
        hidden++;
    }
    assert_int_equal(hidden, 3); /* 3 * (7 + 3 * 2) is no more than 7 + 3 * 11 */
    assert_int_equal(residue_verdict(residue), RESIDUE_MANY);
    for (; hidden < 10; hidden++) {
        residue_remove(residue, units, fill(units, taken, 99));
        residue_add(residue, units, fill(units, whole, 99));
    }
    assert_int_equal(residue_verdict(residue), RESIDUE_NOTHING);
}

/* Whoever is second knows itself: five times what others give is no more than the largest. */
static void one_that_gives_most_of_what_stays_is_too_much(void **state)
{
    static const struct {
        struct kind kinds[KINDS];
        enum residue_verdict verdict;
    } rows[] = {
        {{{0, 10, 1, 1, 9}}, RESIDUE_NOTHING},
        {{{0, 1, 50, 50, 9}, {0, 10, 1, 1, 9}}, RESIDUE_NOTHING}, /* it goes with the others */
        {{{0, 1, 25, 0, 9}, {1, 6, 1, 0, 9}}, RESIDUE_NOTHING},   /* all of a hidden day stays */
        {{{0, 1, 26, 0, 9}, {1, 6, 1, 0, 9}}, RESIDUE_FEW},       /* five times but one of the six */
        {{{0, 1, 26, 0, 9}, {1, 6, 1, 0, 9}, {1, 1, 2, 0, 9}}, RESIDUE_NOTHING},
        {{{0, 1, 26, 0, 9}, {1, 5, 1, 0, 9}, {1, 1, 20, 0, 9}}, RESIDUE_FEW}, /* the second knows itself */
        {{{0, 1, 30, 5, 9}, {0, 20, 1, 1, 9}, {1, 6, 1, 0, 9}}, RESIDUE_MANY},
        {{{0, 1, 31, 5, 9}, {0, 20, 1, 1, 9}, {1, 6, 1, 0, 9}}, RESIDUE_FEW},
        {{{0, 1, 8, 5, 9}, {0, 4, 8, 5, 9}, {0, 20, 1, 1, 1}}, RESIDUE_MANY}, /* though days are few */
        {{{0, 0, 0, 0, 9}, {0, 9, 0, 0, 9}}, RESIDUE_NOTHING},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct residue_unit units[64];
        _cleanup_(residue_freep) struct residue *residue = residue_of_amounts();
        residue_add(residue, units, fill(units, rows[r].kinds, 99));
        assert_true(residue_is_of_amounts(residue));
        if (residue_verdict(residue) != rows[r].verdict)
            fail_msg("row %zu: %d", r, (int)residue_verdict(residue));
    }
}

/* What is found by pieces is what trying every ratio finds. */
static double tried(const struct residue_unit *units, size_t count, size_t z)
{
    double found = -1e9;
    for (size_t at = 0; at < count; at++) {
        double r = units[at].added / units[at].taken, all = 0;
        for (size_t u = 0; u < count; u++)
            all += fabs(units[u].added - r * units[u].taken);
        found = fmax(found, RESIDUE_PARTS * fabs(units[z].added - r * units[z].taken) - all);
    }
    return found;
}

static void no_ratio_was_forgotten(void **state)
{
    uint64_t seed = 7;
    int verdicts[3] = {0};
    for (int trial = 0; trial < 2000; trial++) {
        struct residue_unit units[12];
        size_t count = 6 + (size_t)trial % 7;
        bool too_much = false;
        for (size_t u = 0; u < count; u++)
            units[u] = (struct residue_unit){0,
                                             (uint32_t)u + 1,
                                             (uint32_t)u + 1,
                                             90,
                                             1 + random_below(&seed, 1000) / 250.0,
                                             1 + random_below(&seed, 3) / 2.0};
        for (size_t z = 0; z < count; z++)
            too_much |= tried(units, count, z) > 0;
        _cleanup_(residue_freep) struct residue *residue = residue_new();
        residue_add(residue, units, count);
        enum residue_verdict verdict = residue_verdict(residue);
        assert_int_equal(verdict, too_much ? RESIDUE_FEW : RESIDUE_MANY);
        verdicts[verdict]++;
    }
    assert_true(verdicts[RESIDUE_FEW] > 50 && verdicts[RESIDUE_MANY] > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stays_is_a_crowd_or_nothing),
        cmocka_unit_test(what_was_added_is_taken_out_again),
        cmocka_unit_test(one_that_gives_most_of_what_stays_is_too_much),
        cmocka_unit_test(no_ratio_was_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
