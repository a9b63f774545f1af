#include "agent/measure/oneway.h"

#include <math.h>
#include <string.h>

#include "agent/measure/rtt.h"
#include "common/alloc.h"

/* Of a spread against a round trip: what two readings of one clock disagree. */
#define SLACK_MS 0.05

void oneway_init(struct oneway *o, size_t capacity)
{
    *o = (struct oneway){
        .capacity = capacity,
        .first = alloc_zero(capacity, sizeof *o->first),
        .forward = alloc_zero(capacity, sizeof *o->forward),
        .back = alloc_zero(capacity, sizeof *o->back),
        .gone = alloc_zero(capacity, sizeof *o->gone),
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
    free(o->gone);
    *o = (struct oneway){0};
}

/* What a reflector without a time writes: zero, in PTP's format 1970. */
static bool is_no_time(stamp_time t)
{
    return t == 0 || t == stamp_time_make(0);
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
    if (is_no_time(p->received) || is_no_time(p->sent))
        o->zero = true;
    if (o->answered == 0)
        o->received = p->received;
    else if (p->received != o->received)
        o->runs = true;
    double both = (double)(stamp_time_between(left, came) - stamp_time_between(p->received, p->sent)) / 1e6;
    o->longest = fmax(o->longest, both);
    o->first[index] = p->seq;
    o->forward[index] = (double)stamp_time_between(left, p->received) / 1e6;
    o->back[index] = (double)stamp_time_between(p->sent, came) / 1e6;
    o->answered++;
    if (index >= o->highest)
        o->highest = index + 1;
}

void oneway_withdraw(struct oneway *o, size_t index)
{
    if (index < o->capacity)
        o->gone[index] = true;
}

static size_t gone_between(const struct oneway *o, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += o->gone[i];
    return n;
}

bool oneway_loss(const struct oneway *o, size_t sent, struct oneway_loss *ret)
{
    if (!o->stateful || o->answered == 0 || o->reflected < o->dup_forward || o->highest > sent)
        return false;
    size_t reflected = o->reflected - o->dup_forward, told = o->highest - gone_between(o, 0, o->highest);
    if (reflected < o->answered || reflected > told)
        return false;
    size_t excused = reflected - o->answered < o->excused ? reflected - o->answered : o->excused;
    reflected -= excused;
    told -= excused;
    *ret = (struct oneway_loss){
        .sent = told,
        .forward = told - reflected,
        .reflected = reflected,
        .back = reflected - o->answered,
        .unknown = sent - o->highest - gone_between(o, o->highest, sent),
    };
    return true;
}

/* ---- the clocks ---- */

struct range {
    double min, max;
};

static void include(struct range *r, double value)
{
    r->min = fmin(r->min, value); /* of NaN and a number, the number */
    r->max = fmax(r->max, value);
}

const char *oneway_doubt(const struct oneway *o, size_t sent)
{
    struct range forward = {NAN, NAN}, back = {NAN, NAN};
    for (size_t i = 0; i < sent && i < o->capacity; i++) {
        include(&forward, o->forward[i]);
        include(&back, o->back[i]);
    }
    if (o->stepped)
        return "clock_stepped";
    if (o->zero)
        return "clock_zero";
    if (o->answered > 1 && !o->runs)
        return "clock_frozen";
    if (fmax(forward.max - forward.min, back.max - back.min) > o->longest + SLACK_MS)
        return "clock_moved";
    if (o->unsynced)
        return "clock_unsynced";
    return forward.min < 0 || back.min < 0 ? "clock_off" : NULL;
}

static void report_delays(const struct oneway *o, size_t sent, const char *doubt, struct result *r)
{
    struct rtt_stats forward, back;
    rtt_stats(o->forward, sent, &forward);
    rtt_stats(o->back, sent, &back);
    if (doubt && strcmp(doubt, "clock_unsynced") != 0 && strcmp(doubt, "clock_off") != 0)
        return;
    result_metric(r, "pdv_forward_p95_ms", forward.pdv_p95);
    result_metric(r, "pdv_return_p95_ms", back.pdv_p95);
    if (doubt)
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
    const char *doubt = oneway_doubt(o, sent);
    json_object_set_new(r->detail, "synced", json_boolean(!doubt));
    if (doubt)
        json_object_set_new(r->detail, "oneway_reason", json_string(doubt));
    report_delays(o, sent, doubt, r);
}
