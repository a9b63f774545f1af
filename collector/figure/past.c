#include "collector/figure/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/dominance.h"
#include "collector/figure/past_parts.h"
#include "common/alloc.h"

/* ---- all that is known ---- */

struct past *past_new(int32_t today, int method)
{
    struct past *p = alloc_zero(1, sizeof *p);
    p->today = today;
    p->method = method;
    p->keys = json_object();
    p->names = json_object();
    p->lines = json_object();
    p->points = json_object();
    return p;
}

void past_free(struct past *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->shown_count; i++)
        free(p->shown[i].key);
    for (size_t i = 0; i < p->listed_count; i++)
        free(p->listed[i].key);
    for (size_t i = 0; i < p->group_count; i++)
        free(p->groups[i].name);
    for (size_t i = 0; i < p->probe_count; i++) {
        free(p->probes[i].name);
        told_free(&p->probes[i].now);
        told_free(&p->probes[i].told);
        told_line_free(&p->probes[i].line);
        free(p->probes[i].cuts);
    }
    free(p->shown);
    free(p->listed);
    free(p->groups);
    free(p->probes);
    cellsets_free(&p->sets_told);
    cellsets_free(&p->sets_now);
    json_decref(p->keys);
    json_decref(p->names);
    json_decref(p->lines);
    json_decref(p->points);
    free(p);
}

static struct probe *probe_of(struct past *p, const char *name)
{
    const json_t *known = json_object_get(p->names, name);
    if (known)
        return &p->probes[json_integer_value(known)];
    p->probes = alloc_resize(p->probes, p->probe_count + 1, sizeof *p->probes);
    p->probes[p->probe_count] = (struct probe){.name = alloc_text(name), .line.last = INT32_MIN};
    json_object_set_new(p->names, name, json_integer((json_int_t)p->probe_count));
    return &p->probes[p->probe_count++];
}

static uint32_t line_number(struct past *p, const char *line)
{
    const json_t *known = json_object_get(p->lines, line);
    if (!known)
        json_object_set_new(p->lines, line, json_integer((json_int_t)json_object_size(p->lines) + 1));
    return (uint32_t)json_integer_value(json_object_get(p->lines, line));
}

/* ---- what was shown before ---- */

size_t past_cell(struct past *p, const char *key, int32_t made, int method)
{
    p->shown = alloc_resize(p->shown, p->shown_count + 1, sizeof *p->shown);
    p->shown[p->shown_count] = (struct shown){
        .key = alloc_text(key), .made = made, .method = method, .group = SIZE_MAX};
    json_object_set_new(p->keys, key, json_integer((json_int_t)p->shown_count));
    return p->shown_count++;
}

void past_told(struct past *p, const char *probe, const char *line, const char *days, const char *marks,
               const char *cells)
{
    struct probe *of = probe_of(p, probe);
    size_t count, *in = told_numbers(cells, &count);
    of->number = line_number(p, line);
    told_read(&of->told, cellsets_number(&p->sets_told, in, count, 0), days, marks);
    free(in);
}

void past_weighed(struct past *p, const char *probe, const char *cells, const char *weights, const char *wholes,
                  int32_t last)
{
    struct probe *of = probe_of(p, probe);
    told_line_read(&of->line, cells, weights, wholes);
    of->line.last = last;
}

void past_pointed(struct past *p, const char *group, const char *day)
{
    if (!json_object_get(p->points, group))
        json_object_set_new(p->points, group, json_object());
    json_object_set_new(json_object_get(p->points, group), day, json_true());
}

bool past_has_point(const struct past *p, const char *group, int32_t day)
{
    char text[16];
    snprintf(text, sizeof text, "%d", day);
    return json_object_get(json_object_get(p->points, group), text) != NULL;
}

/* ---- what there is now ---- */

static size_t group_of(struct past *p, const char *name, bool kept)
{
    for (size_t g = 0; g < p->group_count; g++)
        if (!strcmp(p->groups[g].name, name))
            return g;
    p->groups = alloc_resize(p->groups, p->group_count + 1, sizeof *p->groups);
    p->groups[p->group_count] = (struct group){
        .name = alloc_text(name),
        .days = {.after = INT32_MIN, .until = kept ? p->today - PAST_RIPE_DAYS + 1 : INT32_MAX, .as_of = INT32_MIN},
        .first = p->listed_count,
        .made = INT32_MIN};
    return p->group_count++;
}

