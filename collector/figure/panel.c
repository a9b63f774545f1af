#include "collector/figure/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/cell_parts.h"
#include "collector/disclosure/cellset.h"
#include "collector/disclosure/dominance.h"
#include "collector/disclosure/floor.h"
#include "collector/figure/line.h"
#include "collector/figure/random.h"
#include "collector/disclosure/residue.h"
#include "common/json.h"

#define ROUNDING 1e-9

/* ---- what lines say ---- */

struct reading {
    const char *country, *source;
    struct panel *panel;
    struct stat_sample *days;
    size_t count, cap;
};

static bool is_of(const struct cells_day *d, const char *country, const char *source)
{
    return (d->line || d->gone) && !strcmp(d->country, country) && !strcmp(d->source, source);
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
    if (!is_of(d, r->country, r->source) || d->gone || d->weight <= 0)
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
    uint32_t place;   /* the set of these figures */
    double weight;    /* of all of them, in those; 0: they are in none, or cut down there */
    double counts;    /* the line in the new figure, with all its days; 0: it is not in it */
    double value;     /* what it says; 0: that is not known */
    bool told;        /* another figure over lines has it, which counts it alike */
    const char *line; /* where figures over lines may have it */
    size_t *cells;
    size_t count;
};

/* Who lies in which figures, now and before. */
struct bearing {
    const char *country, *source;
    const struct panel *panel;
    const struct panel_lines *lines;
    const json_t *told;
    struct floor *floor;
    struct residue_unit *units;
    double *values; /* of what they say */
    size_t unit_count, unit_cap;
    size_t *cells; /* number of a shown cell -> its number in the floor, FLOOR_NONE while it has none */
    size_t now;
    size_t *then, *alike; /* told -> its number in the floor; some of those */
    struct cellsets places;
    struct stay stay, next;
};

json_int_t panel_mark(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (json_int_t)(random_next(&bits) >> 34) + 1;
}

/* One of a figure that is out: the new one is held against all of these, however few are left of what they counted. */
static size_t out_cell(struct bearing *b)
{
    size_t cell = floor_cell(b->floor, 0, FLOOR_NONE);
    floor_out(b->floor, cell);
    return cell;
}

static void list_cells(void *context, const struct cells_day *d)
{
    struct bearing *b = context;
    if (!is_of(d, b->country, b->source))
        return;
    for (size_t k = 0; k < d->shown_count; k++)
        if (b->cells[d->shown[k]] == FLOOR_NONE)
            b->cells[d->shown[k]] = out_cell(b);
}

/* Its part of what the line counts in the new figure comes when all its days are known. */
static void add_unit(struct bearing *b, const struct stay *stay)
{
    if (b->unit_count == b->unit_cap) {
        b->unit_cap = b->unit_cap ? b->unit_cap * 2 : 256;
        b->units = alloc_resize(b->units, b->unit_cap, sizeof *b->units);
        b->values = alloc_resize(b->values, b->unit_cap, sizeof *b->values);
    }
    b->values[b->unit_count] = stay->value;
    b->units[b->unit_count++] = (struct residue_unit){.block = stay->place,
                                                      .line = stay->household,
                                                      .network = stay->network,
                                                      .days = stay->days,
                                                      .added = stay->counts,
                                                      .taken = stay->weight};
}

/* ---- what a line said ---- */

#define NOT_IN (-1) /* no mark */

/* In a figure that is out; otherwise: where it is not known. */
static json_int_t said(const struct bearing *b, size_t t, const char *line, json_int_t otherwise)
{
    const json_t *mark = json_object_get(json_array_get(b->told, t), line);
    if (!mark)
        return NOT_IN;
    return json_integer_value(mark) ? json_integer_value(mark) : otherwise;
}

static bool said_before(const struct bearing *b, size_t t, const char *line, json_int_t now)
{
    for (size_t u = 0; u < t; u++)
        if (said(b, u, line, now) == said(b, t, line, now))
            return true;
    return false;
}

/* Days of a line as it was in figures that are out, where it is gone or says something else than `now`: days of their
 * own, in all that heard the same of it. */
static void add_said(struct bearing *b, const char *line, json_int_t now, bool gone, const struct stay *of)
{
    for (size_t t = 0; t < json_array_size(b->told); t++) {
        json_int_t mark = said(b, t, line, now);
        size_t count = 0;
        if (mark == NOT_IN || (mark == now && !gone) || said_before(b, t, line, now))
            continue;
        for (size_t u = t; u < json_array_size(b->told); u++)
            if (said(b, u, line, now) == mark)
                b->alike[count++] = b->then[u];
        floor_add(b->floor, of->household, of->network, of->days, b->alike, count);
    }
}

