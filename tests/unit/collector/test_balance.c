#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/balance.h"
#include "collector/figure/weight.h"

#define LINES_MAX 12
#define CELLS_MAX 3

/* Lines 0, 1, … whose days lie in these cells, the first of which is the country. */
struct row {
    size_t lines, cells;
    double own[LINES_MAX];
    uint32_t vouchers[LINES_MAX], days[CELLS_MAX][LINES_MAX];
    double weights[LINES_MAX];
    bool refused[CELLS_MAX];
};

static void a_line_weighs_the_same_everywhere(void **state)
{
    static const struct row rows[] = {
        /* Nothing to cut. */
        {6, 2, {1, 1, 1, 1, 1, 1}, {0}, {{9, 9, 9, 9, 9, 9}, {9, 9, 9, 9, 9}}, {1, 1, 1, 1, 1, 1}, {0}},
        /* Too much for the smaller cell, which has five lines; and for one of four, which nobody sees. */
        {7,
         2,
         {1, 1, 1, 1, 1, 1, 1},
         {0},
         {{20, 10, 10, 10, 10, 50, 50}, {20, 10, 10, 10, 10}},
         {.5, 1, 1, 1, 1, 1 / 3.0, 1 / 3.0},
         {0}},
        {6, 2, {1, 1, 1, 1, 1, 1}, {0}, {{10, 10, 10, 10, 10, 10}, {9, 1, 1, 1}}, {1, 1, 1, 1, 1, 1}, {0}},
        /* More than a fifth all the same. */
        {10,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {0},
         {{90, 10, 10, 10, 10, 90, 90, 90, 90, 90}, {90, 10, 10, 10, 10}},
         {.25, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {false, true}},
        /* A voucher, whose lines are scaled once; the country is cut to what is left. */
        {11,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0},
         {{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 4, 4, 4}},
         {4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 1, 1, 1, 1, 1},
         {0}},
        /* Days of one line here and there. */
        {6,
         2,
         {1, 1, 1, 1, 1, 4},
         {0},
         {{10, 10, 10, 10, 10, 10}, {5, 5, 5, 5, 10, 5}},
         {1, 1, 1, 1, 20 / 31.0, 36 / 31.0},
         {0}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct balance_days days[CELLS_MAX][LINES_MAX];
        struct balance_cell cells[CELLS_MAX] = {{.coarse = true}};
        double weights[LINES_MAX];
        memcpy(weights, rows[r].own, sizeof weights);
        for (size_t c = 0; c < rows[r].cells; c++) {
            cells[c].lines = days[c];
            for (uint32_t l = 0; l < rows[r].lines; l++)
                if (rows[r].days[c][l])
                    days[c][cells[c].count++] = (struct balance_days){l, rows[r].days[c][l]};
        }
        balance(weights, rows[r].vouchers, rows[r].lines, cells, rows[r].cells);
        for (size_t l = 0; l < rows[r].lines; l++)
            if (fabs(weights[l] - rows[r].weights[l]) > 2e-6)
                fail_msg("row %zu, line %zu: %g", r, l, weights[l]);
        for (size_t c = 0; c < rows[r].cells; c++)
            if (cells[c].refused != rows[r].refused[c])
                fail_msg("row %zu, cell %zu", r, c);
    }
}

/* Lines that are cut to equal parts stay what they are, whatever rounding does to their sum. */
static void cut_again_nothing_changes(void **state)
{
    for (int n = 1; n < 2000; n++) {
        double sums[5], again[5];
        for (int l = 0; l < 5; l++)
            sums[l] = n / 7.0 + l;
        weight_cut_lines(sums, 5);
        memcpy(again, sums, sizeof sums);
        weight_cut_lines(again, 5);
        for (int l = 0; l < 5; l++)
            if (!(fabs(again[l] - n / 7.0) < 1e-9 * n))
                fail_msg("%d: %g", n, again[l]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_weighs_the_same_everywhere),
        cmocka_unit_test(cut_again_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