void past_list(struct past *p, const char *group, const char *key, size_t number, bool kept)
{
    const json_t *known = json_object_get(p->keys, key);
    struct listed cell = {.key = alloc_text(key),
                          .group = group_of(p, group, kept),
                          .number = number,
                          .shown = known ? (size_t)json_integer_value(known) : SIZE_MAX,
                          .kept = kept};
    p->listed = alloc_resize(p->listed, p->listed_count + 1, sizeof *p->listed);
    p->listed[p->listed_count++] = cell;
    if (!known)
        return;
    p->shown[cell.shown].listed = true;
    p->shown[cell.shown].group = cell.group;
}

void past_add(struct past *p, const char *probe, const char *line, uint32_t network, int32_t day, uint64_t mark,
              const size_t *cells, size_t count)
{
    struct probe *of = p->last < p->probe_count && !strcmp(p->probes[p->last].name, probe) ? &p->probes[p->last]
                                                                                           : probe_of(p, probe);
    p->last = (size_t)(of - p->probes);
    uint32_t hint = of->now.count ? of->now.list[of->now.count - 1].set : 0;
    if (of->now.count == 0)
        of->number = line_number(p, line);
    of->network = network;
    told_add(&of->now, day, cellsets_number(&p->sets_now, cells, count, hint), mark);
}

void past_value(struct past *p, double value)
{
    struct told_days *now = &p->probes[p->last].now;
    now->list[now->count - 1].value = (float)value;
}

/* ---- the two held together ---- */

/* Finds what each of a probe's days now was when it was told. */
static void meet(struct probe *of)
{
    struct told_days *told = &of->told;
    if (of->met)
        return;
    of->met = true;
    told_sort(told);
    size_t t = 0;
    for (size_t n = 0; n < of->now.count; n++) {
        struct told_day *now = &of->now.list[n];
        while (t < told->count && told->list[t].day < now->day)
            t++;
        for (size_t same = t; same < told->count && told->list[same].day == now->day; same++) {
            now->met = true;
            if (now->same == TOLD_NONE && told_same(&told->list[same], now)) {
                now->same = (uint32_t)same;
                told->list[same].met = true;
            }
        }
    }
}

/* Has it days that were not told, or no longer those that were? */
static bool brings_news(const struct probe *of)
{
    for (size_t n = 0; n < of->now.count; n++)
        if (of->now.list[n].same == TOLD_NONE)
            return true;
    for (size_t t = 0; t < of->told.count; t++)
        if (!of->told.list[t].met)
            return true;
    return false;
}

int32_t past_waited(struct past *p, const char *probe, int32_t last)
{
    struct probe *of = probe_of(p, probe);
    meet(of);
    return of->line.last == INT32_MIN || brings_news(of) ? last : of->line.last;
}

void past_weigh(struct past *p, const char *probe, int32_t last, uint32_t weight)
{
    struct probe *of = probe_of(p, probe);
    of->waited = last;
    of->weight = weight;
}

void past_cut(struct past *p, const char *probe, size_t number, double part)
{
    struct probe *of = probe_of(p, probe);
    size_t group = p->listed[number].group, c = 0;
    while (c < of->cut_count && of->cuts[c].group != group)
        c++;
    if (c == of->cut_count)
        of->cuts = alloc_resize(of->cuts, ++of->cut_count, sizeof *of->cuts);
    of->cuts[c] = (struct cut){group, part};
}

/* Days of a probe that lie in the same cells. */
struct stay {
    size_t cells[STAY_CELLS];
    size_t count;
    bool told;
    uint32_t days;
    double values; /* what they say, together */
};

static void stay_join(struct stay *stay, const struct past *p, const struct cellset *set, bool past)
{
    for (size_t c = 0; c < set->count && stay->count < STAY_CELLS; c++)
        stay->cells[stay->count++] = past ? p->shown[set->cells[c]].past : set->cells[c];
}

