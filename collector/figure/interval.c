#include "collector/figure/interval.h"

#include <math.h>
#include <string.h>

#include "collector/figure/chance.h"
#include "collector/figure/random.h"

#define TAIL      0.025 /* on either side */
#define SELDOM    0.01  /* on either side: less is more than 98 of 100 */
#define LINES_MIN 6     /* of fewer, the ends would be two of them */
#define ROUNDING  1e-9
/* Found with tests/bench/coverage: of fewer lines the interval covers too little or is of
 * no use, and of skewed lines (log-normal with sigma 1) the tails of 95 % cover 93 %. */
#define MEAN_LINES 12
#define MEAN_TAILS 0.8
/* How much less than that of the lines the standard error of drawn ones may be, found there too: by as much as so few
 * tell of it, and never below LEAST of it. Drawn lines of one kind out of two would be told to be sure of what they
 * say. */
#define ERROR_OFF   1.75
#define ERROR_LEAST 0.64
/* So it was found for changes: of 36 lines and more 98 % of what is hardly skewed, 93 % of what is very. */
#define CHANGE_TAILS 0.52

static struct interval none(const char *why)
{
    return (struct interval){.why = why};
}

uint32_t interval_lines(const struct stat_what *what)
{
    if (what->kind == STAT_MEAN)
        return MEAN_LINES;
    uint32_t lines = LINES_MIN;
    if (what->kind == STAT_QUANTILE)
        /* All of them may be on one side of it. */
        while (pow(fmax(what->q, 1 - what->q), lines) > TAIL)
            lines++;
    return lines;
}

/* ---- quantiles ---- */

/* The values in order, and what each weighs. */
struct order {
    double *values;
    struct chance chance;
};

static struct order order_of(const struct stat_sample *samples, size_t count, const double *weights, bool upwards)
{
    struct order o = {.values = alloc_zero(count, sizeof *o.values)};
    double *sorted = alloc_zero(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        const struct stat_sample *s = &samples[upwards ? i : count - 1 - i];
        o.values[i] = upwards ? s->value : -s->value;
        sorted[i] = weights[s->cluster];
    }
    chance_take(sorted, count, &o.chance);
    free(sorted);
    return o;
}

/* Between the r-th value and the next, of n: their distances to the quantile are
 * nearly exponential. below and above: how probable it is that the one, the other
 * is beyond the quantile. Nyblom (1992), formula (4). */
static double between(double r, double n, double q, double below, double above)
{
    return 1 / (1 + r * (1 - q) / ((n - r) * q) * (above - TAIL) / (TAIL - below));
}

/* What is seldom above the quantile: the first value up to which lines weigh more
 * than they seldom do. Where that is the least by which they can, TAIL lies in a
 * step; one that ends far below TAIL is bridged. Others are not: a line's own value
 * holds its word whatever the population, the way to the next one does not where
 * lines are of two kinds. Unequal weights have finer steps than lines: bridged,
 * they would promise too much. */
static double lower(const struct order *o, double q)
{
    const struct chance *c = &o->chance;
    uint32_t r = 1, upto = c->units[0], seldom = 0;
    double *chances = alloc_zero((size_t)c->total + 1, sizeof *chances), end;
    chance_upto(c, q, chances);
    while (chances[seldom + 1] <= TAIL)
        seldom++;
    while (upto <= seldom)
        upto += c->units[r++];
    end = o->values[r - 1];
    if (chances[seldom] < SELDOM && r < c->count && chances[upto] <= chances[seldom + 1] * (1 + ROUNDING))
        end += between(r, c->count, q, chances[seldom], chances[upto]) * (o->values[r] - end);
    free(chances);
    return end;
}

static double bound(const struct stat_sample *samples, size_t count, const double *weights, double q, bool upwards)
{
    struct order o = order_of(samples, count, weights, upwards);
    double end = lower(&o, upwards ? q : 1 - q);
    free(o.values);
    chance_free(&o.chance);
    return upwards ? end : -end;
}

static struct interval of_quantile(double q, const struct stat_sample *samples, size_t count, const double *weights)
{
    return (struct interval){bound(samples, count, weights, q, true), bound(samples, count, weights, q, false),
                             "order95", NULL};
}

/* ---- shares ---- */