/* ---- where its days lie ---- */

/* The figures over lines that have its days: of those that are out, and the new one. */
static void join_lines(struct bearing *b, struct stay *stay)
{
    stay->value = b->panel->values[json_integer_value(json_object_get(b->panel->numbers, stay->line))];
    json_int_t mark = panel_mark(stay->value);
    for (size_t t = 0; t < json_array_size(b->told); t++) {
        json_int_t then = said(b, t, stay->line, mark);
        stay->told |= then != NOT_IN;
        if (then == mark)
            stay->cells[stay->count++] = b->then[t];
    }
    add_said(b, stay->line, mark, false, stay);
    const json_t *place = json_object_get(b->lines->places, stay->line);
    if (!place)
        return;
    stay->cells[stay->count++] = b->now;
    stay->counts = b->lines->weights ? b->lines->weights[json_integer_value(place)] : 1;
}

static void end_stay(struct bearing *b)
{
    struct stay *stay = &b->stay;
    if (stay->days && stay->line)
        join_lines(b, stay);
    if (stay->days && stay->count)
        floor_add(b->floor, stay->household, stay->network, stay->days, stay->cells, stay->count);
    if (stay->days && (stay->counts > 0 || (stay->weight > 0 && !stay->told)))
        add_unit(b, stay);
    stay->days = 0;
}

static bool goes_on(const struct stay *stay, const struct stay *next)
{
    return stay->days && stay->household == next->household && stay->network == next->network &&
           !stay->line == !next->line && stay->count == next->count &&
           !memcmp(stay->cells, next->cells, next->count * sizeof *next->cells);
}

static void add_day(void *context, const struct cells_day *d)
{
    struct bearing *b = context;
    if (!is_of(d, b->country, b->source))
        return;
    b->next = (struct stay){d->household, d->network, 1, .weight = d->told, .cells = b->next.cells};
    for (size_t k = 0; k < d->shown_count; k++)
        b->next.cells[b->next.count++] = b->cells[d->shown[k]];
    b->next.place = cellsets_number(&b->places, d->shown, d->shown_count, b->stay.place);
    if (!d->gone && d->weight > 0)
        b->next.line = d->line;
    if (goes_on(&b->stay, &b->next)) {
        b->stay.days++;
        b->stay.weight += b->next.weight;
        return;
    }
    end_stay(b);
    struct stay stay = b->stay;
    b->stay = b->next;
    b->next = stay;
}

/* What a line that is gone said in the first figure that knows it. */
static json_int_t said_first(const struct bearing *b, const char *line)
{
    json_int_t mark = 0;
    for (size_t t = 0; mark == 0 && t < json_array_size(b->told); t++)
        mark = json_integer_value(json_object_get(json_array_get(b->told, t), line));
    return mark;
}

/* Lines of figures that are out of which nothing is left: of no network that is known. */
static void add_gone(struct bearing *b)
{
    _cleanup_json_ json_t *gone = json_object();
    const char *line;
    json_t *told, *mark;
    size_t t;
    json_array_foreach(b->told, t, told)
        json_object_foreach(told, line, mark) if (!json_object_get(b->panel->numbers, line))
            json_object_set(gone, line, mark);
    struct stay stay = {.household = UINT32_MAX, .days = FLOOR_DAYS};
    json_object_foreach(gone, line, mark)
    {
        add_said(b, line, said_first(b, line), true, &stay);
        stay.household--;
    }
}

static struct bearing bearing_new(struct cells *c, const char *country, const char *source, const struct panel *p,
                                  const struct panel_lines *lines, const json_t *told)
{
    size_t count = cells_list_count(c), out = json_array_size(told);
    struct bearing b = {.country = country, .source = source, .panel = p, .lines = lines, .told = told};
    b.floor = floor_new();
    b.cells = alloc_zero(count, sizeof *b.cells);
    for (size_t i = 0; i < count; i++)
        b.cells[i] = FLOOR_NONE;
    b.then = alloc_zero(out, sizeof *b.then);
    b.alike = alloc_zero(out, sizeof *b.alike);
    b.stay.cells = alloc_zero(CELLS_OF_DAY_MAX + out + 1, sizeof *b.stay.cells);
    b.next.cells = alloc_zero(CELLS_OF_DAY_MAX + out + 1, sizeof *b.next.cells);
    return b;
}

