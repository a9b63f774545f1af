#include "collector/simulate/truth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "collector/figure/watch.h"
#include "collector/format/date.h"
#include "collector/simulate/draw.h"
#include "collector/simulate/season.h"
#include "common/clock.h"
#include "common/json.h"

#define HOURS  24
#define DAY_US INT64_C(86400000000)
#define STEPS  60 /* of a bisection: far below a double's last digit of a logarithm */

/* What an indicator measures, as schema/indicators/ define it. */
enum own { OWN_ANY, OWN_OTHERS, OWN_ONLY };
enum kind {
    KIND_VALUE, /* lognormal over lines: its median */
    KIND_PART,  /* the mean, in percent: of a line's own part, and of what comes beside it */
    KIND_DOWN,  /* the mean hours of 8760 in which a line is cut: the same for all lines of a place */
    KIND_CUTS,  /* how often in that time */
};
static const struct about {
    const char *id;
    enum quantity quantity;
    enum own own; /* which networks its targets stand in, for PER3 and its like */
    bool abroad;
    enum kind kind;
    double percentiles[3];
} abouts[] = {
    {"PER1", QUANTITY_DNS, .percentiles = {50, 95}},
    {"PER2", QUANTITY_FAILURE, .kind = KIND_PART},
    {"PER3", QUANTITY_DOMESTIC, OWN_OTHERS, .percentiles = {50}},
    {"PER3_OWN", QUANTITY_DOMESTIC, OWN_ONLY, .percentiles = {50}},
    {"PER4", QUANTITY_ABROAD, OWN_OTHERS, .abroad = true, .percentiles = {50}},
    {"PER5", QUANTITY_DOWN, .percentiles = {10, 50, 90}},
    {"PER6", QUANTITY_UP, .percentiles = {10, 50, 90}},
    {"PER8", QUANTITY_LOSS, .kind = KIND_PART},
    {"REL2", .kind = KIND_DOWN},
    {"REL2_CUTS", .kind = KIND_CUTS},
};

/* A cell, as figures name it; -1: over all. */
struct cut {
    int operator, department, technology, zone; /* zone: of zone_words */
};

/* A place's lines are alike in town and outside: zones differ by where their lines are. */
enum { ZONE_URBAN, ZONE_RURAL, ZONE_COUNT };
static const char *const zone_words[ZONE_COUNT] = {"urban", "rural"};

/* The days of a year that are simulated. */
struct year {
    int number;
    int32_t first, last;
};

struct work {
    const struct reading_world *w;
    const struct about *about;
    struct year year;
    /* By operator and department: a line's own value of the year, of its own value; 0: no line says any. */
    double *scales;
    double *adds; /* for parts: what comes beside it */
};

/* ---- the value of a year ---- */

static bool is_speed(enum quantity q)
{
    return q == QUANTITY_DOWN || q == QUANTITY_UP;
}

