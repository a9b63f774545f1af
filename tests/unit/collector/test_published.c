/* Numbers that others have published, and that ours have to agree with. */
#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/duel.h"
#include "collector/figure/interval.h"
#include "collector/figure/rank.h"
#include "collector/disclosure/span.h"
#include "common/alloc.h"

static void near(double got, double expected, double within)
{
    if (!(fabs(got - expected) <= within))
        fail_msg("%.6f, not %.6f", got, expected);
}

/* Lines that say 1, 2, …; of a share, the last `yes` say yes. */
static struct interval told(const struct stat_what *what, size_t lines, size_t yes)
{
    struct stat_sample samples[263];
    double weights[263];
    for (uint32_t l = 0; l < lines; l++) {
        samples[l] = (struct stat_sample){what->kind != STAT_SHARE ? l + 1 : l + yes < lines ? 0 : 100, l};
        weights[l] = 1;
    }
    return interval_of(what, samples, lines, weights, 1);
}

/* Newcombe 1998, table I, method 5: of Clopper and Pearson. */
static void exact_intervals(void **state)
{
    static const struct stat_what share = {STAT_SHARE, 0};
    static const struct {
        size_t yes, of;
        double low, high;
    } rows[] = {{81, 263, 0.2527, 0.3676}, {15, 148, 0.0578, 0.1617}, {0, 20, 0, 0.1684}, {1, 29, 0.0009, 0.1776}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct interval i = told(&share, rows[r].of, rows[r].yes);
        near(i.low / 100, rows[r].low, 6e-5);
        near(i.high / 100, rows[r].high, 6e-5);
    }
}

/* Tables of the sign test's interval of a median at 95 %: ours is between it and the next one inwards. */
static void median_ranks(void **state)
{
    static const struct stat_what median = {STAT_QUANTILE, 0.5};
    static const struct {
        size_t n, low, high;
    } rows[] = {{7, 1, 7},   {11, 2, 10}, {12, 3, 10}, {14, 3, 12},  {15, 4, 12},  {17, 5, 13},
                {18, 5, 14}, {20, 6, 15}, {25, 8, 18}, {30, 10, 21}, {40, 14, 27}, {50, 18, 33}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct interval i = told(&median, rows[r].n, 0);
        if (floor(i.low) != (double)rows[r].low || ceil(i.high) != (double)rows[r].high)
            fail_msg("%zu: %g to %g", rows[r].n, i.low, i.high);
    }
}

/* Type 7 of Hyndman and Fan: twelve resistivities of NIST's handbook (7.2.6.2), whose 90th percentile is 95.1957 there
 * by this definition and 95.1981 by the handbook's own; and ten numbers of many textbooks, whose quartiles by it
 * are 7.25, 9 and 14.5. */
static void quantiles(void **state)
{
    static const double nist[] = {95.1772, 95.1567, 95.1937, 95.1959, 95.1442, 95.0610,
                                  95.1591, 95.1195, 95.1065, 95.0925, 95.1990, 95.1682},
                        textbook[] = {3, 6, 7, 8, 8, 10, 13, 15, 16, 20};
    static const struct {
        const double *numbers;
        size_t count;
        double q, value;
    } rows[] = {{nist, COUNT(nist), 0.9, 95.19568},  {textbook, COUNT(textbook), 0.25, 7.25},
                {textbook, COUNT(textbook), 0.5, 9}, {textbook, COUNT(textbook), 0.75, 14.5},
                {textbook, COUNT(textbook), 0, 3},   {textbook, COUNT(textbook), 1, 20}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct stat_sample samples[12];
        for (size_t i = 0; i < rows[r].count; i++)
            samples[i] = (struct stat_sample){rows[r].numbers[i], (uint32_t)i};
        stat_sort(samples, rows[r].count);
        const struct stat_what what = {STAT_QUANTILE, rows[r].q};
        near(stat_value(&what, samples, rows[r].count, NULL), rows[r].value, 1e-9);
    }
}

/* ---- ranks ---- */

