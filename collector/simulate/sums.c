#include "collector/simulate/sums.h"

#define SECOND_US INT64_C(1000000)
#define DAY_S     INT64_C(86400)

static void add(struct probe_day *sums, const struct reading_world *w, const struct reading *r, int32_t day,
                const int32_t *targets)
{
    float metrics[READING_METRICS]; /* as the table `result` keeps them */
    for (int i = 0; i < READING_METRICS; i++)
        metrics[i] = (float)r->metrics[i];
    probe_day_add(sums, &(struct probe_day_result){
                            .at_us = (day * DAY_S + r->second) * SECOND_US,
                            .target_no = r->target < 0 ? 0 : targets[r->target],
                            .bytes = r->bytes,
                            .check_no = (int16_t)w->form.sets[r->check]->check_id,
                            .af = r->target < 0 ? 0 : 4,
                            .outcome = (int16_t)r->outcome,
                            .length = r->present ? 64 - (size_t)__builtin_clzll(r->present) : 0,
                            .present = r->present,
                            .metrics = metrics,
                        });
}

void sums_write(struct probe_day *sums, const struct reading_world *w, const struct reading_day *d, int32_t day,
                int32_t probe_no, const int32_t *targets, struct probe_day_rows *rows)
{
    const struct probe_day_who who = {
        .day = day - PG_EPOCH_DAY, .probe_no = probe_no, .source = SUMS_SOURCE, .simulated = true};
    if (d->count == 0 || d->clock_s == READING_NEVER)
        return;
    for (size_t i = 0; i < d->count; i++)
        add(sums, w, &d->list[i], day, targets);
    probe_day_write(sums, &who, rows);
}
