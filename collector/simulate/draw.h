/* Draws from the distributions of a simulated country. Each has a stream of its
 * own, named by the seed and by what is drawn, so that no draw depends on how
 * many came before it: what was stopped goes on to the same result. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/figure/random.h"

/* What is drawn. */
enum draw {
    DRAW_OPERATOR,  /* what an operator is like */
    DRAW_HOUSEHOLD, /* a line */
    DRAW_KEY,       /* its probe's key */
    DRAW_DAY,       /* a line's day */
    DRAW_EVENT,     /* whether an event meets a line */
    DRAW_BATCH,     /* boots and chains */
    DRAW_CLOCK,     /* when a box that began without the time learns it */
};

static inline uint64_t draw_stream(uint64_t seed, enum draw what, uint64_t n, uint64_t m)
{
    uint64_t state = seed;
    state = random_next(&state) ^ (uint64_t)what;
    state = random_next(&state) ^ n;
    state = random_next(&state) ^ m;
    return random_next(&state);
}

/* Above 0 and below 1. */
static inline double draw_unit(uint64_t *stream)
{
    return ((double)(random_next(stream) >> 12) + 0.5) * 0x1p-52;
}

static inline bool draw_chance(uint64_t *stream, double chance)
{
    return draw_unit(stream) < chance;
}

/* Of the standard normal distribution: the probability below x, and its inverse
 * (Acklam 2003, relative error below 1.15e-9). */
static inline double normal_below(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}
double normal_quantile(double probability);

/* A lognormal value of this median. */
static inline double draw_lognormal(uint64_t *stream, double median, double sigma)
{
    return median * exp(sigma * normal_quantile(draw_unit(stream)));
}

/* Which of `count` parts, which add up to 1. */
static inline unsigned draw_part(uint64_t *stream, const double *parts, unsigned count)
{
    double at = draw_unit(stream);
    unsigned n = 0;
    while (n + 1 < count && at >= parts[n])
        at -= parts[n++];
    return n;
}
