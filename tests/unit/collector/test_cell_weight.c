#include "tests/unit/check.h"

#include <math.h>
#include <stdio.h>

#include "collector/figure/cell_parts.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {mean} {where}\n-- headline.en: {mean} {where}\n"          \
    "-- definition.fr: d\n-- definition.en: d\n-- aggregate: mean\n-- dimensions: operator\nSELECT 1"

/* Five lines of an operator, of which one measures on 20 days and the others on fewer, and seven others on 20. */
#define LINES 12
struct carrier {
    int few;             /* days */
    const char *network; /* of the first two; NULL: each its own */
};
static struct cells *make_of(const struct indicator *mean, double extreme, double second, const struct carrier *of)
{
    struct cells *c = cells_new(mean, false);
    for (int p = 0; p < LINES; p++) {
        char probe[3];
        snprintf(probe, sizeof probe, "p%c", 'a' + p);
        for (int d = 0; d < (p > 0 && p < 5 ? of->few : 20); d++)
            cells_add(c, &(struct probe_day){.probe = probe,
                                             .day = 20000 + d,
                                             .source = "measured",
                                             .network = p < 2 && of->network ? of->network : probe,
                                             .country = "BJ",
                                             .carrier = p < 5 ? "small" : NULL,
                                             .first = 20000,
                                             .last = p > 0 && p < 5 ? 19999 + of->few : 20019,
                                             .value = p == LINES - 1   ? extreme
                                                      : p == LINES - 2 ? second
                                                                       : 1,
                                             .samples = 7});
    }
    return c;
}

static struct cells *make(const struct indicator *mean, double extreme, double second)
{
    return make_of(mean, extreme, second, &(struct carrier){10, NULL});
}

/* Five lines are not enough where two are of one network, nor where they have 28 days. */
static void what_nobody_sees_binds_nothing(void **state)
{
    static const struct {
        struct carrier of;
        double weight; /* of the operator's first line */
    } rows[] = {{{10, NULL}, 0.5}, {{10, "one"}, 1}, {{2, NULL}, 1}};
    struct indicator mean;
    struct fault f;
    assert_int_equal(indicator_read(HEADER, &mean, &f), 0);
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = make_of(&mean, 1, 1, &rows[r].of);
        cells_decide(c);
        for (size_t i = 0; i < c->count; i++)
            if (fabs(c->rows[i].weight - (!strcmp(c->texts[c->rows[i].line], "pa") ? rows[r].weight : 1)) > 1e-6)
                fail_msg("row %zu: %s %g", r, c->texts[c->rows[i].line], c->rows[i].weight);
        cells_free(c);
    }
    indicator_free(&mean);
}

static void a_line_counts_the_same_however_often_it_is_weighed(void **state)
{
    struct indicator mean;
    struct fault f;
    assert_int_equal(indicator_read(HEADER, &mean, &f), 0);
    struct cells *c = make(&mean, 1, 1);
    cells_decide(c);
    for (int again = 0; again < 2; again++, cells_weigh(c))
        for (size_t i = 0; i < c->count; i++) {
            bool heavy = !strcmp(c->texts[c->rows[i].line], "pa");
            assert_true(fabs(c->rows[i].weight - (heavy ? 0.5 : 1)) < 1e-9 && c->rows[i].cut == 1);
        }
    cells_free(c);
    indicator_free(&mean);
}

/* All give 10 or 20, one or two a thousand times that: at most five times what is left without them or the two
 * largest. */
static void the_largest_lines_are_cut(void **state)
{
    struct indicator mean;
    struct fault f;
    assert_int_equal(indicator_read(HEADER, &mean, &f), 0);
    for (int two = 0; two < 2; two++) {
        struct cells *c = make(&mean, 1000, two ? 500 : 1);
        cells_decide(c);
        for (size_t i = 0; i < c->count; i++) {
            double value = c->rows[i].value, all = 5 * 10 + 5 * 20;
            assert_true(fabs(c->rows[i].cut - (value > 1 ? 5 * all / (20 * value) : 1)) < 1e-6);
        }
        cells_cut(c);
        for (size_t i = 0; i < c->count; i++)
            assert_true(c->rows[i].value == 1 || c->rows[i].cut < 0.08);
        cells_free(c);
    }
    indicator_free(&mean);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_sees_binds_nothing),
        cmocka_unit_test(a_line_counts_the_same_however_often_it_is_weighed),
        cmocka_unit_test(the_largest_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
