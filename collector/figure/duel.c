#include "collector/figure/duel.h"

#include <math.h>
#include <stdlib.h>

#include "collector/figure/interval.h"
#include "collector/figure/random.h"

#define ROUNDING 1e-9 /* what is added in another order is the same within this */

/* The lines of both in the order of their values, and which are whose. */
struct duel {
    const struct stat_what *what;
    double *values;
    size_t *own, *drawn; /* places in values: those of `one` first */
    bool *of_one;        /* by place */
    size_t one, count;
};

static void prepare(const struct stat_what *what, const struct duel_side *one, const struct duel_side *other,
                    struct duel *ret)
{
    size_t count = one->count + other->count, place[2] = {0, one->count};
    struct stat_sample *samples = alloc_zero(count, sizeof *samples);
    *ret = (struct duel){what,
                         alloc_zero(count, sizeof *ret->values),
                         alloc_zero(count, sizeof *ret->own),
                         alloc_zero(count, sizeof *ret->drawn),
                         alloc_zero(count, sizeof *ret->of_one),
                         one->count,
                         count};
    for (size_t i = 0; i < count; i++)
        samples[i] = i < one->count ? (struct stat_sample){one->lines[i], 0}
                                    : (struct stat_sample){other->lines[i - one->count], 1};
    stat_sort(samples, count);
    for (size_t i = 0; i < count; i++) {
        ret->values[i] = samples[i].value;
        ret->own[place[samples[i].cluster]++] = i;
    }
    for (size_t i = 0; i < count; i++)
        ret->drawn[i] = ret->own[i];
    free(samples);
}

static void duel_free(struct duel *d)
{
    free(d->values);
    free(d->own);
    free(d->drawn);
    free(d->of_one);
}

/* ---- how far those drawn are apart ---- */

struct moments {
    double mean, error; /* squared */
};

static struct moments moments_of(double sum, double squares, size_t count)
{
    double n = (double)count;
    return (struct moments){sum / n, fmax(0, squares - sum * sum / n) / (n - 1) / n};
}

/* Without an error below it, as far as can be. */
static double over(double difference, double error)
{
    return error > 0 ? difference / error : difference == 0 ? 0 : copysign(INFINITY, difference);
}

/* Brunner and Munzel's: of each line, how many of the other cell say less, and half of
 * those that say the same. */
static double munzel(const struct duel *d)
{
    double sums[2] = {0}, squares[2] = {0};
    size_t below[2] = {0};
    for (size_t i = 0; i < d->count; i++)
        d->of_one[i] = false;
    for (size_t i = 0; i < d->one; i++)
        d->of_one[d->drawn[i]] = true;
    for (size_t from = 0, to; from < d->count; from = to) {
        size_t same[2] = {0};
        for (to = from; to < d->count && d->values[to] == d->values[from]; to++)
            same[!d->of_one[to]]++;
        for (int side = 0; side < 2; side++) {
            double less = (double)below[!side] + (double)same[!side] / 2;
            sums[side] += less * (double)same[side];
            squares[side] += less * less * (double)same[side];
        }
        below[0] += same[0];
        below[1] += same[1];
    }
    double one = (double)d->one, other = (double)(d->count - d->one);
    struct moments a = moments_of(sums[0], squares[0], d->one), b = moments_of(sums[1], squares[1], d->count - d->one);
    return over(a.mean / other - 0.5, sqrt(a.error / (other * other) + b.error / (one * one)));
}

static struct moments moments_drawn(const struct duel *d, size_t from, size_t to)
{
    double sum = 0, squares = 0, base = d->values[d->drawn[from]];
    for (size_t i = from; i < to; i++) {
        double off = d->values[d->drawn[i]] - base;
        sum += off;
        squares += off * off;
    }
    struct moments m = moments_of(sum, squares, to - from);
    m.mean += base;
    return m;
}

