#include "collector/simulate/reading.h"

#include <stdlib.h>
#include <string.h>

#include "collector/simulate/draw.h"
#include "collector/simulate/season.h"

const char *const reading_words[READING_CHECKS] = {"dns", "ping", "throughput"};

#define DAY_S        86400
#define DNS_S        600 /* between two questions, as in the standard schedule */
#define THROUGHPUT_S 14400
#define PACKETS      5

/* A day's chances for a box, which say nothing of its line. */
#define OFF_CHANCE   0.02 /* all day */
#define DARK_CHANCE  0.05 /* for hours */
#define CLOCK_CHANCE 0.01 /* starts without the time */
#define NEVER_CHANCE 0.3  /* of such a box: does not learn it before its power goes */
#define CLOCK_S      21600
#define SPIKE_CHANCE 0.01 /* of one measurement */
#define SPIKE        6

/* ---- the registry ---- */

static int position(const struct metric_set *set, const char *name)
{
    int at = metric_position(set, name, strlen(name));
    if (at < 0 || at >= READING_METRICS)
        abort(); /* the registry is append-only */
    return at;
}

void reading_form_make(struct reading_form *ret)
{
    for (int c = 0; c < READING_CHECKS; c++)
        ret->sets[c] = metric_set_find(reading_words[c], strlen(reading_words[c]));
    const struct metric_set *dns = ret->sets[READING_DNS], *ping = ret->sets[READING_PING];
    ret->rt_ms = position(dns, "rt_ms");
    ret->rcode = position(dns, "rcode");
    ret->rtt_p50_ms = position(ping, "rtt_p50_ms");
    ret->sent = position(ping, "sent");
    ret->rcvd = position(ping, "rcvd");
    ret->down_mbps = position(ret->sets[READING_THROUGHPUT], "down_mbps");
    ret->up_mbps = position(ret->sets[READING_THROUGHPUT], "up_mbps");
}

/* ---- one measurement ---- */

/* What holds for a whole day of a line. */
struct today {
    const struct reading_world *w;
    const struct household *h;
    struct reading_day *out;
    int32_t day;
    size_t department;
    struct season season;
    double single[QUANTITY_COUNT];                /* the line's own value today */
    int32_t cut_from, cut_to, dark_from, dark_to; /* seconds of the day */
    uint64_t stream;
};

/* How it is in this second. */
struct now {
    struct season season; /* of day and hour, with what happens */
    bool cut;
    double silent;
};

static int32_t ahead_s(const struct reading_world *w, int32_t day)
{
    return day >= w->first && (size_t)(day - w->first) < w->ahead_count ? w->ahead_s[day - w->first] : 0;
}

int64_t reading_hour(const struct reading_world *w, int32_t day)
{
    return ((int64_t)day * DAY_S + ahead_s(w, day)) / 3600;
}

static struct now now_at(const struct today *t, int32_t second)
{
    const struct reading_world *w = t->w;
    int64_t local_s = (int64_t)t->day * DAY_S + second + ahead_s(w, t->day);
    int64_t hour = local_s / 3600;
    struct season hourly = season_of_hour((unsigned)(hour % 24));
    struct moment m = events_at(w->events, w->nation, hour, t->h->operator, t->department, t->h->n);
    return (struct now){
        .season = {t->season.latency * hourly.latency * m.slow, t->season.speed * hourly.speed / m.slow},
        .cut = m.cut >= 1 || (second >= t->cut_from && second < t->cut_to),
        .silent = m.silent};
}

/* Kept to a thousandth: what is sent as text and what is summed at once are then
 * the same number, in seven digits as in a `real`. */
static double rounded(double value)
{
    return value < 0.001 ? 0.001 : value > 9999 ? 9999 : round(value * 1000) / 1000;
}

static void set(struct reading *r, int at, double value)
{
    r->metrics[at] = value;
    r->present |= UINT64_C(1) << at;
}

static double noisy(struct today *t, double value)
{
    double spike = draw_chance(&t->stream, SPIKE_CHANCE) ? SPIKE : 1;
    return draw_lognormal(&t->stream, value * spike, SEASON_SINGLE_SIGMA);
}

static void ask(struct today *t, const struct now *now, struct reading *r)
{
    const struct reading_form *form = &t->w->form;
    double failure = 1 - (1 - t->h->own[QUANTITY_FAILURE]) * (1 - now->silent);
    r->bytes = 150;
    r->outcome = OUTCOME_TIMEOUT;
    if (now->cut)
        return;
    double rt_ms = noisy(t, t->single[QUANTITY_DNS] * now->season.latency);
    bool fails = draw_chance(&t->stream, failure), answers = draw_chance(&t->stream, 0.4);
    if (fails && !answers)
        return;
    r->outcome = fails ? OUTCOME_DNS_ERROR : OUTCOME_OK;
    set(r, form->rt_ms, rounded(rt_ms));
    set(r, form->rcode, fails ? 2 : 0);
}

