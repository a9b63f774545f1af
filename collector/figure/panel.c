#include "collector/figure/panel.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/floor.h"
#include "collector/figure/line.h"
#include "collector/figure/random.h"

/* ---- what lines say ---- */

struct reading {
    const char *country, *source;
    struct panel *panel;
    struct stat_sample *days;
    size_t count, cap;
};

static bool is_of(const struct cells_day *d, const char *country, const char *source)
{
    return d->line && !strcmp(d->country, country) && !strcmp(d->source, source);
}

static uint32_t number_of(struct panel *p, const struct cells_day *d)
{
    const json_t *known = json_object_get(p->numbers, d->line);
    if (known)
        return (uint32_t)json_integer_value(known);
    if (d->voucher)
        json_object_set_new(p->vouchers, d->line, json_string(d->voucher));
    json_object_set_new(p->numbers, d->line, json_integer((json_int_t)p->count));
    return (uint32_t)p->count++;
}

static void read_day(void *context, const struct cells_day *d)
{
    struct reading *r = context;
    if (!is_of(d, r->country, r->source))
        return;
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 256;
        r->days = alloc_resize(r->days, r->cap, sizeof *r->days);
    }
    r->days[r->count++] = (struct stat_sample){d->value, number_of(r->panel, d)};
}

void panel_read(struct cells *c, const char *country, const char *source, const struct stat_what *what,
                struct panel *ret)
{
    *ret = (struct panel){.numbers = json_object(), .vouchers = json_object()};
    struct reading r = {.country = country, .source = source, .panel = ret};
    size_t count;
    cells_walk(c, read_day, &r);
    struct line *lines = line_values(what, r.days, r.count, &count);
    ret->values = alloc_zero(count, sizeof *ret->values);
    for (size_t l = 0; l < count; l++)
        ret->values[lines[l].number] = lines[l].value;
    free(lines);
    free(r.days);
}

void panel_free(struct panel *p)
{
    json_decref(p->numbers);
    json_decref(p->vouchers);
    free(p->values);
    *p = (struct panel){0};
}

/* ---- what a figure over some of them tells ---- */

/* Days of a line one after the other that lie in the same figures. */
struct stay {
    uint32_t household, network, days;
    size_t cells[CELLS_OF_DAY_MAX + PANEL_TOLD_MAX + 1];
    size_t count;
};

/* Who lies in which figures, now and before. */
struct bearing {
    const char *country, *source;
    const struct panel *panel;
    const json_t *lines, *const *told;
    struct floor *floor;
    size_t *cells; /* number of a shown cell -> its number in the floor, FLOOR_NONE while it has none */
    size_t now, then[PANEL_TOLD_MAX];
    struct stay stay;
};

json_int_t panel_mark(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (json_int_t)(random_next(&bits) >> 34) + 1;
}

static void list_cells(void *context, const struct cells_day *d)
{
    struct bearing *b = context;
    if (!is_of(d, b->country, b->source))
        return;
    for (size_t k = 0; k < d->shown_count; k++)
        if (b->cells[d->shown[k]] == FLOOR_NONE)
            b->cells[d->shown[k]] = floor_cell(b->floor, 1, FLOOR_NONE);
}

static void end_stay(struct bearing *b)
{
    if (b->stay.days)
        floor_add(b->floor, b->stay.household, b->stay.network, b->stay.days, b->stay.cells, b->stay.count);
    b->stay.days = 0;
}

/* Does the line say what it did in a figure that is out? */
static bool says_still(const struct bearing *b, const char *line, const json_t *mark)
{
    const json_t *number = json_object_get(b->panel->numbers, line);
    return json_integer_value(mark) == 0 ||
           json_integer_value(mark) == panel_mark(b->panel->values[json_integer_value(number)]);
}

static void add_day(void *context, const struct cells_day *d)
{
    struct bearing *b = context;
    struct stay stay = {.household = d->household, .network = d->network, .days = 1};
    if (!is_of(d, b->country, b->source))
        return;
    for (size_t k = 0; k < d->shown_count; k++)
        stay.cells[stay.count++] = b->cells[d->shown[k]];
    for (size_t t = 0; t < PANEL_TOLD_MAX; t++) {
        const json_t *mark = json_object_get(b->told[t], d->line);
        if (mark && says_still(b, d->line, mark))
            stay.cells[stay.count++] = b->then[t];
        else if (mark)
            floor_add(b->floor, d->household, d->network, 1, &b->then[t], 1);
    }
    if (json_object_get(b->lines, d->line))
        stay.cells[stay.count++] = b->now;
    if (b->stay.days && b->stay.household == stay.household && b->stay.count == stay.count &&
        !memcmp(b->stay.cells, stay.cells, stay.count * sizeof *stay.cells)) {
        b->stay.days++;
        return;
    }
    end_stay(b);
    b->stay = stay;
}

/* Lines of figures that are out of which nothing is left: of no network that is known. */
static void add_gone(struct bearing *b)
{
    uint32_t household = UINT32_MAX;
    for (size_t t = 0; t < PANEL_TOLD_MAX; t++) {
        const char *line;
        json_t *mark;
        json_object_foreach((json_t *)b->told[t], line, mark) if (!json_object_get(b->panel->numbers, line))
            floor_add(b->floor, household--, 0, FLOOR_DAYS, &b->then[t], 1);
    }
}

bool panel_bears(struct cells *c, const char *country, const char *source, const struct panel *p, const json_t *lines,
                 const json_t *const told[static PANEL_TOLD_MAX])
{
    if (cells_lifted(c, source))
        return true;
    size_t count = cells_list_count(c);
    struct bearing b = {country, source, p, lines, told, floor_new(), alloc_zero(count, sizeof *b.cells), 0, {0}, {0}};
    for (size_t i = 0; i < count; i++)
        b.cells[i] = FLOOR_NONE;
    /* What is out is tried first, so that the new figure is held against all of it. */
    for (size_t t = 0; t < PANEL_TOLD_MAX; t++)
        b.then[t] = floor_cell(b.floor, 0, FLOOR_NONE);
    cells_walk(c, list_cells, &b);
    b.now = floor_cell(b.floor, 2, FLOOR_NONE);
    cells_walk(c, add_day, &b);
    end_stay(&b);
    add_gone(&b);
    floor_decide(b.floor);
    bool bears = floor_verdict(b.floor, b.now) == FLOOR_SHOWN;
    free(b.cells);
    floor_free(b.floor);
    return bears;
}
