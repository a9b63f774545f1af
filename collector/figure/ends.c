#include "collector/figure/ends.h"

#include <math.h>

#include "collector/disclosure/floor.h"

#define AWAY     0.2    /* of itself, at least: the p% rule's fifth (dominance.h) */
#define ROOM     1.5625 /* what neighbours of the series differ by at least */
#define ROUNDING 1e-9
/* Found with lines that give from a third of the most that a mean lets them on (tests/e2e/test_ends.py). */
#define MEAN_STEP 1.25
#define MEAN_WIDE 2.5

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

/* A number that is more, or less, by a fifth or more of an end. Between what is told and the figure there is room for a
 * line that may say much more than another. */
static double away(double x, double value, bool up)
{
    double by = up ? 1 + AWAY : 1 - AWAY, told = preferred(x * by, up), room = told / by / value;
    if (value > 0 && (up ? room : 1 / room) < ROOM)
        told = preferred(told * (up ? 1 + AWAY : 1 - AWAY), up);
    return told;
}

static double away_of_any(double x, double value, bool up)
{
    return x > 0 ? away(x, value, up) : x < 0 ? -away(-x, -value, !up) : 0;
}

static double outwards(double end, double value, bool up, double most)
{
    if (most > 0 && end >= most)
        return end;
    return most > 0 && 2 * end > most ? most - away_of_any(most - end, most - value, !up) : away_of_any(end, value, up);
}

/* Lines at an end or beyond it. */
static size_t beyond(const struct stat_sample *samples, size_t count, double end, bool up)
{
    size_t lines = 0;
    for (size_t i = 0; i < count; i++)
        lines += up ? samples[i].value >= end : samples[i].value <= end;
    return lines;
}

/* How far both ends are told to be off. */
static double far_of(double low, double value, double high)
{
    double far = fmax(value - low, high - value);
    return far > 0 ? preferred(far, true) : 0;
}

/* The same of a mean. */
static double far_of_mean(double low, double value, double high)
{
    if (!(value > 0) || !(high > low))
        return far_of(low, value, high);
    double far = fmax(value - low, high - value) / value, part = MEAN_STEP * preferred(far / MEAN_STEP, true);
    return value * (part > 1 && part < MEAN_WIDE ? MEAN_WIDE : part);
}

static void tell_quantile(struct interval *i, const struct stat_what *what, const struct stat_sample *samples,
                          size_t count, double value)
{
    if (beyond(samples, count, i->low, false) < FLOOR_PROBES)
        i->low = outwards(i->low, value, false, what->most);
    if (beyond(samples, count, i->high, true) < FLOOR_PROBES)
        i->high = outwards(i->high, value, true, what->most);
}

struct interval ends_told(struct interval i, const struct stat_what *what, const struct stat_sample *samples,
                          size_t count, double value)
{
    if (i.kind && what->kind == STAT_QUANTILE)
        tell_quantile(&i, what, samples, count, value);
    if (i.kind && what->kind == STAT_MEAN) {
        double far = far_of_mean(i.low, value, i.high);
        i.low = samples[0].value >= 0 ? fmax(0, value - far) : value - far;
        i.high = what->most > 0 ? fmin(what->most, value + far) : value + far;
    }
    return i;
}

struct stat_interval ends_of_change(const struct pair_change *change, const struct stat_what *what,
                                    const struct pair *pairs, size_t count)
{
    struct stat_interval i = change->interval;
    double value = change->to - change->from, most = what->most > 0 ? what->most : INFINITY;
    size_t below = 0, above = 0;
    for (size_t p = 0; p < count; p++) {
        below += pairs[p].to - pairs[p].from <= i.low;
        above += pairs[p].to - pairs[p].from >= i.high;
    }
    if (what->kind == STAT_SHARE || (what->kind == STAT_QUANTILE && below >= FLOOR_PROBES && above >= FLOOR_PROBES))
        return i;
    double far = far_of(i.low, value, i.high);
    return (struct stat_interval){fmax(-most, value - far), fmin(most, value + far)};
}