static void ping(struct today *t, const struct now *now, struct reading *r)
{
    const struct reading_form *form = &t->w->form;
    const struct nation_target *to = &t->w->nation->targets[r->target];
    double own = to->operator==(int) t->h->operator? NATION_OWN : 1;
    int rcvd = 0;
    for (int i = 0; i < PACKETS && !now->cut; i++)
        rcvd += !draw_chance(&t->stream, t->h->own[QUANTITY_LOSS]);
    r->bytes = 840;
    r->outcome = rcvd == PACKETS ? OUTCOME_OK : rcvd > 0 ? OUTCOME_PARTIAL : OUTCOME_TIMEOUT;
    set(r, form->sent, PACKETS);
    set(r, form->rcvd, rcvd);
    if (rcvd == 0)
        return;
    double middle_ms = t->single[to->abroad ? QUANTITY_ABROAD : QUANTITY_DOMESTIC] * own * now->season.latency;
    set(r, form->rtt_p50_ms, rounded(noisy(t, middle_ms)));
}

static void load(struct today *t, const struct now *now, struct reading *r)
{
    const struct reading_form *form = &t->w->form;
    r->outcome = now->cut ? OUTCOME_UNREACHABLE : OUTCOME_OK;
    if (now->cut)
        return;
    double down = rounded(noisy(t, t->single[QUANTITY_DOWN] * now->season.speed));
    set(r, form->down_mbps, down);
    set(r, form->up_mbps, rounded(noisy(t, t->single[QUANTITY_UP] * now->season.speed)));
    r->bytes = (int)(down * 125000 * 2); /* two seconds of it */
}

/* ---- a day ---- */

/* One check every `interval` seconds, at a phase of the line's own. */
static void repeat(struct today *t, enum reading_check check, int target, int32_t interval)
{
    static void (*const measure[])(struct today *, const struct now *, struct reading *) = {ask, ping, load};
    int32_t phase = (int32_t)(draw_stream(t->w->nation->seed, DRAW_HOUSEHOLD, t->h->n, (uint64_t)check + 1) %
                              (uint64_t)interval);
    for (int32_t second = phase; second < DAY_S; second += interval) {
        if (second >= t->dark_from && second < t->dark_to)
            continue;
        struct now now = now_at(t, second);
        struct reading_day *d = t->out;
        if (d->count == d->size) {
            d->size = d->size ? 2 * d->size : 512;
            d->list = alloc_resize(d->list, d->size, sizeof *d->list);
        }
        struct reading *r = &d->list[d->count++];
        *r = (struct reading){.check = check, .target = target, .second = second};
        measure[check](t, &now, r);
    }
}

/* Hours from some moment on; 0 to 0: none. */
static void draw_hours(uint64_t *stream, double chance, double hours, int32_t *ret_from, int32_t *ret_to)
{
    bool is = draw_chance(stream, chance);
    double from = draw_unit(stream) * (DAY_S - hours * 3600), length = draw_unit(stream) * 2 * hours * 3600;
    *ret_from = is ? (int32_t)from : 0;
    *ret_to = is ? (int32_t)(from + length) : 0;
}

static int32_t draw_clock(const struct reading_world *w, const struct household *h, int32_t day)
{
    uint64_t stream = draw_stream(w->nation->seed, DRAW_CLOCK, h->n, (uint64_t)day);
    return draw_chance(&stream, NEVER_CHANCE) ? READING_NEVER : CLOCK_S;
}

void reading_day_make(const struct reading_world *w, const struct household *h, int32_t day, struct reading_day *ret)
{
    struct today t = {.w = w,
                      .h = h,
                      .out = ret,
                      .day = day,
                      .department = household_department(h, day),
                      .season = season_of_day(day, day - w->first),
                      .stream = draw_stream(w->nation->seed, DRAW_DAY, h->n, (uint64_t)day)};
    bool off = draw_chance(&t.stream, OFF_CHANCE);
    ret->count = 0;
    ret->clock_s = draw_chance(&t.stream, CLOCK_CHANCE) ? draw_clock(w, h, day) : 0;
    draw_hours(&t.stream, DARK_CHANCE, 3, &t.dark_from, &t.dark_to);
    draw_hours(&t.stream, SEASON_CUT_CHANCE, SEASON_CUT_HOURS, &t.cut_from, &t.cut_to);
    for (int q = 0; q < QUANTITY_COUNT; q++)
        t.single[q] = draw_lognormal(&t.stream, h->own[q], SEASON_DAY_SIGMA);
    if (off || day < h->joined || day >= h->left)
        return;
    repeat(&t, READING_DNS, -1, DNS_S);
    for (size_t i = 0; i < w->nation->target_count; i++)
        repeat(&t, READING_PING, (int)i, READING_PING_S);
    repeat(&t, READING_THROUGHPUT, -1, THROUGHPUT_S);
}

void reading_day_free(struct reading_day *d)
{
    free(d->list);
    *d = (struct reading_day){0};
}