/* The share under which lines that weigh `yes` or more are no more probable than TAIL. */
static double least(const struct chance *c, uint32_t yes)
{
    double low = 0, high = 1, *chances = alloc_zero((size_t)c->total + 1, sizeof *chances);
    for (int step = 0; yes > 0 && step < 40; step++) {
        double middle = (low + high) / 2;
        chance_upto(c, middle, chances);
        *(1 - chances[yes - 1] < TAIL ? &low : &high) = middle;
    }
    free(chances);
    return low;
}

static struct interval of_share(const struct stat_sample *samples, size_t count, const double *weights)
{
    struct order o = order_of(samples, count, weights, true);
    uint32_t yes = 0;
    for (size_t i = 0; i < count; i++)
        yes += o.values[i] > 0 ? o.chance.units[i] : 0;
    struct interval i = {100 * least(&o.chance, yes), 100 * (1 - least(&o.chance, o.chance.total - yes)), "exact95",
                         NULL};
    free(o.values);
    chance_free(&o.chance);
    return i;
}

/* ---- means ---- */

/* A weighted mean, its standard error, and how many lines of equal weight would say as much. */
struct moments {
    double mean, error, lines;
};

/* times: how often each sample counts; NULL: once */
static struct moments moments_of(const struct stat_sample *samples, size_t count, const double *weights,
                                 const uint32_t *times)
{
    double sum = 0, squares = 0, values = 0, spread = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = weights[samples[i].cluster], all = (times ? times[i] : 1) * weight;
        sum += all;
        squares += all * weight;
        values += all * samples[i].value;
    }
    struct moments m = {.mean = values / sum, .lines = sum * sum / squares};
    for (size_t i = 0; i < count; i++) {
        double weight = weights[samples[i].cluster], off = samples[i].value - m.mean;
        spread += (times ? times[i] : 1) * weight * weight * off * off;
    }
    m.error = sqrt(spread * m.lines / (m.lines - 1)) / sum;
    return m;
}

/* least: of the lines' own standard error, that of drawn lines is at least so much */
static struct interval of_mean(const struct stat_sample *samples, size_t count, const double *weights, double tails,
                               double least, uint64_t seed)
{
    struct moments m = moments_of(samples, count, weights, NULL);
    double replicates[STAT_REPLICATES];
    uint32_t *times = alloc_zero(count, sizeof *times);
    for (size_t r = 0; r < STAT_REPLICATES; r++) {
        memset(times, 0, count * sizeof *times);
        for (size_t i = 0; i < count; i++)
            times[random_below(&seed, (uint32_t)count)]++;
        struct moments drawn = moments_of(samples, count, weights, times);
        double off = drawn.mean - m.mean, error = fmax(drawn.error, least * m.error);
        replicates[r] = drawn.error > ROUNDING * m.error ? off / error : off > 0 ? INFINITY : -INFINITY;
    }
    free(times);
    struct stat_interval t = stat_expanded(replicates, m.lines, tails);
    if (!isfinite(t.low) || !isfinite(t.high))
        return none(INTERVAL_ALIKE);
    return (struct interval){m.mean - t.high * m.error, m.mean - t.low * m.error, "studentised95", NULL};
}

static bool enough(const struct moments *m, double lines)
{
    return m->lines >= lines * (1 - ROUNDING);
}

struct interval interval_of_change(const struct stat_sample *changes, size_t count, const double *weights,
                                   uint64_t seed)
{
    struct moments m = moments_of(changes, count, weights, NULL);
    if (!enough(&m, INTERVAL_PAIRS))
        return none(INTERVAL_LINES);
    if (!(m.error > ROUNDING * fabs(m.mean)))
        return (struct interval){m.mean, m.mean, "studentised95", NULL};
    return of_mean(changes, count, weights, CHANGE_TAILS, 0, seed);
}

struct interval interval_of(const struct stat_what *what, const struct stat_sample *samples, size_t count,
                            const double *weights, uint64_t seed)
{
    if (count < interval_lines(what))
        return none(INTERVAL_LINES);
    struct moments m = moments_of(samples, count, weights, NULL);
    switch (what->kind) {
    case STAT_QUANTILE:
        return of_quantile(what->q, samples, count, weights);
    case STAT_MEAN:
        if (!enough(&m, MEAN_LINES))
            return none(INTERVAL_LINES);
        return of_mean(samples, count, weights, MEAN_TAILS, fmin(1 - ERROR_OFF / sqrt(m.lines), ERROR_LEAST), seed);
    case STAT_SHARE:
        return of_share(samples, count, weights);
    }
    return none(INTERVAL_LINES);
}
