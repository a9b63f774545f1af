#include "collector/figure/probe_day.h"

#include <math.h>

#include "collector/figure/sketch.h"
#include "common/alloc.h"
#include "common/metric.h"
#include "common/outcome.h"

#define METRICS_MAX 64
#define HOURS       24
#define HOUR_US     INT64_C(3600000000)

/* A way of measuring: check, target, family. */
struct way {
    int16_t check_no, af;
    int32_t target_no;
};

struct counted { /* a result */
    struct way way;
    int16_t outcome, length;
    int32_t bytes;
    uint8_t hour; /* of the UTC day */
};

struct sample { /* a value of one */
    struct way way;
    uint8_t position, hour; /* from 0 */
    bool ok;
    float value;
    double exact;
};

struct probe_day {
    struct buf results; /* of struct counted */
    struct buf samples;
};

struct probe_day *probe_day_new(void)
{
    return alloc_zero(1, sizeof(struct probe_day));
}

void probe_day_free(struct probe_day *d)
{
    if (!d)
        return;
    buf_free(&d->results);
    buf_free(&d->samples);
    free(d);
}

/* What the last three say is said of the box alone, whatever numbers stand beside them (functions/rollup.sql). */
static bool is_measured(int16_t outcome)
{
    return outcome < OUTCOME_DENIED;
}

void probe_day_add(struct probe_day *d, const struct probe_day_result *r)
{
    const struct way way = {r->check_no, r->af, r->target_no};
    const bool measured = is_measured(r->outcome);
    const uint8_t hour = (uint8_t)(r->at_us / HOUR_US % HOURS);
    const struct counted c = {way, r->outcome, measured ? (int16_t)r->length : 0, r->bytes, hour};
    buf_add(&d->results, &c, sizeof c);
    for (size_t i = 0; measured && i < r->length && i < METRICS_MAX; i++) {
        if (!(r->present >> i & 1))
            continue;
        const struct sample s = {way,           (uint8_t)i,
                                 hour,          r->outcome == OUTCOME_OK,
                                 r->metrics[i], r->exact_present >> i & 1 ? r->exact[i] : (double)r->metrics[i]};
        buf_add(&d->samples, &s, sizeof s);
    }
}

/* ---- in order ---- */

static int way_order(const struct way *a, const struct way *b)
{
    if (a->check_no != b->check_no)
        return a->check_no < b->check_no ? -1 : 1;
    if (a->target_no != b->target_no)
        return a->target_no < b->target_no ? -1 : 1;
    return a->af < b->af ? -1 : a->af > b->af;
}

static int counted_order(const void *a, const void *b)
{
    const struct counted *one = a, *other = b;
    return way_order(&one->way, &other->way);
}

static int sample_order(const void *a, const void *b)
{
    const struct sample *one = a, *other = b;
    int order = way_order(&one->way, &other->way);
    if (order == 0)
        order = one->position - other->position;
    if (order != 0)
        return order;
    return one->exact < other->exact ? -1 : one->exact > other->exact;
}

static void sort(const struct buf *b, size_t size, int (*order)(const void *, const void *))
{
    if (b->len > 0)
        qsort(b->data, b->len / size, size, order);
}

/* ---- rows ---- */

static enum metric_kind kind_of(int16_t check_no, uint8_t position)
{
    for (size_t i = 0; i < metric_set_count; i++)
        if (metric_sets[i].check_id == check_no)
            return position < metric_sets[i].count ? metric_sets[i].metrics[position].kind : METRIC_COUNT;
    return METRIC_COUNT;
}