#define LINES_MAX 6
#define CELLS_MAX 3

/* The more to the right, the larger: each line's rank among all. 0 ends a row. */
struct field {
    double lines[CELLS_MAX][LINES_MAX];
    struct rank ranks[CELLS_MAX];
};

static void rank_field(const struct field *f, const char *what)
{
    static const struct stat_what median = {STAT_QUANTILE, 0.5};
    struct rank_cell cells[CELLS_MAX] = {0};
    struct rank ranks[CELLS_MAX];
    size_t count = 0;
    for (; count < CELLS_MAX && f->lines[count][0] > 0; count++) {
        size_t lines = 0;
        while (lines < LINES_MAX && f->lines[count][lines] > 0)
            lines++;
        cells[count] = (struct rank_cell){(double)count, f->lines[count], lines};
    }
    rank_cells(&median, false, cells, count, 3, ranks);
    for (size_t c = 0; c < count; c++)
        if (ranks[c].low != f->ranks[c].low || ranks[c].high != f->ranks[c].high)
            fail_msg("%s, cell %zu: %u to %u", what, c, ranks[c].low, ranks[c].high);
}

/* Pain scores on the third day after surgery, as Brunner and Munzel (2000) give them: their statistic is 3.1375
 * (corrected by Neubert and Brunner 2007; R's lawstat and brunnermunzel), p of all 4457400 exchanges 0.008038. */
static void pain_scores(void **state)
{
    static const struct stat_what median = {STAT_QUANTILE, 0.5};
    static const double treated[] = {1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1},
                        others[] = {3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4};
    const struct duel_side y = {treated, COUNT(treated)}, n = {others, COUNT(others)};
    uint64_t seed = 1;
    near(duel_statistic(&median, &n, &y), 3.1375, 5e-5);
    near(duel_statistic(&median, &y, &n), -3.1375, 5e-5);
    near(duel_p(&median, &y, &n, 99999, 1, &seed) / DUEL_QUANTILE, 0.008038, 3 * sqrt(0.008038 / 1e5));
}

/* p of all exchanges, reckoned by an independent program: cells are told apart where DUEL_QUANTILE times it is 0.05 at
 * most. Where all lines of one are below all of the other it is Wilcoxon's, 2 / C(m + n, m). */
