#include "collector/figure/tally.h"

#include <math.h>
#include <string.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/dominance.h"
#include "collector/figure/ends.h"
#include "collector/figure/line.h"
#include "collector/figure/rounding.h"
#include "collector/figure/weight.h"

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t count_networks(const struct tally_day *days, size_t count)
{
    uint32_t *networks = alloc_zero(count, sizeof *networks), different = 0;
    for (size_t i = 0; i < count; i++)
        networks[i] = isnan(days[i].value) ? 0 : days[i].network;
    qsort(networks, count, sizeof *networks, by_number);
    for (size_t i = 0; i < count; i++)
        different += networks[i] && (i == 0 || networks[i] != networks[i - 1]);
    free(networks);
    return different;
}

/* Failures of lines, together, and what the two give that give most. */
struct failures {
    int64_t all, first, second;
};

static void meet(struct failures *f, int64_t own)
{
    f->second = own > f->first ? f->first : own > f->second ? own : f->second;
    f->first = own > f->first ? own : f->first;
    f->all += own;
}

static void join(struct failures *f, const struct failures *others)
{
    int64_t all = f->all + others->all;
    meet(f, others->first);
    meet(f, others->second);
    f->all = all;
}

/* Those of lines that have no value at all, which the figure does not speak of,
 * count only where such lines are as many as the floor asks: the number would
 * tell of a household. */
static struct failures count_failed(const struct tally_day *days, size_t count)
{
    struct crowd others = {0};
    struct failures failed = {0}, of_others = {0};
    for (size_t from = 0, to; from < count; from = to) {
        int64_t own = 0;
        bool speaks = false;
        for (to = from; to < count && days[to].line == days[from].line; to++) {
            own += days[to].failed;
            speaks |= !isnan(days[to].value);
        }
        if (!speaks)
            crowd_add(&others, days[from].line, days[from].network, (uint32_t)(to - from));
        meet(speaks ? &failed : &of_others, own);
    }
    if (crowd_enough(&others))
        join(&failed, &of_others);
    return failed;
}

/* From edition to edition the number goes up by what fails in between: where it comes to a new step, it is known within
 * that. So it is held to what a mean is (dominance.h). */
static bool dominated(const struct failures *f)
{
    return f->first > DOMINANCE_TIMES * (f->all - f->first - f->second);
}

/* What one day of each line counts, which is what it was given or what these days come to. */
static void weigh(struct tally *t, const struct tally_day *days, size_t count, const uint32_t *lengths)
{
    uint32_t *due = alloc_zero(t->lines, sizeof *due), *vouchers = alloc_zero(t->lines, sizeof *vouchers);
    bool given = false;
    for (size_t i = 0, at = 0; i < count; i++) {
        if (isnan(days[i].value))
            continue;
        uint32_t line = t->days[at++].cluster;
        due[line] += days[i].due;
        vouchers[line] = days[i].voucher;
        t->weights[line] = days[i].weight;
        given |= days[i].weight > 0;
    }
    if (!given)
        weight_days(lengths, due, vouchers, t->lines, t->weights);
    free(due);
    free(vouchers);
}

struct tally tally_days(const struct tally_day *days, size_t count)
{
    struct failures failed = count_failed(days, count);
    struct tally t = {
        .networks = count_networks(days, count), .failed = failed.all, .failed_dominated = dominated(&failed)};
    uint32_t *lengths = alloc_zero(count, sizeof *lengths), last = 0;
    t.days = alloc_zero(count, sizeof *t.days);
    for (size_t i = 0; i < count; i++) {
        if (isnan(days[i].value))
            continue;
        t.lines += t.count == 0 || days[i].line != last;
        last = days[i].line;
        t.days[t.count++] = (struct stat_sample){days[i].value, t.lines - 1};
        t.results += days[i].results;
        t.silent += days[i].ended;
        lengths[t.lines - 1]++;
    }
    t.weights = alloc_zero(t.lines, sizeof *t.weights);
    weigh(&t, days, count, lengths);
    t.largest = weight_largest(lengths, t.weights, t.lines);
    for (uint32_t l = 0; l < t.lines; l++)
        t.weights[l] *= lengths[l];
    free(lengths);
    return t;
}

void tally_free(struct tally *t)
{
    free(t->days);
    free(t->weights);
    *t = (struct tally){0};
}

void tally_cut(struct tally *t, double *ret)
{
    double *sums = alloc_zero(t->lines, sizeof *sums), *parts = alloc_zero(t->lines, sizeof *parts);
    uint32_t *lengths = alloc_zero(t->lines, sizeof *lengths);
    for (size_t i = 0; i < t->count; i++)
        lengths[t->days[i].cluster]++;
    for (size_t i = 0; i < t->count; i++)
        sums[t->days[i].cluster] += t->days[i].value * t->weights[t->days[i].cluster] / lengths[t->days[i].cluster];
    weight_parts(sums, t->lines, parts);
    for (size_t i = 0; i < t->count; i++)
        t->days[i].value *= parts[t->days[i].cluster];
    for (uint32_t l = 0; ret && l < t->lines; l++)
        ret[l] = parts[l];
    free(lengths);
    free(sums);
    free(parts);
}

bool tally_tells(const struct tally *t, const struct stat_what *what)
{
    const double rounding = 1e-9; /* 1 - 0.95 is a little more than a twentieth */
    return what->kind != STAT_QUANTILE || t->largest < fmin(what->q, 1 - what->q) - rounding;
}

/* What the lines say, in order; the caller frees. */
static struct stat_sample *taken(const struct tally *t, const struct stat_what *what)
{
    struct stat_sample *days = alloc_zero(t->count, sizeof *days), *samples;
    size_t count;
    memcpy(days, t->days, t->count * sizeof *days);
    struct line *lines = line_values(what, days, t->count, &count);
    samples = alloc_zero(count, sizeof *samples);
    for (size_t l = 0; l < count; l++)
        samples[l] = (struct stat_sample){lines[l].value, lines[l].number};
    stat_sort(samples, count);
    free(lines);
    free(days);
    return samples;
}

double tally_value(const struct tally *t, const struct stat_what *what)
{
    struct stat_sample *samples = taken(t, what);
    double value = stat_value(what, samples, t->lines, t->weights);
    free(samples);
    return value;
}

struct interval tally_interval(const struct tally *t, const struct stat_what *what, uint64_t seed)
{
    struct stat_sample *samples = taken(t, what);
    struct interval i = interval_of(what, samples, t->lines, t->weights, seed);
    if (what->kind == STAT_MEAN && samples[0].value >= 0)
        i.low = fmax(i.low, 0);
    free(samples);
    return i;
}

struct interval tally_told(const struct tally *t, const struct stat_what *what, uint64_t seed)
{
    struct stat_sample *samples = taken(t, what);
    double value = rounding_nearest(stat_value(what, samples, t->lines, t->weights), what->decimals);
    struct interval i = ends_told(tally_interval(t, what, seed), what, samples, t->lines, value);
    struct stat_interval rounded = rounding_outwards(i.low, i.high, what->decimals);
    free(samples);
    return (struct interval){rounded.low, rounded.high, i.kind, i.why};
}