/* x at which `below` reaches a half; of something that only grows. */
static double median_of(double (*below)(const void *, double), const void *of)
{
    double low = -12, high = 12;
    for (int i = 0; i < STEPS; i++) {
        double middle = (low + high) / 2;
        if (below(of, middle) < 0.5)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* Lognormal values around some middles. */
struct mixture {
    const double *logs;
    size_t count;
    double sigma;
};

static double mixture_below(const void *of, double x)
{
    const struct mixture *m = of;
    double sum = 0;
    for (size_t i = 0; i < m->count; i++)
        sum += normal_below((x - m->logs[i]) / m->sigma);
    return sum / (double)m->count;
}

/* The logarithm of the median over the hours from `hour` on of what a value is multiplied by; false when the line is
 * cut off through all of them. */
static bool hours_log(const struct work *k, int64_t hour, const struct events *events, size_t operator,
                      size_t department, double *ret)
{
    double logs[HOURS];
    struct mixture m = {logs, 0, SEASON_SINGLE_SIGMA};
    for (int64_t end = hour + HOURS; hour < end; hour++) {
        struct season hourly = season_of_hour((unsigned)(hour % HOURS));
        struct moment now = events_at(events, k->w->nation, hour, operator, department, EVENTS_ANY_LINE);
        if (now.cut < 1)
            logs[m.count++] = log(is_speed(k->about->quantity) ? hourly.speed / now.slow : hourly.latency * now.slow);
    }
    if (m.count > 0)
        *ret = median_of(mixture_below, &m);
    return m.count > 0;
}

static double year_scale(const struct work *k, size_t operator, size_t department)
{
    static const struct events none;
    double *logs = alloc_zero((size_t)(k->year.last - k->year.first + 1), sizeof *logs), usual = 0;
    struct mixture m = {logs, 0, SEASON_DAY_SIGMA};
    (void)hours_log(k, 0, &none, 0, 0, &usual);
    for (int32_t day = k->year.first; day <= k->year.last; day++) {
        int64_t hour = reading_hour(k->w, day);
        struct season season = season_of_day(day, day - k->w->first);
        logs[m.count] = usual;
        if (events_meet(k->w->events, hour, hour + HOURS, operator, department) &&
            !hours_log(k, hour, k->w->events, operator, department, &logs[m.count]))
            continue;
        logs[m.count++] += log(is_speed(k->about->quantity) ? season.speed : season.latency);
    }
    double scale = m.count ? exp(median_of(mixture_below, &m)) : 0;
    free(logs);
    return scale;
}

/* Of a part p: add + scale p, the mean over all hours. */
static void year_part(const struct work *k, size_t operator, size_t department, double *ret_scale, double *ret_add)
{
    const double alone = SEASON_CUT_CHANCE * SEASON_CUT_HOURS / HOURS;
    double scale = 0, add = 0, hours = 0;
    for (int64_t n = (int64_t)k->year.first * HOURS; n < ((int64_t)k->year.last + 1) * HOURS; n++) {
        int64_t hour = reading_hour(k->w, (int32_t)(n / HOURS)) + n % HOURS;
        struct moment now = events_at(k->w->events, k->w->nation, hour, operator, department, EVENTS_ANY_LINE);
        double cut = 1 - (1 - now.cut) * (1 - alone), beside = k->about->quantity == QUANTITY_FAILURE ? now.silent : 0;
        add += cut + (1 - cut) * beside;
        scale += (1 - cut) * (1 - beside);
        hours++;
    }
    *ret_scale = scale / hours;
    *ret_add = add / hours;
}

/* ---- cuts ---- */

/* A round of pings is one test a target, and at least three without an answer to two targets are a cut
 * (figure/watch.h): so many rounds in a row; 0: never. */
static int rounds_least(const struct nation *n)
{
    return n->target_count >= WATCH_TESTS_MIN ? 1 : n->target_count == 2 ? 2 : 0;
}

/* Of a line's own cuts, a day: how many are seen, and their hours from the first lost round to the next. A cut is from
 * some moment of the first hours of a day that leave room for SEASON_CUT_HOURS, for up to twice these, or the day's
 * end; rounds begin at any moment of it, and of one too short are fewer than `least`. What a dark hour hides of a cut,
 * or parts in two, is less than a hundredth. */
static void own_cuts(const struct nation *n, double *ret_hours, double *ret_count)
{
    const double longest = 2 * SEASON_CUT_HOURS, begins = HOURS - SEASON_CUT_HOURS, round = READING_PING_S / 3600.0;
    const int least = rounds_least(n);
    /* Past the day's end: of what begins x hours before it, for x from SEASON_CUT_HOURS to `longest`. */
    const double over = pow(longest - SEASON_CUT_HOURS, 3) / 6 / (begins * longest);
    /* With a length of u rounds, evenly spread, there are j rounds with the chance 1 - |u - j| (j = 0: half of it). */
    const double none = round / longest / 2, one = round / longest;
    *ret_count = least == 0 ? 0 : SEASON_CUT_CHANCE * (1 - none - (least > 1 ? one : 0));
    *ret_hours = least == 0 ? 0 : SEASON_CUT_CHANCE * (SEASON_CUT_HOURS - over - (least > 1 ? one * round : 0));
}

/* Is any line cut by what a file of events has in the year? How many cuts these are to a line that is off or moves
 * meanwhile, no formula says. */
static bool is_cut_by_events(const struct work *k)
{
    for (size_t i = 0; i < k->w->events->count; i++) {
        const struct event *e = &k->w->events->list[i];
        if ((e->kind == EVENT_OUTAGE || e->kind == EVENT_SHUTDOWN) && e->from < reading_hour(k->w, k->year.last + 1) &&
            e->to > reading_hour(k->w, k->year.first))
            return true;
    }
    return false;
}

/* In the hours of a year, of 8760. */
static double year_down(const struct work *k, size_t operator, size_t department)
{
    double own, count, down = 0, hours = 0;
    own_cuts(k->w->nation, &own, &count);
    for (int64_t n = (int64_t)k->year.first * HOURS; n < ((int64_t)k->year.last + 1) * HOURS; n++, hours++) {
        int64_t hour = reading_hour(k->w, (int32_t)(n / HOURS)) + n % HOURS;
        struct moment now = events_at(k->w->events, k->w->nation, hour, operator, department, EVENTS_ANY_LINE);
        down += 1 - (1 - now.cut) * (1 - own / HOURS);
    }
    return rounds_least(k->w->nation) > 0 ? 8760 * down / hours : 0;
}

static double year_cuts(const struct work *k)
{
    double own, count;
    own_cuts(k->w->nation, &own, &count);
    return 8760.0 / HOURS * count;
}

/* ---- by place ---- */

/* The first place that the same events meet: what is alike is reckoned once. */
static size_t alike(const struct work *k, size_t place)
{
    const size_t departments = k->w->nation->department_count;
    size_t p = 0;
    while (p < place &&
           !events_same(k->w->events, p / departments, p % departments, place / departments, place % departments))
        p++;
    return p;
}

static void make_scales(struct work *k)
{
    const struct nation *n = k->w->nation;
    for (size_t p = 0; p < n->operator_count * n->department_count; p++) {
        size_t o = p / n->department_count, d = p % n->department_count, same = alike(k, p);
        k->scales[p] = k->scales[same];
        k->adds[p] = k->adds[same];
        if (same < p)
            continue;
        switch (k->about->kind) {
        case KIND_VALUE:
            k->scales[p] = year_scale(k, o, d);
            break;
        case KIND_PART:
            year_part(k, o, d, &k->scales[p], &k->adds[p]);
            break;
        case KIND_DOWN:
            k->adds[p] = year_down(k, o, d);
            break;
        case KIND_CUTS:
            k->adds[p] = year_cuts(k);
            break;
        }
    }
}

/* ---- over the lines ---- */

/* The lines of a cell, in parts that are lognormal each. */
struct crowd {
    double *weights, *logs; /* logs: of the median */
    double *adds;
    size_t count;
    double sigma, whole;
    double wanted; /* below which part of the lines */
};

static double crowd_below(const void *of, double x)
{
    const struct crowd *c = of;
    double sum = 0;
    for (size_t i = 0; i < c->count; i++)
        sum += c->weights[i] * normal_below((x - c->logs[i]) / c->sigma);
    return sum / c->whole - c->wanted + 0.5;
}

static double crowd_mean(const struct crowd *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->count; i++)
        sum += c->weights[i] * (c->adds[i] + exp(c->logs[i] + c->sigma * c->sigma / 2));
    return sum / c->whole;
}

static bool counts(const struct work *k, size_t operator)
{
    return k->about->own == OWN_ANY ||
           nation_reaches(k->w->nation, operator, k->about->abroad, k->about->own == OWN_ONLY);
}

/* Which part of a department's lines stand in a zone. */
static double zone_part(const struct nation *n, size_t department, int zone)
{
    const double urban = n->departments[department].urban;
    return zone < 0 ? 1 : zone == ZONE_URBAN ? urban : 1 - urban;
}

static void gather(const struct work *k, const struct cut *cut, struct crowd *c)
{
    const struct nation *n = k->w->nation;
    const double own = k->about->own == OWN_ONLY ? NATION_OWN : 1;
    c->count = 0;
    c->whole = 0;
    for (size_t o = 0; o < n->operator_count; o++)
        for (size_t d = 0; d < n->department_count; d++)
            for (int t = 0; t < TECH_COUNT; t++) {
                double weight = n->operators[o].share * n->departments[d].share * n->operators[o].mix[t] *
                                zone_part(n, d, cut->zone);
                if ((cut->operator>= 0 && cut->operator!=(int) o) ||
                    (cut->department >= 0 && cut->department != (int)d) ||
                    (cut->technology >= 0 && cut->technology != t) || weight == 0 || !counts(k, o))
                    continue;
                size_t at = o * n->department_count + d;
                if (k->about->kind == KIND_VALUE && k->scales[at] == 0)
                    continue;
                c->weights[c->count] = weight;
                c->logs[c->count] = log(nation_median(n, o, (enum technology)t, k->about->quantity) * own *
                                        k->scales[at]);
                c->adds[c->count++] = k->adds[at];
                c->whole += weight;
            }
}

static void add_figure(const struct work *k, const struct cut *cut, const char *id, const char *statistic, double value,
                       json_t *out)
{
    const struct nation *n = k->w->nation;
    char period[12];
    snprintf(period, sizeof period, "%04d", k->year.number);
    json_array_append_new(
        out,
        json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:f}", "indicator", id, "period", period, "statistic",
                  statistic, "geo", cut->department < 0 ? NULL : n->departments[cut->department].iso, "operator",
                  cut->operator<0 ? NULL
                                  : n->operators[cut->operator].name, "technology",
                                                 cut->technology < 0 ? NULL : technology_words[cut->technology], "zone",
                                                 cut->zone < 0 ? NULL : zone_words[cut->zone], "value", value));
}

