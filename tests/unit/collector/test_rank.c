#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/random.h"
#include "collector/figure/rank.h"

#define LINES_MAX 60
#define CELLS_MAX 6

static const struct stat_what median = {STAT_QUANTILE, 0.5}, mean = {STAT_MEAN, 0};

/* Cells of lines around a middle each: skewed as latencies are, the same for each seed. */
struct country {
    double lines[CELLS_MAX][LINES_MAX];
    struct rank_cell cells[CELLS_MAX];
    struct rank ranks[CELLS_MAX];
};

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double published(const struct stat_what *what, const double *lines, size_t count)
{
    double sorted[LINES_MAX], sum = 0;
    memcpy(sorted, lines, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_number);
    for (size_t l = 0; l < count; l++)
        sum += sorted[l];
    return what->kind == STAT_MEAN ? sum / (double)count : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

static void make(struct country *c, const struct stat_what *what, const double *times, size_t cells, size_t lines,
                 uint64_t seed)
{
    for (size_t k = 0; k < cells; k++) {
        for (size_t l = 0; l < lines; l++) {
            double u = ((double)random_next(&seed) + 1) / 18446744073709551616.0;
            c->lines[k][l] = times[k] * (10 - 20 * log(u));
        }
        c->cells[k] = (struct rank_cell){published(what, c->lines[k], lines), c->lines[k], lines};
    }
    rank_cells(what, false, c->cells, cells, 1, c->ranks);
}

#define COUNTRIES 400

/* How many of the countries have a cell of which it is said that it comes before another. */
static int parted(const struct stat_what *what, const double *times, size_t cells, size_t lines)
{
    int found = 0;
    for (uint64_t seed = 0; seed < COUNTRIES; seed++) {
        struct country c;
        bool any = false;
        make(&c, what, times, cells, lines, 1000 * seed);
        for (size_t k = 0; k < cells; k++)
            any |= c.ranks[k].low != 1 || c.ranks[k].high != cells;
        found += any;
    }
    return found;
}

/* One in twenty is wrong, and by chance three standard errors more. */
static void equals_get_no_rank(void **state)
{
    static const double equal[] = {1, 1, 1, 1, 1, 1};
    static const struct {
        const struct stat_what *what;
        size_t cells, lines;
    } rows[] = {{&median, 2, 5}, {&median, 2, 12}, {&median, 2, 60}, {&mean, 2, 8},
                {&mean, 2, 60},  {&median, 6, 20}, {&mean, 6, 12}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        int found = parted(rows[r].what, equal, rows[r].cells, rows[r].lines);
        if (found > 0.05 * COUNTRIES + 3 * sqrt(0.05 * 0.95 * COUNTRIES))
            fail_msg("row %zu: %d of %d are parted", r, found, COUNTRIES);
    }
}

/* Nor do a few lines that lie far apart beside many that lie close, around the same middle. Wilcoxon's test tells a
 * sixth of these apart. */
static void equals_of_unequal_spread_get_none(void **state)
{
    int found = 0;
    for (uint64_t seed = 0; seed < COUNTRIES; seed++) {
        struct country c;
        uint64_t draw = 1000 * seed;
        const size_t lines[] = {8, 36};
        for (size_t k = 0; k < 2; k++) {
            for (size_t l = 0; l < lines[k]; l++)
                c.lines[k][l] = 100 + (k ? 1 : 5) * ((double)random_next(&draw) / 18446744073709551616.0 - 0.5);
            c.cells[k] = (struct rank_cell){published(&median, c.lines[k], lines[k]), c.lines[k], lines[k]};
        }
        rank_cells(&median, false, c.cells, 2, 1, c.ranks);
        found += c.ranks[0].low != 1 || c.ranks[0].high != 2;
    }
    if (found > 0.05 * COUNTRIES + 3 * sqrt(0.05 * 0.95 * COUNTRIES))
        fail_msg("%d of %d are parted", found, COUNTRIES);
}

static void those_far_apart_do(void **state)
{
    static const double apart[] = {1, 6};
    assert_true(parted(&median, apart, 2, 8) >= 0.95 * COUNTRIES);
    assert_true(parted(&mean, apart, 2, 20) >= 0.95 * COUNTRIES);
}

static void places_are_what_differences_leave(void **state)
{
    static const double low[] = {1, 2, 3, 4, 5, 6, 7, 8}, same[] = {2, 1, 4, 3, 6, 5, 8, 7},
                        high[] = {21, 22, 23, 24, 25, 26, 27, 28}, few[] = {50, 60};
    static const struct {
        bool high_is_better;
        struct rank_cell cells[4];
        size_t count;
        struct rank ranks[4];
    } rows[] = {
        {false, {{24.5, high, 8}, {4.5, low, 8}}, 2, {{2, 2}, {1, 1}}},
        {true, {{24.5, high, 8}, {4.5, low, 8}}, 2, {{1, 1}, {2, 2}}},
        {false, {{4.5, low, 8}, {4.4, same, 8}, {24.5, high, 8}}, 3, {{1, 2}, {1, 2}, {3, 3}}},
        /* two lines tell nothing, however far away they are */
        {false, {{4.5, low, 8}, {24.5, high, 8}, {55, few, 2}}, 3, {{1, 2}, {2, 3}, {1, 3}}},
        /* the published value and the lines must say the same */
        {false, {{4.5, high, 8}, {24.5, low, 8}}, 2, {{1, 2}, {1, 2}}},
        {false, {{1, low, 8}}, 1, {{1, 1}}},
        {false, {{0}}, 0, {{0}}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct rank ranks[4] = {{0}};
        rank_cells(&median, rows[r].high_is_better, rows[r].cells, rows[r].count, 7, ranks);
        for (size_t c = 0; c < rows[r].count; c++)
            if (ranks[c].low != rows[r].ranks[c].low || ranks[c].high != rows[r].ranks[c].high)
                fail_msg("row %zu, cell %zu: %u to %u", r, c, ranks[c].low, ranks[c].high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_get_no_rank),
        cmocka_unit_test(equals_of_unequal_spread_get_none),
        cmocka_unit_test(those_far_apart_do),
        cmocka_unit_test(places_are_what_differences_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