static void add_stay(struct stay **stays, size_t *count, const struct stay *stay)
{
    for (size_t s = 0; s < *count; s++)
        if ((*stays)[s].count == stay->count && (*stays)[s].told == stay->told &&
            !memcmp((*stays)[s].cells, stay->cells, stay->count * sizeof *stay->cells)) {
            (*stays)[s].days++;
            (*stays)[s].values += stay->values;
            return;
        }
    *stays = alloc_resize(*stays, *count + 1, sizeof **stays);
    (*stays)[(*count)++] = *stay;
}

/* The smallest that is larger, or that one. */
static uint32_t weight_above(const struct told_weight *weights, size_t count, uint32_t than)
{
    uint32_t found = than;
    for (size_t c = 0; c < count; c++)
        if (weights[c].counts > than && (found == than || weights[c].counts < found))
            found = weights[c].counts;
    return found;
}

/* What sums of these weights tell of what days say is what that of them does that is cut least; but they are no cover
 * where any is cut. */
static enum dominance_left left_of(const struct told_weight *weights, size_t count)
{
    enum dominance_left least = DOMINANCE_FAR, most = DOMINANCE_WHOLE;
    for (size_t c = 0; c < count; c++) {
        enum dominance_left left = dominance_left(weights[c].counts, weights[c].whole);
        least = left < least ? left : least;
        most = left > most ? left : most;
    }
    return least < DOMINANCE_FAR && most > DOMINANCE_WHOLE ? DOMINANCE_NEAR : least;
}

/* What the days give to sums; weights: in each cell. What they weigh in some and not in others is an amount of those
 * alone: one less the other says it. */
static void give_stay(struct floor *f, const struct probe *of, const struct stay *stay,
                      const struct told_weight *weights)
{
    for (uint32_t from = 0, to = 0; stay->values > 0; from = to) {
        size_t cells[STAY_CELLS], count = 0;
        to = weight_above(weights, stay->count, from);
        for (size_t c = 0; c < stay->count; c++)
            if (weights[c].counts >= to)
                cells[count++] = stay->cells[c];
        if (to == from)
            return;
        floor_give(f, of->number, stay->values * (to - from) / FLOOR_WEIGHT_ONE, left_of(weights, stay->count), cells,
                   count);
    }
}

/* What is not known to have weighed anything else weighed what it does. */
static void feed_stay(const struct past *p, struct floor *f, const struct probe *of, const struct stay *stay)
{
    struct told_weight weights[STAY_CELLS];
    uint32_t counts[STAY_CELLS];
    for (size_t c = 0; c < stay->count; c++) {
        size_t cell = stay->cells[c], last = cell - p->listed_count; /* in figures of now, or in last ones */
        weights[c] = cell < p->listed_count ? weight_now(of, p->listed[cell].group)
                                            : told_line_weight(&of->line, last, weight_now(of, p->shown[last].group));
        counts[c] = weights[c].counts;
    }
    if (stay->told)
        floor_add_told(f, of->number, of->network, stay->days, stay->cells, counts, stay->count);
    else
        floor_add(f, of->number, of->network, stay->days, stay->cells, stay->count);
    give_stay(f, of, stay, weights);
}

static void feed(struct past *p, struct floor *f, const struct probe *of)
{
    struct stay *stays = NULL;
    size_t count = 0;
    for (size_t n = 0; n < of->now.count; n++) {
        const struct told_day *now = &of->now.list[n];
        struct stay stay = {.told = now->met, .days = 1, .values = now->value};
        stay_join(&stay, p, &p->sets_now.list[now->set], false);
        if (now->same != TOLD_NONE)
            stay_join(&stay, p, &p->sets_told.list[of->told.list[now->same].set], true);
        add_stay(&stays, &count, &stay);
    }
    for (size_t t = 0; t < of->told.count; t++) {
        struct stay stay = {.told = true, .days = 1};
        if (of->told.list[t].met)
            continue;
        stay_join(&stay, p, &p->sets_told.list[of->told.list[t].set], true);
        add_stay(&stays, &count, &stay);
    }
    for (size_t s = 0; s < count; s++)
        feed_stay(p, f, of, &stays[s]);
    free(stays);
}

/* ---- groups ---- */