static int16_t bucket_of(enum metric_kind kind, float value)
{
    if (kind == METRIC_VALUE)
        return sketch_bucket(value);
    return (int16_t)lrintf(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

/* What identifies a row of sketches or hours. */
static char *write_key(char *to, const struct way *way, int position, bool ok, const struct probe_day_who *who)
{
    to = copy_int4(to, who->day);
    to = copy_int4(to, who->probe_no);
    to = copy_int2(to, way->check_no);
    to = way->target_no ? copy_int4(to, way->target_no) : copy_null(to);
    to = way->af ? copy_int2(to, way->af) : copy_null(to);
    to = copy_int2(to, position);
    return copy_bytes(to, ok ? "\1" : "\0", 1);
}

/* The sketch of those whose outcome was ok, or of the others; samples of one metric, sorted. */
static void write_sketch(const struct sample *samples, size_t count, bool ok, const struct probe_day_who *who,
                         struct copy_rows *rows)
{
    enum metric_kind kind = kind_of(samples->way.check_no, samples->position);
    _cleanup_(buf_free) struct buf buckets = {0}, counts = {0};
    int32_t n = 0;
    for (size_t i = 0; kind != METRIC_COUNT && i < count; i++) {
        if (samples[i].ok != ok)
            continue;
        int16_t bucket = bucket_of(kind, samples[i].value), last;
        if (n > 0 && (memcpy(&last, buckets.data + buckets.len - sizeof last, sizeof last), last == bucket)) {
            n++;
            memcpy(counts.data + counts.len - sizeof n, &n, sizeof n);
            continue;
        }
        n = 1;
        buf_add(&buckets, &bucket, sizeof bucket);
        buf_add(&counts, &n, sizeof n);
    }
    size_t many = buckets.len / sizeof(int16_t);
    if (many == 0)
        return;
    char *to = copy_row_begin(rows, 128 + COPY_ARRAY_SIZE(many, 2) + COPY_ARRAY_SIZE(many, 4), 9);
    to = write_key(to, &samples->way, samples->position + 1, ok, who);
    to = copy_int2s(to, (const int16_t *)(const void *)buckets.data, many);
    to = copy_int4s(to, (const int32_t *)(const void *)counts.data, many);
    copy_row_end(rows, to);
}

/* What the metrics of a way come to. */
struct sums {
    size_t length;
    uint64_t present;
    int32_t n[METRICS_MAX];
    double sum[METRICS_MAX];
    float min[METRICS_MAX], max[METRICS_MAX];
};

/* From the smallest value to the largest: the same values give the same sum. */
static void sum_up(struct sums *s, const struct sample *samples, size_t count)
{
    unsigned at = samples->position;
    s->present |= UINT64_C(1) << at;
    s->n[at] = (int32_t)count;
    s->sum[at] = samples->exact;
    for (size_t i = 1; i < count; i++)
        s->sum[at] += samples[i].exact;
    s->min[at] = samples->value;
    s->max[at] = samples[count - 1].value;
}

static void write_day(const struct way *way, const int32_t outcomes[OUTCOME_COUNT], int64_t bytes, const struct sums *s,
                      const struct probe_day_who *who, struct copy_rows *rows)
{
    char *to = copy_row_begin(rows, 256 + strlen(who->source) + 4 * COPY_ARRAY_SIZE(METRICS_MAX, 8), 25);
    to = copy_int4(to, who->day);
    to = copy_int4(to, who->probe_no);
    to = copy_int2(to, way->check_no);
    to = way->target_no ? copy_int4(to, way->target_no) : copy_null(to);
    to = way->af ? copy_int2(to, way->af) : copy_null(to);
    to = copy_bytes(to, who->source, strlen(who->source));
    to = copy_bytes(to, who->simulated ? "\1" : "\0", 1);
    for (int i = 0; i < OUTCOME_COUNT; i++)
        to = copy_int4(to, outcomes[i]);
    to = copy_int8(to, bytes);
    to = copy_int4s(to, s->n, s->length);
    to = copy_doubles_of(to, s->sum, s->present, s->length);
    to = copy_reals_of(to, s->min, s->present, s->length);
    to = copy_reals_of(to, s->max, s->present, s->length);
    copy_row_end(rows, to);
}

/* ---- hours ---- */

/* The arrays of a row of hours. */
struct hours {
    struct buf hours, buckets, counts, sums;
};

static void hours_free(struct hours *h)
{
    buf_free(&h->hours);
    buf_free(&h->buckets);
    buf_free(&h->counts);
    buf_free(&h->sums);
}

static void hours_add(struct hours *h, int16_t hour, int16_t bucket, int32_t count, double sum)
{
    buf_add(&h->hours, &hour, sizeof hour);
    buf_add(&h->buckets, &bucket, sizeof bucket);
    buf_add(&h->counts, &count, sizeof count);
    buf_add(&h->sums, &sum, sizeof sum);
}

static void hours_write(const struct hours *h, const struct way *way, int position, bool ok, bool summed,
                        const struct probe_day_who *who, struct copy_rows *rows)
{
    size_t many = h->hours.len / sizeof(int16_t);
    if (many == 0)
        return;
    char *to = copy_row_begin(rows, 128 + 2 * COPY_ARRAY_SIZE(many, 2) + 2 * COPY_ARRAY_SIZE(many, 8), 11);
    to = write_key(to, way, position, ok, who);
    to = copy_int2s(to, (const int16_t *)(const void *)h->hours.data, many);
    to = summed ? copy_null(to) : copy_int2s(to, (const int16_t *)(const void *)h->buckets.data, many);
    to = copy_int4s(to, (const int32_t *)(const void *)h->counts.data, many);
    /* At most an element an hour. */
    to = summed ? copy_doubles_of(to, (const double *)(const void *)h->sums.data, UINT64_MAX, many) : copy_null(to);
    copy_row_end(rows, to);
}

/* Samples of one metric, sorted: so are the buckets of each hour. */
static void write_hours(const struct sample *samples, size_t count, bool ok, const struct probe_day_who *who,
                        struct copy_rows *rows)
{
    enum metric_kind kind = kind_of(samples->way.check_no, samples->position);
    _cleanup_(hours_free) struct hours h = {0};
    for (uint8_t hour = 0; hour < HOURS; hour++) {
        int16_t bucket = 0;
        int32_t n = 0;
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            if (samples[i].hour != hour || samples[i].ok != ok)
                continue;
            int16_t of = kind == METRIC_COUNT ? 0 : bucket_of(kind, samples[i].value);
            if (n > 0 && of != bucket) {
                hours_add(&h, hour, bucket, n, sum);
                n = 0;
            }
            bucket = of;
            n++;
            sum += samples[i].exact;
        }
        if (n > 0)
            hours_add(&h, hour, bucket, n, sum);
    }
    hours_write(&h, &samples->way, samples->position + 1, ok, kind == METRIC_COUNT, who, rows);
}

/* Results of one way of measuring, by outcome. */
static void write_outcomes(const struct counted *results, size_t count, const struct probe_day_who *who,
                           struct copy_rows *rows)
{
    int32_t n[HOURS][OUTCOME_COUNT] = {{0}};
    _cleanup_(hours_free) struct hours h = {0};
    for (size_t i = 0; i < count; i++)
        if (results[i].outcome >= 0 && results[i].outcome < OUTCOME_COUNT)
            n[results[i].hour][results[i].outcome]++;
    for (int16_t hour = 0; hour < HOURS; hour++)
        for (int16_t outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            if (n[hour][outcome] > 0)
                hours_add(&h, hour, outcome, n[hour][outcome], 0);
    hours_write(&h, &results->way, 0, true, false, who, rows);
}

/* ---- all ---- */

/* Samples of the same way and metric from the first on. */
static size_t run_of(const struct sample *samples, size_t count)
{
    size_t n = 1;
    while (n < count && samples[n].position == samples->position && way_order(&samples[n].way, &samples->way) == 0)
        n++;
    return n;
}

void probe_day_write(struct probe_day *d, const struct probe_day_who *who, struct probe_day_rows *rows)
{
    sort(&d->results, sizeof(struct counted), counted_order);
    sort(&d->samples, sizeof(struct sample), sample_order);
    const struct counted *results = (const void *)d->results.data;
    const struct sample *samples = (const void *)d->samples.data;
    size_t count = d->results.len / sizeof *results, left = d->samples.len / sizeof *samples;
    for (size_t first = 0, next; first < count; first = next) {
        const struct way *way = &results[first].way;
        struct sums sums = {.length = 0};
        int32_t outcomes[OUTCOME_COUNT] = {0};
        int64_t bytes = 0;
        for (next = first; next < count && way_order(&results[next].way, way) == 0; next++) {
            if (results[next].outcome >= 0 && results[next].outcome < OUTCOME_COUNT)
                outcomes[results[next].outcome]++;
            bytes += results[next].bytes;
            if ((size_t)results[next].length > sums.length)
                sums.length = (size_t)results[next].length;
        }
        while (left > 0 && way_order(&samples->way, way) == 0) {
            size_t n = run_of(samples, left);
            sum_up(&sums, samples, n);
            write_sketch(samples, n, false, who, &rows->sketches);
            write_sketch(samples, n, true, who, &rows->sketches);
            for (int ok = 0; who->hours && ok < 2; ok++)
                write_hours(samples, n, ok, who, &rows->hours);
            samples += n;
            left -= n;
        }
        if (who->hours)
            write_outcomes(&results[first], next - first, who, &rows->hours);
        write_day(way, outcomes, bytes, &sums, who, &rows->days);
    }
    buf_clear(&d->results);
    buf_clear(&d->samples);
}

void probe_day_rows_free(struct probe_day_rows *rows)
{
    copy_rows_free(&rows->days);
    copy_rows_free(&rows->sketches);
    copy_rows_free(&rows->hours);
}
