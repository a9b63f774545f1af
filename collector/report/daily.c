#include "collector/report/daily.h"

#include <math.h>
#include <stdlib.h>

#include "collector/figure/rounding.h"
#include "collector/format/date.h"

#define DAYS_SQL                                                                                                       \
    "SELECT day, value, low, high, n_probes FROM public_indicator_day WHERE indicator = $1 AND country = $2 AND "      \
    "source = $3 AND day >= date '1970-01-01' + $4::int AND day <= date '1970-01-01' + $5::int AND value IS NOT NULL " \
    "ORDER BY day"

int daily_read(struct pg *pg, const struct indicator *i, const char *country, const char *source, struct period p,
               struct daily *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *first = alloc_format("%d", period_first(p)), *last = alloc_format("%d", period_last(p));
    int rc = pg_query(pg, DAYS_SQL, 5, (const char *const[]){i->id, country, source, first, last}, &rows, f);
    struct daily d = {0};
    const size_t count = rc == 0 ? pg_rows_count(rows) : 0;
    d.points = alloc_zero(count + 1, sizeof *d.points);
    for (size_t r = 0; r < count; r++) {
        const int64_t lines = pg_int(rows, r, 4);
        struct chart_point *point = &d.points[d.count];
        *point = (struct chart_point){0, pg_double(rows, r, 1), pg_double(rows, r, 2), pg_double(rows, r, 3)};
        if (date_read(pg_text(rows, r, 0), &point->day) < 0)
            continue;
        d.lines_least = d.count == 0 || lines < d.lines_least ? lines : d.lines_least;
        d.lines_most = lines > d.lines_most ? lines : d.lines_most;
        d.count++;
    }
    daily_sum(&d, i);
    *ret = d;
    return rc;
}

void daily_free(struct daily *d)
{
    free(d->points);
    *d = (struct daily){0};
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Puts them in order. */
static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t v = 0; v < count; v++)
        sum += values[v];
    return sum / (double)count;
}

void daily_sum(struct daily *d, const struct indicator *i)
{
    const bool quantile = indicator_main(i)->what.kind == STAT_QUANTILE;
    double *values = alloc_zero(3 * d->count + 1, sizeof *values), *lows = values + d->count, *highs = lows + d->count;
    d->value = d->low = d->high = NAN;
    for (size_t p = 0; p < d->count; p++) {
        values[p] = d->points[p].value;
        lows[p] = isnan(d->points[p].low) ? -INFINITY : d->points[p].low;
        highs[p] = isnan(d->points[p].high) ? INFINITY : d->points[p].high;
    }
    if (d->count > 0)
        d->value = rounding_nearest(quantile ? median(values, d->count) : mean(values, d->count), i->decimals);
    const double low = quantile && d->count > 0 ? median(lows, d->count) : NAN,
                 high = quantile && d->count > 0 ? median(highs, d->count) : NAN;
    if (isfinite(low) && isfinite(high)) {
        const struct stat_interval around = rounding_outwards(low, high, i->decimals);
        d->low = around.low;
        d->high = around.high;
    }
    free(values);
}

enum daily_change daily_change(const struct daily *from, const struct daily *to)
{
    if (from->count == 0 || to->count == 0)
        return DAILY_NONE;
    if (from->count < DAILY_COMPARED || to->count < DAILY_COMPARED)
        return DAILY_FEW;
    if (isnan(from->low) || isnan(to->low))
        return DAILY_UNSURE;
    return to->low > from->high ? DAILY_ROSE : to->high < from->low ? DAILY_FELL : DAILY_STEADY;
}

const char *daily_change_word(enum daily_change c)
{
    static const char *const words[DAILY_CHANGES] = {"rose", "fell", "steady", "unsure", "few", "none"};
    return words[c];
}
