#include "tests/bench/design.h"

#include <math.h>

#include "collector/figure/line.h"
#include "collector/figure/random.h"

const struct design designs[] = {
    {"normal", SHAPE_NORMAL, 0.2, 1, false, 0},
    {"log-normal 0.5", SHAPE_LOGNORMAL, 0.5, 0.2, false, 0},
    {"log-normal 0.5, days as far", SHAPE_LOGNORMAL, 0.5, 1, false, 0},
    {"log-normal 0.5, days farther", SHAPE_LOGNORMAL, 0.5, 3, false, 0},
    {"log-normal 0.5, uneven", SHAPE_LOGNORMAL, 0.5, 0.3, true, 0},
    {"log-normal 1", SHAPE_LOGNORMAL, 1, 0.3, false, 0},
    {"log-normal 1, uneven", SHAPE_LOGNORMAL, 1, 0.3, true, 0},
    {"two kinds of lines", SHAPE_TWO_KINDS, 0.3, 0.3, false, 0},
    {"losses, a third has none", SHAPE_LOSSES, 1, 0.3, false, 1.0 / 3},
    {"5 of 100 say yes", SHAPE_YES, 0.05, 0, false, 0.05},
    {"20 of 100 say yes", SHAPE_YES, 0.2, 0, false, 0.2},
    {"50 of 100 say yes, uneven", SHAPE_YES, 0.5, 0, true, 0.5},
};
const size_t design_count = COUNT(designs);

double design_uniform(uint64_t *state)
{
    return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

double design_normal(uint64_t *state)
{
    double u = design_uniform(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * design_uniform(state));
}

/* What the line is. */
static double middle(const struct design *d, uint64_t *state)
{
    double u = design_uniform(state), z = design_normal(state);
    switch (d->shape) {
    case SHAPE_NORMAL:
        return fmax(0, 1 + d->between * z);
    case SHAPE_LOGNORMAL:
        return exp(d->between * z);
    case SHAPE_TWO_KINDS:
        return (u < 0.6 ? 1 : 4) * exp(d->between * z);
    case SHAPE_LOSSES:
        return u < d->atom ? 0 : -d->between * log((u - d->atom) / (1 - d->atom));
    case SHAPE_YES:
        return u < d->between;
    }
    return NAN;
}

size_t design_line(const struct design *d, uint64_t *state, double days[DESIGN_DAYS])
{
    double line = middle(d, state), far = d->within * d->between;
    size_t count = d->uneven && design_uniform(state) < 0.5 ? 3 + random_below(state, DESIGN_DAYS - 3) : DESIGN_DAYS;
    for (size_t i = 0; i < count; i++)
        days[i] = d->shape == SHAPE_NORMAL ? fmax(0, line + far * design_normal(state))
                                           : line * exp(far * design_normal(state));
    return count;
}

#define POPULATION 200000

double design_truth(const struct design *d, const struct stat_what *what)
{
    struct design whole = *d;
    struct stat_sample days[DESIGN_DAYS], *lines = alloc_zero(POPULATION, sizeof *lines);
    uint64_t state = 0x7275746821; /* none of those that are drawn from */
    whole.uneven = false;
    for (uint32_t l = 0; l < POPULATION; l++) {
        double values[DESIGN_DAYS];
        size_t count = design_line(&whole, &state, values);
        for (size_t i = 0; i < count; i++)
            days[i] = (struct stat_sample){values[i], 0};
        struct line *line = line_values(what, days, count, &count);
        lines[l] = (struct stat_sample){line->value, l};
        free(line);
    }
    stat_sort(lines, POPULATION);
    double truth = stat_value(what, lines, POPULATION, NULL);
    free(lines);
    return truth;
}

struct tally design_draw(const struct design *d, size_t lines, uint64_t seed)
{
    static struct tally_day days[DESIGN_LINES_MAX * DESIGN_DAYS];
    uint64_t state = random_next(&seed);
    size_t count = 0;
    for (uint32_t l = 0; l < lines; l++) {
        double values[DESIGN_DAYS];
        size_t own = design_line(d, &state, values);
        for (size_t i = 0; i < own; i++)
            days[count++] = (struct tally_day){
                .line = l + 1, .network = l + 1, .day = (int32_t)i, .value = values[i], .results = 1, .due = 1};
    }
    return tally_days(days, count);
}