static void add_cell(const struct work *k, const struct cut *cut, struct crowd *c, json_t *out)
{
    gather(k, cut, c);
    if (c->count == 0)
        return;
    c->sigma = nation_sigma(k->about->quantity);
    if (k->about->kind != KIND_VALUE) {
        double mean = crowd_mean(c) * (k->about->kind == KIND_PART ? 100 : 1);
        add_figure(k, cut, k->about->id, "mean", mean, out);
        if (k->about->kind == KIND_DOWN)
            add_figure(k, cut, "REL1", "value", 100 * (1 - mean / 8760), out);
        return;
    }
    for (size_t p = 0; p < COUNT(k->about->percentiles) && k->about->percentiles[p] > 0; p++) {
        char statistic[8];
        snprintf(statistic, sizeof statistic, "p%.0f", k->about->percentiles[p]);
        c->wanted = k->about->percentiles[p] / 100;
        add_figure(k, cut, k->about->id, statistic, exp(median_of(crowd_below, c)), out);
    }
}

static void add_cells(const struct work *k, json_t *out)
{
    const struct nation *n = k->w->nation;
    size_t parts = n->operator_count * n->department_count * TECH_COUNT;
    struct crowd c = {alloc_zero(parts, sizeof(double)), alloc_zero(parts, sizeof(double)),
                      alloc_zero(parts, sizeof(double)), .count = 0};
    const int departments = n->departments[0].iso ? (int)n->department_count : 0;
    add_cell(k, &(struct cut){-1, -1, -1, -1}, &c, out);
    for (int z = 0; z < ZONE_COUNT; z++)
        add_cell(k, &(struct cut){-1, -1, -1, z}, &c, out);
    for (int d = 0; d < departments; d++)
        add_cell(k, &(struct cut){-1, d, -1, -1}, &c, out);
    for (int o = -1; o < (int)n->operator_count; o++)
        for (int t = 0; t < TECH_COUNT; t++)
            add_cell(k, &(struct cut){o, -1, t, -1}, &c, out);
    for (int o = 0; o < (int)n->operator_count; o++)
        for (int d = -1; d < departments; d++)
            add_cell(k, &(struct cut){o, d, -1, -1}, &c, out);
    free(c.weights);
    free(c.logs);
    free(c.adds);
}