/* The group of a day: all the cells that it lies in are of one. */
static struct group *group_at(const struct past *p, const struct told_day *now)
{
    const struct cellset *set = &p->sets_now.list[now->set];
    return set->count ? &p->groups[p->listed[set->cells[0]].group] : NULL;
}

/* Up to which day each group was told, and what came late. */
static void look_back(struct past *p)
{
    for (size_t c = 0; c < p->listed_count; c++) {
        struct group *g = &p->groups[p->listed[c].group];
        if (p->listed[c].shown == SIZE_MAX)
            continue;
        g->days.before = true;
        if (p->shown[p->listed[c].shown].made > g->made)
            g->made = p->shown[p->listed[c].shown].made;
    }
    for (int late = 0; late < 2; late++)
        for (size_t i = 0; i < p->probe_count; i++)
            for (size_t n = 0; n < p->probes[i].now.count; n++) {
                const struct told_day *now = &p->probes[i].now.list[n];
                struct group *g = group_at(p, now);
                if (!g)
                    continue;
                if (now->day > g->days.as_of)
                    g->days.as_of = now->day;
                if (!late && now->met && now->day > g->days.after)
                    g->days.after = now->day;
                if (late && !now->met && now->day <= g->days.after)
                    crowd_add(&g->days.late, p->probes[i].number, p->probes[i].network, 1);
            }
}

/* For how long an edition should wait for the cell. */
static int patience(const struct past *p, const struct floor *f, const struct listed *c)
{
    const struct crowd *fresh = floor_fresh(f, c->number);
    bool before = c->shown != SIZE_MAX;
    if (floor_verdict(f, c->number) != FLOOR_DIFFERENCE || fresh->days == 0)
        return 0;
    if (crowd_enough(fresh))
        return before && p->shown[c->shown].made == p->groups[c->group].made ? PAST_PATIENCE_DAYS : 0;
    return fresh->probe_count < FLOOR_PROBES || fresh->network_count < FLOOR_NETWORKS ? PAST_PATIENCE_LINES
                                                                                      : PAST_PATIENCE_DAYS;
}

static void decide(struct past *p, const struct floor *f)
{
    for (size_t c = 0; c < p->listed_count; c++) {
        struct group *g = &p->groups[p->listed[c].group];
        if (g->days.before && p->today - g->made < patience(p, f, &p->listed[c]))
            g->waits = true;
    }
    for (size_t g = 0; g < p->group_count; g++) {
        size_t coarsest = p->listed[p->groups[g].first].number;
        p->groups[g].days.cover = floor_changed(f, coarsest) > floor_fresh(f, coarsest)->days;
        p->groups[g].days.weighed = floor_weighed(f, coarsest);
    }
    for (size_t c = 0; c < p->listed_count; c++) {
        struct listed *cell = &p->listed[c];
        cell->verdict = floor_verdict(f, cell->number);
        if (p->groups[cell->group].waits && cell->verdict == FLOOR_SHOWN)
            cell->verdict = FLOOR_DIFFERENCE;
        cell->moved = cell->verdict == FLOOR_SHOWN && (cell->shown == SIZE_MAX || floor_changed(f, cell->number) > 0 ||
                                                       p->shown[cell->shown].method != p->method);
    }
}

void past_decide(struct past *p, struct floor *f)
{
    for (size_t i = 0; i < p->shown_count; i++)
        p->shown[i].past = floor_past(f);
    for (size_t c = 0; c < p->listed_count; c++) {
        const struct shown *shown = p->listed[c].shown == SIZE_MAX ? NULL : &p->shown[p->listed[c].shown];
        if (shown)
            floor_follow(f, p->listed[c].number, shown->past);
        if (shown && shown->method != p->method)
            floor_renew(f, p->listed[c].number);
    }
    for (size_t i = 0; i < p->probe_count; i++) {
        meet(&p->probes[i]);
        feed(p, f, &p->probes[i]);
    }
    floor_decide(f);
    look_back(p);
    decide(p, f);
}

bool past_held(const struct past *p, size_t number)
{
    return p->listed[number].shown != SIZE_MAX && p->listed[number].verdict != FLOOR_SHOWN;
}

