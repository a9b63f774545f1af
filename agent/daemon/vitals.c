#include "agent/daemon/vitals.h"

#include <stdio.h>
#include <string.h>

void vitals_init(struct vitals *v, const char *state_dir)
{
    struct status old;
    struct status *s = &v->status;
    status_process(s);
    if (status_read(state_dir, &old, NULL) < 0)
        return;
    s->last_ack = old.last_ack;
    s->last_result = old.last_result;
    if (strcmp(old.boot, s->boot) != 0)
        s->last_ack.mono_us = s->last_result.mono_us = 0;
    memcpy(s->last_task, old.last_task, sizeof old.last_task);
    memcpy(s->last_outcome, old.last_outcome, sizeof old.last_outcome);
}

void vitals_result(struct vitals *v, const struct result *r)
{
    struct status *s = &v->status;
    s->results++;
    s->last_result = (struct status_moment){r->at_us, r->mono_us};
    snprintf(s->last_outcome, sizeof s->last_outcome, "%s", outcome_word(r->outcome));
    snprintf(s->last_task, sizeof s->last_task, "%s", r->task);
}

void vitals_disk(struct vitals *v, enum disk_use use, int r)
{
    v->disk_errors[use] = r < 0 ? -r : 0;
    v->status.disk_error = 0;
    for (int i = 0; i < DISK_USES; i++)
        if (v->disk_errors[i])
            v->status.disk_error = v->disk_errors[i];
}

void vitals_gather(struct vitals *v, const struct spool *spool, const struct push *push)
{
    struct status *s = &v->status;
    const struct push_state *sent = push_state(push);
    const struct spool_list *waiting = spool_waiting(spool), *rejected = spool_list(spool, SPOOL_REJECTED);
    s->waiting = (int64_t)waiting->count;
    s->waiting_bytes = waiting->bytes;
    s->rejected = (int64_t)rejected->count;
    s->rejected_bytes = rejected->bytes;
    s->acknowledged = (int64_t)spool_list(spool, SPOOL_ACKED)->count;
    s->forks = spool_forks(spool);
    if (sent->last_ack_us > 0)
        s->last_ack = (struct status_moment){sent->last_ack_us, sent->last_ack_mono_us};
    strcpy(s->last_fault, sent->last_fault);
    s->trouble = sent->trouble;
}
