#include "collector/simulate/sums.h"

#define SECOND_US INT64_C(1000000)
#define DAY_S     INT64_C(86400)

void sums_free(struct sums *s)
{
    probe_day_free(s->day);
    watch_free(s->watch);
    probe_day_rows_free(&s->rows);
    copy_rows_free(&s->watched);
}

/* day: since 2000-01-01. */
static void add(struct sums *s, const struct reading_world *w, const struct reading *r, int32_t day,
                const int32_t *targets)
{
    const unsigned char addr[] = {2, 32, 0, 4, READING_ADDR(r->target)}; /* IPv4, as copy_inet has it */
    float metrics[READING_METRICS];                                      /* as the table `result` keeps them */
    for (int i = 0; i < READING_METRICS; i++)
        metrics[i] = (float)r->metrics[i];
    const struct probe_day_result result = {
        .at_us = (day * DAY_S + r->second) * SECOND_US,
        .target_no = r->target < 0 ? 0 : targets[r->target],
        .bytes = r->bytes,
        .check_no = (int16_t)w->form.sets[r->check]->check_id,
        .af = r->target < 0 ? 0 : 4,
        .outcome = (int16_t)r->outcome,
        .length = r->present ? 64 - (size_t)__builtin_clzll(r->present) : 0,
        .present = r->present,
        .metrics = metrics,
    };
    probe_day_add(s->day, &result);
    if (r->target >= 0)
        watch_add(s->watch, result.at_us, result.target_no, result.outcome, addr, sizeof addr);
}

void sums_write(struct sums *s, const struct reading_world *w, const struct reading_day *d, int32_t day,
                int32_t probe_no, const int32_t *targets)
{
    const struct probe_day_who who = {
        .day = day - PG_EPOCH_DAY, .probe_no = probe_no, .source = SUMS_SOURCE, .simulated = true};
    if (d->count == 0 || d->clock_s == READING_NEVER)
        return;
    for (size_t i = 0; i < d->count; i++)
        add(s, w, &d->list[i], who.day, targets);
    probe_day_write(s->day, &who, &s->rows);
    /* A simulated box tells no epochs: it is taken to be on (functions/line.sql). */
    watch_spell(s->watch, who.day * WATCH_DAY_US, (who.day + 1) * WATCH_DAY_US);
    const struct watch_day watched = watch_close(s->watch, who.day);
    watch_write(&watched, who.day, probe_no, &s->watched);
}
