#include "collector/figure/ends.h"

#include <math.h>

#include "collector/figure/floor.h"

#define AWAY     0.2 /* of itself, at least: the p% rule's fifth (dominance.h) */
#define ROUNDING 1e-9

/* The least preferred number that is not below x, or the greatest that is not above; x > 0. Made of whole numbers, so
 * that it is written as it is named. */
static double preferred(double x, bool up)
{
    static const int series[] = {10, 16, 25, 40, 63};
    int power = (int)floor(log10(x)) - 2, step = 0;
    double last = 0;
    for (;; step++) {
        int tens = power + step / 5;
        double next = tens >= 0 ? series[step % 5] * pow(10, tens) : series[step % 5] / pow(10, -tens);
        if (up && next >= x * (1 - ROUNDING))
            return next;
        if (!up && next > x * (1 + ROUNDING))
            return last;
        last = next;
    }
}

/* A number that is more, or less, by a fifth or more. */
static double away(double x, bool up)
{
    return x > 0   ? preferred(x * (up ? 1 + AWAY : 1 - AWAY), up)
           : x < 0 ? -preferred(-x * (up ? 1 - AWAY : 1 + AWAY), !up)
                   : 0;
}

static double outwards(double end, bool up, double most)
{
    if (most > 0 && end >= most)
        return end;
    return most > 0 && 2 * end > most ? most - away(most - end, !up) : away(end, up);
}

/* Lines at an end or beyond it. */
static size_t beyond(const struct stat_sample *samples, size_t count, double end, bool up)
{
    size_t lines = 0;
    for (size_t i = 0; i < count; i++)
        lines += up ? samples[i].value >= end : samples[i].value <= end;
    return lines;
}

struct interval ends_told(struct interval i, const struct stat_what *what, const struct stat_sample *samples,
                          size_t count)
{
    if (!i.kind || what->kind != STAT_QUANTILE)
        return i;
    if (beyond(samples, count, i.low, false) < FLOOR_PROBES)
        i.low = outwards(i.low, false, what->most);
    if (beyond(samples, count, i.high, true) < FLOOR_PROBES)
        i.high = outwards(i.high, true, what->most);
    return i;
}