static void add_year(const struct reading_world *w, const struct year *year, json_t *out)
{
    size_t places = w->nation->operator_count * w->nation->department_count;
    for (size_t i = 0; i < COUNT(abouts); i++) {
        struct work k = {w, &abouts[i], *year, alloc_zero(places, sizeof(double)), alloc_zero(places, sizeof(double))};
        if (abouts[i].kind != KIND_CUTS || !is_cut_by_events(&k)) {
            make_scales(&k);
            add_cells(&k, out);
        }
        free(k.scales);
        free(k.adds);
    }
}

/* ---- the parameters ---- */

static json_t *operators(const struct nation *n)
{
    json_t *list = json_array();
    for (size_t o = 0; o < n->operator_count; o++) {
        json_t *kinds = json_object();
        for (int t = 0; t < TECH_COUNT; t++) {
            if (n->operators[o].mix[t] == 0)
                continue;
            json_t *kind = json_pack("{s:f}", "share", n->operators[o].mix[t]);
            for (int q = 0; q < QUANTITY_COUNT; q++)
                json_object_set_new(kind, quantity_words[q],
                                    json_real(nation_median(n, o, (enum technology)t, (enum quantity)q)));
            json_object_set_new(kinds, technology_words[t], kind);
        }
        json_array_append_new(list, json_pack("{s:s, s:f, s:o}", "name", n->operators[o].name, "share",
                                              n->operators[o].share, "medians", kinds));
    }
    return list;
}

