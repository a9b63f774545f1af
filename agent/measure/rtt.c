#include "agent/measure/rtt.h"

#include <math.h>
#include <stdlib.h>

#include "common/alloc.h"

void rtt_series_init(struct rtt_series *s, size_t capacity)
{
    *s = (struct rtt_series){
        .ms = alloc_zero(capacity, sizeof *s->ms), .gone = alloc_zero(capacity, sizeof *s->gone), .capacity = capacity};
    for (size_t i = 0; i < capacity; i++)
        s->ms[i] = NAN;
}

void rtt_series_free(struct rtt_series *s)
{
    if (!s)
        return;
    free(s->ms);
    free(s->gone);
    *s = (struct rtt_series){0};
}

void rtt_series_answer(struct rtt_series *s, size_t seq, double ms)
{
    if (seq >= s->capacity || s->gone[seq])
        return;
    if (!isnan(s->ms[seq])) {
        s->dup++;
        return;
    }
    s->ms[seq] = ms;
    s->rcvd++;
    if (seq < s->next)
        s->reorder++;
    else
        s->next = seq + 1;
}

bool rtt_series_withdraw(struct rtt_series *s, size_t seq)
{
    if (seq >= s->sent || s->gone[seq] || !isnan(s->ms[seq]))
        return false;
    s->gone[seq] = true;
    s->withdrawn++;
    return true;
}

size_t rtt_series_excuse(struct rtt_series *s)
{
    size_t excused = 0, answered = s->sent;
    for (size_t i = s->sent; i-- > 0;) {
        if (!isnan(s->ms[i]))
            answered = i;
        for (size_t n = i + 1; s->gone[i] && answered < s->sent && n < answered; n++)
            excused += rtt_series_withdraw(s, n);
    }
    return excused;
}

size_t rtt_series_sent(const struct rtt_series *s)
{
    return s->sent - s->withdrawn;
}

/* In two passes, so that a small spread of large values keeps its digits. */
static double deviation(const double *values, size_t n, double mean)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double rtt_percentile(const double *sorted, size_t n, double p)
{
    if (n == 0)
        return NAN;
    double h = (double)(n - 1) * p;
    size_t below = (size_t)h;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (h - (double)below) * (sorted[below + 1] - sorted[below]);
}

void rtt_stats(const double *ms, size_t count, struct rtt_stats *ret)
{
    double *sorted = alloc_zero(count ? count : 1, sizeof *sorted);
    double sum = 0, steps = 0;
    size_t n = 0, pairs = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(ms[i]))
            continue;
        sorted[n++] = ms[i];
        sum += ms[i];
        if (i > 0 && !isnan(ms[i - 1])) {
            steps += fabs(ms[i] - ms[i - 1]);
            pairs++;
        }
    }
    qsort(sorted, n, sizeof *sorted, compare);
    double mean = n ? sum / (double)n : NAN;
    *ret = (struct rtt_stats){
        .count = n,
        .min = n ? sorted[0] : NAN,
        .mean = mean,
        .p50 = rtt_percentile(sorted, n, 0.50),
        .p95 = rtt_percentile(sorted, n, 0.95),
        .max = n ? sorted[n - 1] : NAN,
        .jitter = pairs ? steps / (double)pairs : NAN,
        .stddev = deviation(sorted, n, mean),
    };
    ret->pdv_p95 = ret->p95 - ret->min;
    free(sorted);
}

void rtt_series_report(const struct rtt_series *s, struct result *r)
{
    struct rtt_stats stats;
    size_t sent = rtt_series_sent(s);
    if (sent == 0) /* nothing was measured */
        return;
    rtt_stats(s->ms, s->sent, &stats);
    result_metric(r, "rtt_min_ms", stats.min);
    result_metric(r, "rtt_mean_ms", stats.mean);
    result_metric(r, "rtt_p50_ms", stats.p50);
    result_metric(r, "rtt_p95_ms", stats.p95);
    result_metric(r, "rtt_max_ms", stats.max);
    result_metric(r, "jitter_ms", stats.jitter);
    result_metric(r, "rtt_stddev_ms", stats.stddev);
    result_metric(r, "pdv_p95_ms", stats.pdv_p95);
    result_metric(r, "sent", (double)sent);
    result_metric(r, "rcvd", (double)s->rcvd);
    result_metric(r, "loss", (double)(sent - s->rcvd) / (double)sent);
    result_metric(r, "dup", (double)s->dup);
    result_metric(r, "reorder", (double)s->reorder);

    json_t *list = json_array();
    for (size_t i = 0; i < s->sent; i++)
        if (!s->gone[i])
            json_array_append_new(list, isnan(s->ms[i]) ? json_null() : json_real(round(s->ms[i] * 1e3) / 1e3));
    json_object_set_new(r->detail, "rtts_ms", list);
}