static void exchanged_ranks(void **state)
{
    static const struct {
        const char *what;
        struct field field;
    } rows[] = {
        {"3 and 6 lines, 2 / 84", {{{1, 2, 3}, {4, 5, 6, 7, 8, 9}}, {{1, 1}, {2, 2}}}},
        {"3 and 5 lines, 0.0714", {{{1, 2, 4}, {3, 5, 6, 7, 8}}, {{1, 2}, {1, 2}}}},
        {"3 and 3 lines, 2 / 20", {{{1, 2, 3}, {4, 5, 6}}, {{1, 2}, {1, 2}}}},
        {"4 and 4 lines, 2 / 70", {{{1, 2, 3, 4}, {5, 6, 7, 8}}, {{1, 1}, {2, 2}}}},
        {"4 and 5 lines, 0.0317", {{{1, 2, 3, 5}, {4, 6, 7, 8, 9}}, {{1, 1}, {2, 2}}}},
        {"4 and 5 lines, 0.0794", {{{1, 2, 4, 6}, {3, 5, 7, 8, 9}}, {{1, 2}, {1, 2}}}},
        {"5 and 5 lines, 0.0317", {{{1, 2, 3, 4, 7}, {5, 6, 8, 9, 10}}, {{1, 1}, {2, 2}}}},
        {"5 and 5 lines, 0.0952", {{{1, 2, 3, 4, 9}, {5, 6, 7, 8, 10}}, {{1, 2}, {1, 2}}}},
        {"6 and 6 lines, 0.0260", {{{1, 2, 3, 4, 5, 10}, {6, 7, 8, 9, 11, 12}}, {{1, 1}, {2, 2}}}},
        {"6 and 6 lines, 0.0887", {{{1, 2, 3, 4, 5, 12}, {6, 7, 8, 9, 10, 11}}, {{1, 2}, {1, 2}}}},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        rank_field(&rows[r].field, rows[r].what);
}

/* Holm 1979: the smallest p (here each DUEL_QUANTILE times) is held against 0.05/3, the next against 0.05/2, the last
 * against 0.05, and the first that does not stand ends it. */
static void holm_steps_down(void **state)
{
    static const struct field rows[] = {
        /* p = 0.0079, 0.0079 and 0.0317, of which Bonferroni would drop the last */
        {{{1, 2, 3, 4, 5}, {6, 7, 8, 9, 12}, {10, 11, 13, 14, 15}}, {{1, 1}, {2, 2}, {3, 3}}},
        /* p = 0.0043, 0.0325 and 0.0325, each of which would stand by itself */
        {{{1, 2, 3, 5, 6, 10}, {4, 7, 8, 11, 12, 15}, {9, 13, 14, 16, 17, 18}}, {{1, 2}, {1, 3}, {2, 3}}},
    };
    rank_field(&rows[0], "all three stand");
    rank_field(&rows[1], "the second ends it");
}

/* ---- secondary suppression ---- */

/* The delinquent children of Statistical Policy Working Paper 22 (tables 4 to 6), by county and education, with all
 * totals: here each is a line. */
#define SIDE 4
static const uint32_t children[SIDE][SIDE] = {{15, 1, 3, 1}, {20, 10, 10, 15}, {3, 10, 10, 2}, {12, 14, 7, 2}};

static void add_row(uint32_t *row, size_t from, size_t step)
{
    for (size_t i = 0; i < SIDE; i++)
        row[from + i * step] = 1;
}

/* hidden: 'x' of a cell, row by row. */
static bool tells_of_few(const char *hidden)
{
    static uint32_t matrix[(1 + 2 * SIDE + SIDE * SIDE) * SIDE * SIDE];
    struct crowd *crowds = alloc_zero(SIDE * SIDE, sizeof *crowds);
    const size_t cells = SIDE * SIDE;
    uint32_t line = 0;
    size_t rows = 0;
    memset(matrix, 0, sizeof matrix);
    for (size_t c = 0; c < cells; c++)
        for (uint32_t l = 0; l < children[c / SIDE][c % SIDE]; l++, line++)
            crowd_add(&crowds[c], line + 1, line + 1, 30);
    for (size_t c = 0; c < cells; c++)
        matrix[rows * cells + c] = 1;
    rows++;
    for (size_t s = 0; s < SIDE; s++) {
        add_row(matrix + rows++ * cells, s * SIDE, 1);
        add_row(matrix + rows++ * cells, s, SIDE);
    }
    for (size_t c = 0; c < cells; c++)
        if (hidden[c] == '.')
            matrix[rows++ * cells + c] = 1;
    bool tells = span_isolates(matrix, rows, crowds, cells);
    free(crowds);
    return tells;
}

static void suppressed_tables(void **state)
{
    static const struct {
        const char *hidden, *what;
        bool tells;
    } rows[] = {
        {".xxx"
         "...."
         "x..x"
         "...x",
         "primary cells alone", true},
        /* Two at least in each row and column, and yet Alpha's and Beta's totals less those of the second and third
         * column leave the one child of Alpha's last cell. */
        {".xxx"
         ".xx."
         "x..x"
         "x..x",
         "the paper's pattern that looks safe", true},
        {".xxx"
         ".x.."
         "x..x"
         "xx.x",
         "and another, which gives three children away", true},
        {".xxx"
         "..xx"
         "xx.x"
         "x.xx",
         "one that is", false},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        if (tells_of_few(rows[r].hidden) != rows[r].tells)
            fail_msg("%s", rows[r].what);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_intervals),   cmocka_unit_test(median_ranks),    cmocka_unit_test(quantiles),
        cmocka_unit_test(pain_scores),       cmocka_unit_test(exchanged_ranks), cmocka_unit_test(holm_steps_down),
        cmocka_unit_test(suppressed_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
