#include "tests/unit/check.h"

#include "collector/simulate/household.h"

#define FIRST 20000
#define LAST  20364
#define LINES 4000

static void lines_are_as_the_country(void **state)
{
    struct nation n;
    struct fault f;
    unsigned of_first = 0, shared = 0, leaves = 0, moves = 0, slow = 0, mine = 0;
    assert_int_equal(nation_make("BJ", 5, &n, &f), 0);
    for (uint64_t i = 0; i < LINES; i++) {
        struct household h;
        household_draw(&n, i, FIRST, LAST, &h);
        assert_true(probe_id_valid(h.probe, strlen(h.probe)));
        assert_true(h.joined >= FIRST && h.joined < h.left && h.left <= LAST + 1);
        assert_true(h.moves > h.joined && h.moves <= h.left);
        assert_int_equal(h.leaves, h.left <= LAST);
        assert_true(n.operators[h.operator].mix[h.technology] > 0);
        of_first += h.operator== 0;
        shared += h.shared;
        leaves += h.leaves;
        moves += h.moves < h.left;
        if (h.operator== 0 && h.technology == TECH_4G) {
            mine++;
            slow += h.own[QUANTITY_DNS] > nation_median(&n, 0, TECH_4G, QUANTITY_DNS);
        }
    }
    assert_in_range(of_first, (unsigned)(LINES * (n.operators[0].share - 0.03)),
                    (unsigned)(LINES * (n.operators[0].share + 0.03)));
    assert_in_range(shared, LINES / 5, LINES / 2);
    assert_in_range(leaves, LINES / 20, LINES / 9);
    assert_in_range(moves, LINES / 100, LINES / 20);
    assert_in_range(slow, mine * 4 / 10, mine * 6 / 10);
    nation_free(&n);
}

static void a_line_is_the_same_whenever_it_is_drawn(void **state)
{
    struct nation n, other;
    struct fault f;
    struct household a, b, c;
    assert_int_equal(nation_make("BJ", 5, &n, &f), 0);
    assert_int_equal(nation_make("BJ", 6, &other, &f), 0);
    household_draw(&n, 17, FIRST, LAST, &a);
    household_draw(&n, 17, FIRST, LAST, &b);
    household_draw(&other, 17, FIRST, LAST, &c);
    assert_string_equal(a.probe, b.probe);
    assert_memory_equal(a.own, b.own, sizeof a.own);
    assert_string_not_equal(a.probe, c.probe);
    nation_free(&n);
    nation_free(&other);
}

static void a_single_day(void **state)
{
    struct nation n;
    struct fault f;
    assert_int_equal(nation_make("SN", 1, &n, &f), 0);
    for (uint64_t i = 0; i < 200; i++) {
        struct household h;
        household_draw(&n, i, FIRST, FIRST, &h);
        assert_true(h.joined == FIRST && h.left == FIRST + 1 && !h.leaves &&
                    household_department(&h, FIRST) == h.department);
    }
    nation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_as_the_country),
        cmocka_unit_test(a_line_is_the_same_whenever_it_is_drawn),
        cmocka_unit_test(a_single_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