static json_t *departments(const struct nation *n)
{
    json_t *list = json_array();
    for (size_t d = 0; d < n->department_count; d++)
        json_array_append_new(list, json_pack("{s:s?, s:f, s:f}", "iso", n->departments[d].iso, "share",
                                              n->departments[d].share, "urban", n->departments[d].urban));
    return list;
}

static json_t *sigmas(void)
{
    json_t *list = json_object();
    for (int q = 0; q < QUANTITY_COUNT; q++)
        json_object_set_new(list, quantity_words[q], json_real(nation_sigma((enum quantity)q)));
    return list;
}

static const char *day_text(int32_t day, char ret[static TIME_TEXT_SIZE])
{
    time_format(day * DAY_US, ret);
    ret[10] = '\0';
    return ret;
}

json_t *truth_make(const struct reading_world *w, int32_t last, int64_t probes)
{
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], seed[24];
    json_t *figures = json_array();
    int32_t first = w->first;
    while (first <= last) {
        char text[24];
        struct year year = {.number = atoi(day_text(first, from)), .first = first};
        int32_t next = 0;
        snprintf(text, sizeof text, "%04d-01-01", year.number + 1);
        if (date_read(text, &next) < 0)
            break; /* past the year 9999 */
        year.last = next - 1 < last ? next - 1 : last;
        add_year(w, &year, figures);
        first = next;
    }
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)w->nation->seed);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:o, s:o, s:o, s:o}", "note",
        "An imaginary country: the parameters of the distributions that lines are drawn from, and the figures "
        "that follow from them. Medians are of the lines' own values, sigma of their logarithms.",
        "country", w->nation->country, "seed", seed, "from", day_text(w->first, from), "to", day_text(last, to),
        "probes", (json_int_t)probes, "events", (int)w->events->count, "operators", operators(w->nation), "departments",
        departments(w->nation), "sigma", sigmas(), "figures", figures);
}
