#include "collector/figure/past_parts.h"

void past_hid_failed(struct past *p, size_t cell)
{
    p->shown[cell].failed_hidden = true;
}

bool past_hides_failed(struct past *p, size_t number, bool now)
{
    struct listed *cell = &p->listed[number];
    cell->failed_hidden |= now || (cell->shown != SIZE_MAX && p->shown[cell->shown].failed_hidden);
    return cell->failed_hidden;
}

/* The cells that moved get their new figure's number. */
static bool replace(struct past *p)
{
    bool any = false;
    for (size_t c = 0; c < p->listed_count; c++) {
        struct listed *cell = &p->listed[c];
        if (!cell->kept || !cell->moved)
            continue;
        any = true;
        if (cell->shown == SIZE_MAX)
            cell->shown = past_cell(p, cell->key, p->today, p->method);
        p->shown[cell->shown].group = cell->group;
        p->shown[cell->shown].made = p->today;
        p->shown[cell->shown].method = p->method;
        p->shown[cell->shown].replaced = true;
        p->shown[cell->shown].failed_hidden |= cell->failed_hidden;
    }
    return any;
}

/* Those of a told day's cells whose figure stands. */
static size_t standing(const struct past *p, const struct cellset *set, size_t *cells)
{
    size_t count = 0;
    for (size_t c = 0; c < set->count && count < STAY_CELLS; c++)
        if (!p->shown[set->cells[c]].replaced)
            cells[count++] = set->cells[c];
    return count;
}

/* What of a probe's days is told from now on. */
static struct told_days told_now(struct past *p, const struct probe *of)
{
    struct told_days told = {0};
    size_t cells[2 * STAY_CELLS], n = 0;
    for (size_t i = 0; i < of->now.count; i++) {
        const struct told_day *now = &of->now.list[i];
        const struct cellset *set = &p->sets_now.list[now->set];
        size_t count = now->same == TOLD_NONE ? 0
                                              : standing(p, &p->sets_told.list[of->told.list[now->same].set], cells);
        for (size_t c = 0; c < set->count && c < STAY_CELLS; c++)
            if (p->listed[set->cells[c]].kept && p->listed[set->cells[c]].moved)
                cells[count++] = p->listed[set->cells[c]].shown;
        if (count > 0 || now->met)
            told_add(&told, now->day, cellsets_number(&p->sets_told, cells, count, 0), now->mark);
    }
    for (size_t i = 0; i < of->told.count; i++) {
        const struct told_day *old = &of->told.list[i];
        if (old->met)
            continue;
        while (n < of->now.count && of->now.list[n].day < old->day)
            n++;
        size_t count = standing(p, &p->sets_told.list[old->set], cells);
        if (count > 0 || n == of->now.count || of->now.list[n].day != old->day)
            told_keep(&told, old, cellsets_number(&p->sets_told, cells, count, 0));
    }
    return told;
}

/* What the probe weighs from now on in the figures that count its told days. */
static json_t *line_now(const struct past *p, const struct probe *of, const struct told_days *told)
{
    _cleanup_(told_line_free) struct told_line line = {.last = of->line.last == INT32_MIN ? of->waited : of->line.last};
    for (size_t d = 0; d < told->count; d++) {
        const struct cellset *set = &p->sets_told.list[told->list[d].set];
        for (size_t c = 0; c < set->count && (d == 0 || told->list[d].set != told->list[d - 1].set); c++) {
            bool replaced = p->shown[set->cells[c]].replaced;
            struct told_weight now = weight_now(of, p->shown[set->cells[c]].group);
            told_line_set(&line, set->cells[c], replaced ? now : told_line_weight(&of->line, set->cells[c], now));
            line.last = replaced ? of->waited : line.last;
        }
    }
    return told_line_write(&line, of->name);
}

json_t *past_keep(struct past *p)
{
    if (!replace(p))
        return NULL;
    json_t *cells = json_array(), *days = json_array(), *lines = json_array();
    for (size_t i = 0; i < p->shown_count; i++)
        json_array_append_new(cells,
                              json_pack("{s:s, s:i, s:i, s:b}", "key", p->shown[i].key, "made", p->shown[i].made,
                                        "method", p->shown[i].method, "failed_hidden", p->shown[i].failed_hidden));
    for (size_t i = 0; i < p->probe_count; i++) {
        struct told_days told = told_now(p, &p->probes[i]);
        told_write(&told, p->probes[i].name, &p->sets_told, days);
        if (told.count > 0)
            json_array_append_new(lines, line_now(p, &p->probes[i], &told));
        told_free(&told);
    }
    return json_pack("{s:o, s:o, s:o}", "cells", cells, "days", days, "lines", lines);
}
