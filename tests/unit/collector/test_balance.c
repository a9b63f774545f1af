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
        /* More than a fifth all the same: that place is none, and binds nothing. */
        {10,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {0},
         {{90, 10, 10, 10, 10, 90, 90, 90, 90, 90}, {90, 10, 10, 10, 10}},
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {false, true}},
        /* Nor where it would have helped another: that one cuts by itself what it has to. */
        {10,
         3,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {0},
         {{90, 10, 10, 10, 10, 90, 90, 90, 90, 90}, {90, 10, 10, 10, 10}, {30, 0, 0, 0, 0, 15, 15, 15, 15}},
         {.5, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {false, true, false}},
        /* A voucher, whose lines are scaled once; the country is cut to what is left. */
        {11,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0},
         {{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 4, 4, 4}},
         {4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 4 / 6.0, 1, 1, 1, 1, 1},
         {0}},
        /* A line that is cut in a town leaves a voucher more of the country than all others. */
        {11,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0},
         {{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 8}, {0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 6}},
         {5 / 6.0, 5 / 6.0, 5 / 6.0, 5 / 6.0, 5 / 6.0, 5 / 6.0, 1, 1, 1, 1, .5},
         {0}},
        /* Where they share the town, each is cut for the other, by less each time. */
        {11,
         2,
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
         {7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0},
         {{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 8}, {3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 6}},
         {.8, .8, .8, .8, .8, .8, 1, 1, 1, 1, .4},
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

/* ---- places at random ---- */

#define MANY_LINES 40
#define MANY_CELLS 9

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

/* A country, and towns that have some of its lines, most on few days and some on many. */
struct places {
    struct balance_days days[MANY_CELLS][MANY_LINES];
    struct balance_cell cells[MANY_CELLS];
    uint32_t vouchers[MANY_LINES];
    double weights[MANY_LINES];
};

static void draw_places(struct places *p, uint64_t seed)
{
    uint32_t whole[MANY_LINES];
    memset(p, 0, sizeof *p);
    for (uint32_t l = 0; l < MANY_LINES; l++) {
        whole[l] = draw(&seed, 4) ? 5 + draw(&seed, 20) : 100 + draw(&seed, 200);
        p->vouchers[l] = draw(&seed, 3);
        p->weights[l] = 1 + draw(&seed, 30) / 10.0;
    }
    for (size_t c = 0; c < MANY_CELLS; c++) {
        p->cells[c] = (struct balance_cell){.lines = p->days[c], .coarse = c == 0};
        for (uint32_t l = 0; l < MANY_LINES; l++)
            if (c == 0 || draw(&seed, MANY_LINES) < 4 + c)
                p->days[c][p->cells[c].count++] = (struct balance_days){l, c ? 1 + draw(&seed, whole[l]) : whole[l]};
    }
}

static bool same_weights(const struct places *x, const struct places *y)
{
    for (size_t l = 0; l < MANY_LINES; l++)
        if (fabs(x->weights[l] - y->weights[l]) > 2e-6)
            return false;
    return true;
}

/* Nor does it matter which is told first. */
static void what_is_refused_binds_nothing(void **state)
{
    int refused = 0, shown = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct places p, without, turned;
        size_t kept = 1;
        draw_places(&p, seed);
        draw_places(&without, seed);
        draw_places(&turned, seed);
        balance(p.weights, p.vouchers, MANY_LINES, p.cells, MANY_CELLS);
        for (size_t c = 1; c < MANY_CELLS; c++) {
            turned.cells[c] = p.cells[MANY_CELLS - c];
            turned.cells[c].refused = false;
            refused += p.cells[c].refused;
            shown += !p.cells[c].refused;
            if (!p.cells[c].refused)
                without.cells[kept++] = without.cells[c];
        }
        balance(without.weights, p.vouchers, MANY_LINES, without.cells, kept);
        balance(turned.weights, p.vouchers, MANY_LINES, turned.cells, MANY_CELLS);
        for (size_t c = 1; c < MANY_CELLS; c++)
            assert_int_equal(turned.cells[c].refused, p.cells[MANY_CELLS - c].refused);
        if (!same_weights(&p, &without) || !same_weights(&p, &turned))
            fail_msg("seed %d", (int)seed);
    }
    assert_true(refused > 100 && shown > 100);
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
        cmocka_unit_test(what_is_refused_binds_nothing),
        cmocka_unit_test(cut_again_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
