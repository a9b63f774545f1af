#include "agent/measure/oneway.h"

#include <math.h>

#include "agent/measure/rtt.h"
#include "common/alloc.h"

/* A reflector's clock that is off by more, or moves by more, measures nothing,
 * whatever it says of itself: an hour. */
#define CLOCK_MS 3600000.0

void oneway_init(struct oneway *o, size_t capacity)
{
    *o = (struct oneway){
        .capacity = capacity,
        .first = alloc_zero(capacity, sizeof *o->first),
        .forward = alloc_zero(capacity, sizeof *o->forward),
        .back = alloc_zero(capacity, sizeof *o->back),
    };
    for (size_t i = 0; i < capacity; i++)
        o->forward[i] = o->back[i] = NAN;
}

void oneway_free(struct oneway *o)
{
    if (!o)
        return;
    free(o->first);
    free(o->forward);
    free(o->back);
    *o = (struct oneway){0};
}

void oneway_answer(struct oneway *o, size_t index, const struct stamp_reply *p, stamp_time left, stamp_time came)
{
    if (index >= o->capacity)
        return;
    if (p->seq != p->sender_seq)
        o->stateful = true;
    if (!p->clock.synced || p->clock.ptp || !p->sender_clock.synced)
        o->unsynced = true;
    if (p->seq >= o->reflected)
        o->reflected = p->seq + 1;
    if (!isnan(o->forward[index])) {
        /* A packet that arrived twice was answered twice, under two numbers. */
        if (o->first[index] != p->seq)
            o->dup_forward++;
        else
            o->dup_back++;
        return;
    }
    o->first[index] = p->seq;
    o->forward[index] = (double)stamp_time_between(left, p->received) / 1e6;
    o->back[index] = (double)stamp_time_between(p->sent, came) / 1e6;
    o->answered++;
    if (index >= o->highest)
        o->highest = index + 1;
}

bool oneway_loss(const struct oneway *o, size_t sent, struct oneway_loss *ret)
{
    if (!o->stateful || o->answered == 0 || o->reflected < o->dup_forward)
        return false;
    size_t reflected = o->reflected - o->dup_forward;
    if (reflected < o->answered || reflected > o->highest || o->highest > sent)
        return false;
    *ret = (struct oneway_loss){
        .sent = o->highest,
        .forward = o->highest - reflected,
        .reflected = reflected,
        .back = reflected - o->answered,
        .unknown = sent - o->highest,
    };
    return true;
}

static void report_delays(const struct oneway *o, size_t sent, struct result *r)
{
    struct rtt_stats forward, back;
    rtt_stats(o->forward, sent, &forward);
    rtt_stats(o->back, sent, &back);
    if (forward.pdv_p95 > CLOCK_MS || back.pdv_p95 > CLOCK_MS)
        return;
    /* Against their own minimum, the offset of the two clocks cancels out. */
    result_metric(r, "pdv_forward_p95_ms", forward.pdv_p95);
    result_metric(r, "pdv_return_p95_ms", back.pdv_p95);
    if (o->unsynced || fabs(forward.p50) > CLOCK_MS || fabs(back.p50) > CLOCK_MS)
        return;
    result_metric(r, "owd_forward_p50_ms", forward.p50);
    result_metric(r, "owd_return_p50_ms", back.p50);
    json_object_set_new(r->detail, "owd_forward_min_ms", json_real(round(forward.min * 1e3) / 1e3));
    json_object_set_new(r->detail, "owd_return_min_ms", json_real(round(back.min * 1e3) / 1e3));
}

void oneway_report(const struct oneway *o, size_t sent, struct result *r)
{
    if (o->answered == 0)
        return;
    json_object_set_new(r->detail, "reflector", json_string(o->stateful ? "stateful" : "stateless"));
    struct oneway_loss loss;
    if (oneway_loss(o, sent, &loss)) {
        result_metric(r, "loss_forward", (double)loss.forward / (double)loss.sent);
        result_metric(r, "loss_return", (double)loss.back / (double)loss.reflected);
        json_object_set_new(r->detail, "lost",
                            json_pack("{s:I, s:I, s:I}", "forward", (json_int_t)loss.forward, "return",
                                      (json_int_t)loss.back, "unknown", (json_int_t)loss.unknown));
    }
    if (o->stateful)
        json_object_set_new(
            r->detail, "dup",
            json_pack("{s:I, s:I}", "forward", (json_int_t)o->dup_forward, "return", (json_int_t)o->dup_back));
    json_object_set_new(r->detail, "synced", json_boolean(!o->unsynced));
    if (!o->stepped)
        report_delays(o, sent, r);
}
