#include "tests/unit/check.h"

#include "collector/disclosure/span.h"
#include "common/alloc.h"

static void a_crowd_counts_whom_it_knows_once(void **state)
{
    static const struct {
        uint32_t probes, networks, days; /* how many; of each probe */
        bool enough;
    } rows[] = {
        {5, 5, 6, true},      {5, 5, 5, false},  {4, 4, 100, false},
        {100, 4, 100, false}, {100, 5, 1, true}, {29, 29, 1, false},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct crowd whole = {0}, halves[2] = {0};
        for (uint32_t p = 0; p < rows[r].probes; p++) {
            crowd_add(&whole, p + 1, p % rows[r].networks + 1, rows[r].days);
            crowd_add(&halves[p % 2], p + 1, p % rows[r].networks + 1, rows[r].days);
        }
        crowd_join(&halves[0], &halves[1]);
        assert_int_equal(crowd_enough(&whole), rows[r].enough);
        assert_int_equal(crowd_enough(&halves[0]), rows[r].enough);
    }
}

#define ATOMS_MAX 8
static void finds_sums_that_few_stand_behind(void **state)
{
    static const struct {
        const char *sizes; /* a digit an atom: its probes, each with a network and thirty days */
        const char *rows[5];
        bool isolates;
    } tables[] = {
        {"5", {"1"}, false},
        {"4", {"1"}, true},
        {"91", {"11"}, false},
        {"91", {"11", "10"}, true},
        {"91", {"10"}, false},
        {"55", {"11", "10", "01", "11"}, false},
        /* Rows and columns of a table of two by two: fours do not come out alone, but less one another. */
        {"4444", {"1100", "0011", "1010", "0101"}, false},
        {"4224", {"1100", "0011", "1010", "0101"}, true},
        {"4334", {"1100", "0011", "1010", "0101"}, false},
        /* Three cells that overlap in pairs: half the sum of two less the third is an atom. */
        {"333", {"110", "011", "101"}, true},
        {"333", {"110", "011"}, false},
        {"2222", {"1110", "0111"}, true},
    };
    for (size_t t = 0; t < COUNT(tables); t++) {
        size_t atoms = strlen(tables[t].sizes), rows = 0;
        struct crowd crowds[ATOMS_MAX] = {0};
        uint32_t matrix[COUNT(tables[t].rows) * ATOMS_MAX] = {0}, probe = 0;
        for (size_t a = 0; a < atoms; a++)
            for (int p = 0; p < tables[t].sizes[a] - '0'; p++, probe++)
                crowd_add(&crowds[a], probe + 1, probe + 1, 30);
        for (; rows < COUNT(tables[t].rows) && tables[t].rows[rows]; rows++)
            for (size_t a = 0; a < atoms; a++)
                matrix[rows * atoms + a] = tables[t].rows[rows][a] == '1';
        if (span_isolates(matrix, rows, crowds, atoms) != tables[t].isolates)
            fail_msg("table %zu", t);
    }
}

/* A table of lines of five days each: as many as are six may be taken together, and in a great one the search for them
 * takes too long. The answer is yes then, in bounded time; the small table, searched to the end, is as safe. */
static void gives_up_on_the_safe_side(void **state)
{
    static const size_t sides[] = {6, 40};
    for (size_t t = 0; t < COUNT(sides); t++) {
        size_t side = sides[t], atoms = side * side;
        struct crowd *crowds = alloc_zero(atoms, sizeof *crowds);
        uint32_t *matrix = alloc_zero(2 * side * atoms, sizeof *matrix);
        for (uint32_t a = 0; a < atoms; a++) {
            crowd_add(&crowds[a], a + 1, a + 1, 5);
            matrix[a / side * atoms + a] = 1;
            matrix[(side + a % side) * atoms + a] = 1;
        }
        assert_int_equal(span_isolates(matrix, 2 * side, crowds, atoms), t == 1);
        free(matrix);
        free(crowds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowd_counts_whom_it_knows_once),
        cmocka_unit_test(finds_sums_that_few_stand_behind),
        cmocka_unit_test(gives_up_on_the_safe_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
