#include "collector/figure/chance.h"

#include <math.h>

#include "common/alloc.h"

#define UNITS_MIN     2048 /* what all lines weigh: the more units, the finer, and the slower */
#define UNITS_OF_LINE 8.0

void chance_take(const double *weights, size_t count, struct chance *ret)
{
    double whole = 0, units = fmax(UNITS_MIN, UNITS_OF_LINE * (double)count);
    *ret = (struct chance){.units = alloc_zero(count, sizeof *ret->units), .count = (uint32_t)count};
    for (size_t i = 0; i < count; i++)
        whole += weights[i];
    for (size_t i = 0; i < count; i++) {
        double unit = fmax(1, floor(weights[i] / whole * units + 0.5));
        ret->units[i] = (uint32_t)unit;
        ret->total += ret->units[i];
        ret->squares += unit * unit;
        ret->cubes += unit * unit * unit;
    }
}

void chance_free(struct chance *c)
{
    free(c->units);
    *c = (struct chance){0};
}

static void add_up(const struct chance *c, double p, double *ret)
{
    uint32_t reached = 0;
    for (uint32_t s = 0; s <= c->total; s++)
        ret[s] = s == 0;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t unit = c->units[i];
        reached += unit;
        for (uint32_t s = reached; s >= unit; s--)
            ret[s] = (1 - p) * ret[s] + p * ret[s - unit];
        for (uint32_t s = 0; s < unit; s++)
            ret[s] *= 1 - p;
    }
    for (uint32_t s = 1; s <= c->total; s++)
        ret[s] += ret[s - 1];
}

static void expand(const struct chance *c, double p, double *ret)
{
    double deviation = sqrt(p * (1 - p) * c->squares);
    double skew = p * (1 - p) * (1 - 2 * p) * c->cubes / (deviation * deviation * deviation);
    double half = c->squares / c->total / 2;
    for (uint32_t s = 0; s <= c->total; s++) {
        double z = (s + half - p * c->total) / deviation, density = exp(-z * z / 2) / sqrt(2 * M_PI);
        ret[s] = fmin(1, fmax(0, erfc(-z / M_SQRT2) / 2 - density * skew * (z * z - 1) / 6));
    }
}

void chance_upto(const struct chance *c, double p, double *ret)
{
    if (p <= 0 || p >= 1)
        for (uint32_t s = 0; s <= c->total; s++)
            ret[s] = p <= 0 || s == c->total;
    else if (c->count <= CHANCE_EXACT)
        add_up(c, p, ret);
    else
        expand(c, p, ret);
}