static void bearing_free(struct bearing *b)
{
    free(b->cells);
    free(b->units);
    free(b->values);
    free(b->then);
    free(b->alike);
    free(b->stay.cells);
    free(b->next.cells);
    cellsets_free(&b->places);
    floor_free(b->floor);
}

/* Behind the largest number of a line. */
static size_t lines_end(const struct bearing *b)
{
    size_t end = 0;
    for (size_t u = 0; u < b->unit_count; u++)
        end = b->units[u].line >= end ? (size_t)b->units[u].line + 1 : end;
    return end;
}

/* A line's days count in the new figure as many parts of it as there are of them. */
static void share_out(struct bearing *b)
{
    uint32_t *days = alloc_zero(lines_end(b) + 1, sizeof *days);
    for (size_t u = 0; u < b->unit_count; u++)
        days[b->units[u].line] += b->units[u].days;
    for (size_t u = 0; u < b->unit_count; u++)
        b->units[u].added *= (double)b->units[u].days / days[b->units[u].line];
    free(days);
}

/* The figure of a cut that days of a set of figures are in; 0: none. */
static uint32_t part_of(const struct cells *c, const struct cellset *place, size_t cut)
{
    for (size_t k = 0; k < place->count; k++)
        if (c->list[place->cells[k]].cut == cut)
            return (uint32_t)place->cells[k] + 1;
    return 0;
}

/* Of the figures of a cut, when the new one is taken off them, each in its measure: in weights, or in what lines give.
 */
static bool leaves_few(const struct bearing *b, const struct cells *c, size_t cut, bool amounts)
{
    _cleanup_(residue_freep) struct residue *residue = amounts ? residue_of_amounts() : residue_new();
    struct residue_unit *units = alloc_zero(b->unit_count, sizeof *units);
    for (size_t u = 0; u < b->unit_count; u++) {
        units[u] = b->units[u];
        units[u].block = part_of(c, &b->places.list[units[u].block], cut);
        units[u].added *= amounts ? b->values[u] : 1;
        units[u].taken *= amounts ? b->values[u] : 1;
    }
    residue_add(residue, units, b->unit_count);
    free(units);
    return residue_verdict(residue) == RESIDUE_FEW;
}

/* Does one line give most of the new figure by itself? Where two are cut (weight.h), what is left may be a third's. */
static bool is_dominated(const struct bearing *b)
{
    size_t end = lines_end(b);
    double *lines = alloc_zero(end + 1, sizeof *lines), largest = 0, second = 0, whole = 0;
    for (size_t u = 0; u < b->unit_count; u++)
        lines[b->units[u].line] += b->units[u].added * b->values[u];
    for (size_t l = 0; l < end; l++) {
        second = fmax(second, fmin(largest, lines[l]));
        largest = fmax(largest, lines[l]);
        whole += lines[l];
    }
    free(lines);
    return largest * (1 - ROUNDING) > DOMINANCE_TIMES * fmax(0, whole - largest - second);
}

static bool leaves_few_of_any(const struct bearing *b, const struct cells *c, const struct panel_lines *lines)
{
    for (size_t cut = 0; cut < CUTS; cut++)
        if (!(cell_cuts[cut].dimensions & DIM_FAMILY) &&
            ((lines->sums && leaves_few(b, c, cut, false)) || (lines->means && leaves_few(b, c, cut, true))))
            return true;
    return false;
}

bool panel_bears(struct cells *c, const char *country, const char *source, const struct panel *p,
                 const struct panel_lines *lines, const json_t *told)
{
    if (cells_lifted(c, source))
        return true;
    _cleanup_(bearing_free) struct bearing b = bearing_new(c, country, source, p, lines, told);
    for (size_t t = 0; t < json_array_size(told); t++)
        b.then[t] = out_cell(&b);
    cells_walk(c, list_cells, &b);
    b.now = floor_cell(b.floor, 1, FLOOR_NONE);
    cells_walk(c, add_day, &b);
    end_stay(&b);
    add_gone(&b);
    floor_decide(b.floor);
    share_out(&b);
    return floor_verdict(b.floor, b.now) == FLOOR_SHOWN && !leaves_few_of_any(&b, c, lines) &&
           !(lines->means && is_dominated(&b));
}