bool past_stands(const struct past *p, size_t number)
{
    return p->listed[number].shown != SIZE_MAX && !p->listed[number].moved;
}

enum floor_verdict past_verdict(const struct past *p, size_t number)
{
    return p->listed[number].verdict;
}

bool past_moves(const struct past *p, const char *group)
{
    for (size_t g = 0; g < p->group_count; g++)
        if (!strcmp(p->groups[g].name, group))
            return p->listed[p->groups[g].first].moved;
    return false;
}

void past_hold_back(struct past *p, size_t number, bool back)
{
    p->listed[number].verdict = back ? FLOOR_DOMINATED : FLOOR_SHOWN;
    p->listed[number].moved = !back;
}

json_t *past_left(const struct past *p)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < p->shown_count; i++)
        if (!p->shown[i].listed)
            json_array_append_new(keys, json_string(p->shown[i].key));
    return keys;
}

static const struct probe *known_probe(const struct past *p, const char *name)
{
    const json_t *known = json_object_get(p->names, name);
    return known ? &p->probes[json_integer_value(known)] : NULL;
}

/* Days came in their order. */
static const struct told_day *day_at(const struct told_days *days, int32_t day)
{
    size_t low = 0, high = days->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days->list[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < days->count && days->list[low].day == day ? &days->list[low] : NULL;
}

bool past_is_fresh(const struct past *p, const char *probe, int32_t day)
{
    const struct probe *of = known_probe(p, probe);
    const struct told_day *now = of ? day_at(&of->now, day) : NULL;
    return now && !now->met;
}

/* ---- what last figures count ---- */

static bool holds(const struct cellset *set, size_t cell)
{
    for (size_t c = 0; c < set->count; c++)
        if (set->cells[c] == cell)
            return true;
    return false;
}

bool past_shown(const struct past *p, size_t number)
{
    return p->listed[number].shown != SIZE_MAX;
}

bool past_counts(const struct past *p, size_t number, const char *probe, int32_t day)
{
    const struct probe *of = known_probe(p, probe);
    const struct told_day *now = of ? day_at(&of->now, day) : NULL;
    return now && now->same != TOLD_NONE &&
           holds(&p->sets_told.list[of->told.list[now->same].set], p->listed[number].shown);
}

bool past_counted(const struct past *p, size_t number, const char *probe, int32_t day)
{
    const struct probe *of = known_probe(p, probe);
    const struct told_day *then = of ? day_at(&of->told, day) : NULL, *end = of ? of->told.list + of->told.count : NULL;
    bool counted = false;
    for (; then && then < end && then->day == day; then++) /* it may have been told twice, of other cells */
        counted |= holds(&p->sets_told.list[then->set], p->listed[number].shown);
    return counted;
}

struct told_weight past_weight(const struct past *p, size_t number, const char *probe)
{
    const struct probe *of = known_probe(p, probe);
    return of ? told_line_weight(&of->line, p->listed[number].shown, weight_now(of, p->listed[number].group))
              : (struct told_weight){FLOOR_WEIGHT_ONE, FLOOR_WEIGHT_ONE};
}

void past_walk_gone(const struct past *p, void (*fn)(void *context, const struct past_gone *gone), void *context)
{
    for (size_t i = 0; i < p->probe_count; i++) {
        const struct probe *of = &p->probes[i];
        for (size_t t = 0; t < of->told.count; t++) {
            const struct cellset *set = &p->sets_told.list[of->told.list[t].set];
            size_t cells[STAY_CELLS], count = 0;
            if (of->told.list[t].met)
                continue;
            for (size_t c = 0; c < p->listed_count && count < STAY_CELLS; c++)
                if (p->listed[c].shown != SIZE_MAX && holds(set, p->listed[c].shown))
                    cells[count++] = p->listed[c].number;
            if (count > 0)
                fn(context, &(struct past_gone){of->name, of->number, cells, count});
        }
    }
}

struct past_days past_days_of(const struct past *p, const char *group)
{
    for (size_t g = 0; g < p->group_count; g++)
        if (!strcmp(p->groups[g].name, group))
            return p->groups[g].days;
    return (struct past_days){.after = INT32_MIN, .until = INT32_MAX, .as_of = INT32_MIN};
}
