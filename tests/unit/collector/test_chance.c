#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/chance.h"
#include "common/alloc.h"

/* What lines of one weight come to is how many they are. */
static void equal_weights_are_the_binomial_law(void **state)
{
    static const struct {
        size_t lines, most;
        double p, chance;
    } rows[] = {
        {6, 0, 0.5, 1.0 / 64},
        {6, 1, 0.5, 7.0 / 64},
        {8, 1, 0.5, 9.0 / 256},
        {10, 2, 0.5, 56.0 / 1024},
        {36, 0, 0.1, 0.022528399},
        {36, 1, 0.1, 0.112641997},
        {20, 20, 0.3, 1},
        {5, 2, 0, 1},
        {5, 4, 1, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        double weights[36];
        for (size_t l = 0; l < rows[r].lines; l++)
            weights[l] = 365;
        struct chance c;
        chance_take(weights, rows[r].lines, &c);
        double *chances = alloc_zero((size_t)c.total + 1, sizeof *chances);
        chance_upto(&c, rows[r].p, chances);
        if (fabs(chances[rows[r].most * c.units[0]] - rows[r].chance) > 1e-8)
            fail_msg("row %zu: %.9g", r, chances[rows[r].most * c.units[0]]);
        assert_true(chances[c.total] > 1 - 1e-12);
        free(chances);
        chance_free(&c);
    }
}

/* 1, 2 and 4: each sum comes about in one way. */
static void weights_are_added_up(void **state)
{
    static const double weights[] = {1, 2, 4}, p = 0.25;
    struct chance c;
    chance_take(weights, COUNT(weights), &c);
    double *chances = alloc_zero((size_t)c.total + 1, sizeof *chances), upto = 0;
    chance_upto(&c, p, chances);
    for (uint32_t sum = 0; sum < 8; sum++) {
        uint32_t units = 0;
        double chance = 1;
        for (uint32_t l = 0; l < 3; l++) {
            units += sum >> l & 1 ? c.units[l] : 0;
            chance *= sum >> l & 1 ? p : 1 - p;
        }
        upto += chance;
        assert_true(fabs(chances[units] - upto) < 1e-12);
    }
    free(chances);
    chance_free(&c);
}

/* What is not added up any more is close to what would be. */
static void of_many_it_is_nearly_so(void **state)
{
    static const double tails[] = {0.5, 0.1, 0.05};
    static double weights[CHANCE_EXACT + 1];
    struct chance many, one_less;
    for (size_t l = 0; l < COUNT(weights); l++)
        weights[l] = 365;
    chance_take(weights, COUNT(weights), &many);
    chance_take(weights, COUNT(weights) - 1, &one_less);
    double *a = alloc_zero((size_t)many.total + 1, sizeof *a), *b = alloc_zero((size_t)one_less.total + 1, sizeof *b);
    for (size_t t = 0; t < COUNT(tails); t++) {
        double p = tails[t];
        chance_upto(&many, p, a);
        chance_upto(&one_less, p, b);
        for (uint32_t k = 1; k < COUNT(weights) - 1; k++) {
            double added = (1 - p) * b[k * one_less.units[0]] + p * b[(k - 1) * one_less.units[0]];
            if (fabs(a[k * many.units[0]] - added) > 2e-3)
                fail_msg("%g, %u of them: %g, not %g", p, k, a[k * many.units[0]], added);
        }
    }
    free(a);
    free(b);
    chance_free(&many);
    chance_free(&one_less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_weights_are_the_binomial_law),
        cmocka_unit_test(weights_are_added_up),
        cmocka_unit_test(of_many_it_is_nearly_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