/* Welch's t of the means less `shift`, or for shares that difference alone. */
static double welch(const struct duel *d, double shift)
{
    struct moments a = moments_drawn(d, 0, d->one), b = moments_drawn(d, d->one, d->count);
    double difference = a.mean - b.mean - shift;
    double unlike = ROUNDING * (fabs(d->values[0]) + fabs(d->values[d->count - 1]));
    if (d->what->kind == STAT_SHARE)
        return difference;
    return over(fabs(difference) > unlike ? difference : 0, sqrt(a.error + b.error));
}

static double apart(const struct duel *d)
{
    return d->what->kind == STAT_QUANTILE ? munzel(d) : welch(d, 0);
}

/* ---- how probable that is ---- */

static void exchange(struct duel *d, uint64_t *state)
{
    for (size_t i = 0; i < d->one; i++) {
        size_t at = i + random_below(state, (uint32_t)(d->count - i)), drawn = d->drawn[at];
        d->drawn[at] = d->drawn[i];
        d->drawn[i] = drawn;
    }
}

static void redraw(struct duel *d, uint64_t *state)
{
    for (size_t i = 0; i < d->count; i++)
        d->drawn[i] = i < d->one ? d->own[random_below(state, (uint32_t)d->one)]
                                 : d->own[d->one + random_below(state, (uint32_t)(d->count - d->one))];
}

static double p_of(size_t as_far, size_t draws)
{
    return (double)(as_far + 1) / (double)(draws + 1);
}

static double p_exchanged(struct duel *d, size_t draws, double most, uint64_t *state)
{
    double far = fabs(apart(d)) * (1 - ROUNDING);
    size_t as_far = 0;
    for (size_t i = 0; i < draws && p_of(as_far, draws) <= most; i++) {
        exchange(d, state);
        as_far += fabs(apart(d)) >= far;
    }
    return p_of(as_far, draws);
}

/* Each cell's lines drawn again are about its own mean; twice the one side. */
static double p_redrawn(struct duel *d, size_t draws, double most, uint64_t *state)
{
    for (size_t i = 0; i < d->count; i++)
        d->drawn[i] = d->own[i];
    double t = apart(d), shift = moments_drawn(d, 0, d->one).mean - moments_drawn(d, d->one, d->count).mean;
    size_t as_far = 0;
    for (size_t i = 0; i < draws && 2 * p_of(as_far, draws) <= most; i++) {
        redraw(d, state);
        as_far += copysign(1, t) * welch(d, shift) >= fabs(t) * (1 - ROUNDING);
    }
    return 2 * p_of(as_far, draws);
}

static double strictness(const struct stat_what *what)
{
    return what->kind == STAT_MEAN ? DUEL_MEAN : what->kind == STAT_QUANTILE ? DUEL_QUANTILE : 1;
}

double duel_least(const struct stat_what *what, size_t draws)
{
    return strictness(what) * (what->kind == STAT_MEAN ? 2 : 1) * p_of(0, draws);
}

double duel_statistic(const struct stat_what *what, const struct duel_side *one, const struct duel_side *other)
{
    struct duel d;
    if (one->count < 2 || other->count < 2)
        return 0;
    prepare(what, one, other, &d);
    double far = apart(&d);
    duel_free(&d);
    return far;
}

double duel_p(const struct stat_what *what, const struct duel_side *one, const struct duel_side *other, size_t draws,
              double most, uint64_t *state)
{
    bool mean = what->kind == STAT_MEAN;
    size_t least = mean ? interval_lines(what) : 2;
    struct duel d;
    if (one->count < least || other->count < least)
        return 1;
    prepare(what, one, other, &d);
    double strict = strictness(what), p = p_exchanged(&d, draws, most / strict, state);
    if (mean && p <= most / strict)
        p = fmax(p, p_redrawn(&d, draws, most / strict, state));
    duel_free(&d);
    return fmin(1, p * strict);
}
