#include "tests/unit/check.h"

#include "collector/disclosure/flow.h"
#include "common/alloc.h"

#define DAYS   3
#define PLACES 4
#define PARTS  3

/* Two rows and two columns of places: the first part has the first two, the second the first and the third; the last
 * part, all. */
static const struct cellset parts_of[PLACES] = {
    {(size_t[]){0, 1, 2}, 3}, {(size_t[]){0, 2}, 2}, {(size_t[]){1, 2}, 2}, {(size_t[]){2}, 1}};

static const double weights[PLACES] = {1, 1, 1, 1};

static void what_is_due_moves(void **state)
{
    static const struct {
        double bears[DAYS * PLACES], days[DAYS], parts[PARTS];
        bool shown[DAYS], found;
    } rows[] = {
        {{0}, {0}, {0}, {true, true, true}, true},
        {{9, 9, 9, 9}, {3}, {3, 3, 3}, {true, true, true}, true}, /* at the first place */
        /* around it, in the others: the last goes back by as much */
        {{0, 3, 3, 3}, {3}, {3, 3, 3}, {true, true, true}, true},
        {{0, 3, 3, 2.9}, {3}, {3, 3, 3}, {true, true, true}, false},
        {{0, 2.9, 3, 3}, {3}, {3, 3, 3}, {true, true, true}, false},
        {{3}, {3.1}, {3.1, 3.1, 3.1}, {true, true, true}, false},
        /* by way of another day, where two places change against each other */
        {{0, 0, 0, 3, 3, 0, 0, 3}, {3}, {3, 3, 3}, {true, true, true}, true},
        {{0, 0, 0, 3, 3, 0, 0, 2.9}, {3}, {3, 3, 3}, {true, true, true}, false},
        {{0, 0, 0, 3, 2, 0, 0, 2, 1, 0, 0, 1}, {3}, {3, 3, 3}, {true, true, true}, true},
        /* or of one that is not shown */
        {{0, 0, 0, 3, 3, 0, 0, 3}, {3}, {3, 3, 3}, {true, false, true}, true},
        {{0, 3, 0, 0, 3, 0, 3, 0}, {3}, {3, 3, 3}, {true, true, true}, false},
        {{0, 3, 0, 0, 3, 2.9, 3, 0}, {3}, {3, 3, 3}, {true, false, true}, false},
        {{0, 3, 0, 0, 3, 3, 3, 0}, {3}, {3, 3, 3}, {true, false, true}, true},
        {{0, 3, 0, 0, 0, 0, 3, 3}, {3}, {3, 3, 3}, {true, false, true}, true},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        double bears[DAYS * PLACES], days[DAYS], parts[PARTS];
        memcpy(bears, rows[r].bears, sizeof bears);
        memcpy(days, rows[r].days, sizeof days);
        memcpy(parts, rows[r].parts, sizeof parts);
        int64_t work = 10000, none = 0;
        const struct flow f = {DAYS, PLACES, PARTS, bears, days, parts, rows[r].shown, parts_of, weights};
        if (flow_ask(&f, &work) != (rows[r].found ? FLOW_FOUND : FLOW_NONE)) /* small ones are proved */
            fail_msg("row %zu", r);
        assert_true(flow_ask(&f, &none) != FLOW_FOUND || !days[0]);
    }
}

/* One that parts count twice: it moves on a day, and twice in them. */
static void what_weighs_twice_moves_twice(void **state)
{
    static const bool shown[DAYS] = {true, true, true};
    static const double twice[PLACES] = {2, 1, 1, 1};
    for (int of_parts = 3; of_parts <= 6; of_parts += 3) {
        double bears[DAYS * PLACES] = {3}, days[DAYS] = {3}, parts[PARTS] = {of_parts, of_parts, of_parts};
        int64_t work = 10000;
        const struct flow f = {DAYS, PLACES, PARTS, bears, days, parts, shown, parts_of, twice};
        assert_int_equal(flow_ask(&f, &work), of_parts == 6 ? FLOW_FOUND : FLOW_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_due_moves),
                                       cmocka_unit_test(what_weighs_twice_moves_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
