#include "collector/figure/cell_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/dominance.h"
#include "collector/figure/told.h"
#include "common/fnv.h"
#include "common/json.h"

const struct cell_field cell_fields[FIELD_COUNT] = {
    [FIELD_COUNTRY] = {"country", 0},
    [FIELD_SOURCE] = {"source", 0},
    [FIELD_DEPARTMENT] = {"geo", DIM_DEPARTMENT},
    [FIELD_OPERATOR] = {"operator", DIM_OPERATOR},
    [FIELD_TECHNOLOGY] = {"technology", DIM_TECHNOLOGY},
    [FIELD_FAMILY] = {"family", DIM_FAMILY},
    [FIELD_ZONE] = {"zone", DIM_ZONE},
};

const struct cell_cut cell_cuts[CUTS] = {
    {0, FLOOR_NONE},   {DIM_DEPARTMENT, 0},
    {DIM_OPERATOR, 0}, {DIM_TECHNOLOGY, 0},
    {DIM_FAMILY, 0},   {DIM_OPERATOR | DIM_DEPARTMENT, 2},
    {DIM_ZONE, 0},     {DIM_OPERATOR | DIM_TECHNOLOGY, 2},
};

/* ---- the cuts ---- */

static int by_cell(const void *a, const void *b, void *dimensions)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!cell_fields[f].dimension || (*(unsigned *)dimensions & cell_fields[f].dimension)) &&
            x->fields[f] != y->fields[f])
            return x->fields[f] < y->fields[f] ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->probe > y->probe) - (x->probe < y->probe);
}

bool cell_holds_both(const struct row *x, const struct row *y, unsigned dimensions)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!cell_fields[f].dimension || (dimensions & cell_fields[f].dimension)) && x->fields[f] != y->fields[f])
            return false;
    return true;
}

/* Rows of one family stand beside those of both together: a cut by family takes
 * the first, every other cut the second. */
static bool belongs(const struct row *row, unsigned dimensions)
{
    if ((row->fields[FIELD_FAMILY] != 0) != ((dimensions & DIM_FAMILY) != 0))
        return false;
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((dimensions & cell_fields[f].dimension) && !row->fields[f])
            return false;
    return true;
}

/* The cell that holds the row's in a coarser cut. A row of one family is in no
 * cell of both families: the one of its country and source is looked for. */
static size_t larger_of(const struct cells *c, const struct row *row, size_t cut)
{
    if (cell_cuts[cut].larger == FLOOR_NONE || row->cells[cell_cuts[cut].larger] != FLOOR_NONE)
        return cell_cuts[cut].larger == FLOOR_NONE ? FLOOR_NONE : row->cells[cell_cuts[cut].larger];
    for (size_t i = 0; i < c->list_count; i++)
        if (c->list[i].cut == 0 && cell_holds_both(c->list[i].rows[0], row, 0))
            return i;
    return FLOOR_NONE;
}

static void list_cell(struct cells *c, struct row **rows, size_t count, size_t cut)
{
    if (c->list_count == c->list_cap) {
        c->list_cap = c->list_cap ? c->list_cap * 2 : 64;
        c->list = alloc_resize(c->list, c->list_cap, sizeof *c->list);
    }
    size_t number = floor_cell(c->floor, (unsigned)cut, larger_of(c, rows[0], cut));
    c->list[c->list_count++] = (struct cell){rows, count, cut, number, NULL};
    for (size_t i = 0; i < count; i++)
        rows[i]->cells[cut] = number;
}

static bool has_value(struct row *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isnan(rows[i]->value))
            return true;
    return false;
}

static void list_cut(struct cells *c, size_t cut)
{
    unsigned dimensions = cell_cuts[cut].dimensions;
    struct row **rows = c->orders[cut] = alloc_zero(c->count + 1, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (belongs(&c->rows[i], dimensions))
            rows[count++] = &c->rows[i];
    qsort_r(rows, count, sizeof *rows, by_cell, &dimensions);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && cell_holds_both(rows[from], rows[to], dimensions); to++)
            ;
        if (has_value(rows + from, to - from))
            list_cell(c, rows + from, to - from, cut);
    }
}

/* ---- the decision ---- */

/* What tells one cell from all others, over the years: the texts of its fields. The zone stands last, and only where
 * the cell is of one: keys were kept before there were any. The caller frees. */
static char *key_of(const struct cells *c, const struct cell *cell)
{
    _cleanup_json_ json_t *key = json_array();
    for (int f = 0; f < FIELD_COUNT; f++) {
        uint32_t text = cell->rows[0]->fields[f];
        bool of = !cell_fields[f].dimension || (cell_cuts[cell->cut].dimensions & cell_fields[f].dimension);
        if (f != FIELD_ZONE || (of && text))
            json_array_append_new(key, of && text ? json_string(c->texts[text]) : json_null());
    }
    return json_text(key);
}

/* Figures that are held against each other: those of one country and source. The caller frees. */
static char *group_named(const char *country, const char *source)
{
    return alloc_format("%s %s", country, source);
}

static char *group_of(const struct cells *c, const struct row *row)
{
    return group_named(c->texts[row->fields[FIELD_COUNTRY]], c->texts[row->fields[FIELD_SOURCE]]);
}

/* No household stands behind what was simulated. */
static bool simulated(const char *source)
{
    return !strcmp(source, "simulated");
}

static void list_past(struct cells *c)
{
    for (size_t i = 0; i < c->list_count; i++) {
        const struct row *row = c->list[i].rows[0];
        _cleanup_text_ char *key = key_of(c, &c->list[i]), *group = group_of(c, row);
        past_list(c->past, group, key, c->list[i].number, !simulated(c->texts[row->fields[FIELD_SOURCE]]));
    }
}

static uint64_t hash_text(uint64_t seed, const struct cells *c, uint32_t text)
{
    return fnv_add(seed, c->texts[text], strlen(c->texts[text]) + 1);
}

static uint16_t folded(uint64_t hash)
{
    return (uint16_t)(hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48);
}

/* What a probe-day says, and where. `failing`: the days without any value before it are told with it. Another line is
 * another household, which weighs otherwise; not so a new box on it. The zone is by itself: of days that were told
 * before there were any it is not known. */
static uint64_t mark_of(const struct cells *c, const struct row *rows, size_t count, int64_t failing)
{
    uint64_t before = FNV_START, mark = fnv_add(hash_text(before, c, rows->oldest), &failing, sizeof failing);
    for (size_t i = 0; i < count; i++) {
        mark = fnv_add(mark, &rows[i].failed, sizeof rows[i].failed);
        if (isnan(rows[i].value))
            continue;
        for (int f = 0; f < FIELD_COUNT; f++)
            if (f != FIELD_ZONE && rows[i].fields[f])
                before = hash_text(before, c, rows[i].fields[f]);
        before = fnv_add(before, &rows[i].value, sizeof rows[i].value);
        before = fnv_add(before, &rows[i].samples, sizeof rows[i].samples);
    }
    mark = fnv_add(mark, &before, sizeof before);
    uint32_t zone = rows->fields[FIELD_ZONE];
    return told_mark((uint32_t)(mark ^ mark >> 32), folded(before), zone ? folded(hash_text(FNV_START, c, zone)) : 0);
}

/* The cells of one probe-day: of its row and those of its families. */
struct stay {
    size_t cells[CUTS + 1]; /* of two families at once */
    size_t count;
};

static struct stay stay_of(const struct row *rows, size_t count)
{
    struct stay stay = {.count = 0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < CUTS && !isnan(rows[i].value); k++)
            if (rows[i].cells[k] != FLOOR_NONE && stay.count < COUNT(stay.cells))
                stay.cells[stay.count++] = rows[i].cells[k];
    return stay;
}

/* Are its figures sums of what lines say? These have no figures by family. */
static bool sums(const struct indicator *i)
{
    for (size_t s = 0; s < i->statistic_count; s++)
        if (i->statistics[s].what.kind == STAT_MEAN)
            return true;
    return false;
}

/* What a probe-day says in both families together. */
static double value_of(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!rows[i].fields[FIELD_FAMILY] && !isnan(rows[i].value))
            return rows[i].value;
    return 0;
}

/* Rows come probe by probe, and day by day. */
static void add_days(struct cells *c)
{
    int64_t failing = 0;
    for (size_t from = 0, to; from < c->count; from = to) {
        const struct row *row = &c->rows[from];
        int64_t failed = 0;
        for (to = from; to < c->count && c->rows[to].probe == row->probe && c->rows[to].day == row->day; to++)
            failed += c->rows[to].failed;
        failing = from > 0 && row[-1].probe == row->probe ? failing : 0;
        struct stay stay = stay_of(row, to - from);
        if (stay.count > 0)
            past_add(c->past, c->texts[row->probe], c->texts[row->line], row->network, row->day,
                     mark_of(c, row, to - from, failing), stay.cells, stay.count);
        if (stay.count > 0 && sums(c->indicator))
            past_value(c->past, value_of(row, to - from));
        failing = stay.count > 0 ? 0 : failing + failed;
    }
}

/* The last of each family's rows with a value stands for the days behind it. */
static void expect(struct row *rows, size_t count, int32_t last)
{
    for (size_t i = 0; i < count; i++) {
        bool later = false;
        for (size_t k = i + 1; k < count && !later; k++)
            later = rows[k].fields[FIELD_FAMILY] == rows[i].fields[FIELD_FAMILY] && !isnan(rows[k].value);
        if (!later && !isnan(rows[i].value))
            rows[i].due += row_upto(&rows[i], last) - row_upto(&rows[i], rows[i].last);
    }
}

/* One that has brought nothing since it was told is waited for up to the day it was then. */
static void await(struct cells *c)
{
    for (size_t from = 0, to; from < c->count; from = to) {
        const char *probe = c->texts[c->rows[from].probe];
        for (to = from; to < c->count && c->rows[to].probe == c->rows[from].probe; to++)
            ;
        int32_t last = past_waited(c->past, probe, c->rows[from].last);
        if (last != c->rows[from].last)
            expect(c->rows + from, to - from, last);
        for (size_t i = from; i < to; i++)
            c->rows[i].last = last;
    }
}

void cells_decide(struct cells *c)
{
    if (c->floor)
        return;
    c->floor = floor_new();
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < CUTS; k++)
            c->rows[i].cells[k] = FLOOR_NONE;
    for (size_t k = 0; k < CUTS; k++)
        if ((c->indicator->dimensions & cell_cuts[k].dimensions) == cell_cuts[k].dimensions)
            list_cut(c, k);
    list_past(c);
    add_days(c);
    await(c);
    cells_weigh(c);
    if (sums(c->indicator))
        cells_cut(c);
    past_decide(c->past, c->floor);
    if (indicator_main(c->indicator)->what.kind == STAT_MEAN)
        cells_debut(c);
}

bool cells_lifted(const struct cells *c, const char *source)
{
    return c->lifted || (c->lifted_simulated && simulated(source));
}

bool cell_lifted(const struct cells *c, const struct cell *cell)
{
    return cells_lifted(c, c->texts[cell->rows[0]->fields[FIELD_SOURCE]]);
}

enum floor_verdict cell_verdict(const struct cells *c, const struct cell *cell)
{
    return cell_lifted(c, cell) ? FLOOR_SHOWN : past_verdict(c->past, cell->number);
}

bool cell_held(const struct cells *c, const struct cell *cell)
{
    return !cell_lifted(c, cell) && past_stands(c->past, cell->number);
}

struct past_days cell_past(const struct cells *c, const struct cell *cell)
{
    _cleanup_text_ char *group = group_of(c, cell->rows[0]);
    return past_days_of(c->past, group);
}

bool cell_fresh(const struct cells *c, const struct row *row)
{
    return past_is_fresh(c->past, c->texts[row->probe], row->day);
}

bool cell_pointed(const struct cells *c, const struct cell *country, int32_t day)
{
    _cleanup_text_ char *group = group_of(c, country->rows[0]);
    return past_has_point(c->past, group, day);
}

/* What figures tell of a day that weighs so much in them. */
static double told_of(struct told_weight weight)
{
    bool told = dominance_left(weight.counts, weight.whole) != DOMINANCE_FAR;
    return told ? (double)weight.counts / FLOOR_WEIGHT_ONE : 0;
}

double cell_counts(const struct row *row)
{
    return dominance_left(row->cut, 1) == DOMINANCE_FAR ? 0 : row->weight * row->cut;
}

double cell_weighed(const struct cells *c, const struct cell *cell, const struct row *row)
{
    const char *probe = c->texts[row->probe];
    if (!past_shown(c->past, cell->number) || !past_counts(c->past, cell->number, probe, row->day))
        return 0;
    return told_of(past_weight(c->past, cell->number, probe));
}

/* The names of a cell's figures, of its key. */
static void name_figures(const struct cells *c, const json_t *key, json_t *out)
{
    for (size_t s = 0; s < c->indicator->statistic_count; s++) {
        json_t *figure = json_pack("{s:s}", "statistic", c->indicator->statistics[s].name);
        for (int f = 0; f < FIELD_COUNT; f++)
            json_object_set(figure, cell_fields[f].column, json_array_get(key, (size_t)f));
        json_array_append_new(out, figure);
    }
}

json_t *cells_left(struct cells *c)
{
    json_t *figures = json_array();
    cells_decide(c);
    _cleanup_json_ json_t *keys = past_left(c->past);
    size_t k;
    const json_t *text;
    json_array_foreach(keys, k, text)
    {
        _cleanup_json_ json_t *key = json_loads(json_string_value(text), 0, NULL);
        _cleanup_text_ char *group = group_named(json_string_value(json_array_get(key, FIELD_COUNTRY)),
                                                 json_string_value(json_array_get(key, FIELD_SOURCE)));
        if (!c->lifted && !past_moves(c->past, group))
            name_figures(c, key, figures);
    }
    return figures;
}

json_t *cells_keep(struct cells *c)
{
    cells_decide(c);
    return c->lifted ? NULL : past_keep(c->past);
}

/* ---- for those who look at days ---- */

static_assert(CUTS + 1 <= CELLS_OF_DAY_MAX, "a day lies in one cell a cut, or in those of two families");

/* Does the cell's published figure count the day? */
static bool counts(const struct cells *c, size_t number, const struct row *row)
{
    const struct cell *cell = &c->list[number];
    if (cell_lifted(c, cell) || !past_shown(c->past, number))
        return cell_verdict(c, cell) == FLOOR_SHOWN;
    return past_counts(c->past, number, c->texts[row->probe], row->day);
}

/* Where the country has no figure that was told, all its days are in what may be. */
static struct told_weight weight_in_country(const struct cells *c, const struct row *row)
{
    size_t country = row->cells[0];
    if (past_shown(c->past, country) && !cell_lifted(c, &c->list[country]) && !counts(c, country, row))
        return (struct told_weight){0, 0};
    return past_weight(c->past, country, c->texts[row->probe]);
}

static struct cells_day describe_day(const struct cells *c, const struct row *row, const struct stay *stay)
{
    struct told_weight weight = weight_in_country(c, row);
    struct cells_day day = {
        .household = row->line,
        .network = row->network,
        .country = c->texts[row->fields[FIELD_COUNTRY]],
        .source = c->texts[row->fields[FIELD_SOURCE]],
        .line = c->texts[row->line],
        .voucher = c->texts[row->voucher],
        .value = row->value,
        .weight = (double)weight.whole / FLOOR_WEIGHT_ONE,
        .told = told_of(weight),
    };
    for (size_t k = 0; k < stay->count; k++)
        if (counts(c, stay->cells[k], row))
            day.shown[day.shown_count++] = stay->cells[k];
    return day;
}

struct walk {
    const struct cells *cells;
    const struct row *first; /* of the last probe that was asked for */
    void (*fn)(void *context, const struct cells_day *d);
    void *context;
};

/* A probe of which nothing is left has no network that is known. */
static void walk_gone(void *context, const struct past_gone *gone)
{
    struct walk *w = context;
    const struct cells *c = w->cells;
    const struct row *place = c->list[gone->cells[0]].rows[0];
    struct cells_day day = {.household = c->text_count + gone->line,
                            .country = c->texts[place->fields[FIELD_COUNTRY]],
                            .source = c->texts[place->fields[FIELD_SOURCE]],
                            .gone = true};
    uint32_t probe = (uint32_t)json_integer_value(json_object_get(c->numbers, gone->probe));
    for (size_t i = 0; probe && i < c->count && (!w->first || w->first->probe != probe); i++)
        if (c->rows[i].probe == probe)
            w->first = &c->rows[i];
    if (probe && w->first && w->first->probe == probe) {
        day.household = w->first->line;
        day.network = w->first->network;
    }
    for (size_t k = 0; k < gone->count && day.shown_count < CELLS_OF_DAY_MAX; k++) {
        day.shown[day.shown_count++] = gone->cells[k];
        if (c->list[gone->cells[k]].cut == 0)
            day.told = told_of(past_weight(c->past, gone->cells[k], gone->probe));
    }
    w->fn(w->context, &day);
}

void cells_walk(struct cells *c, void (*fn)(void *context, const struct cells_day *d), void *context)
{
    cells_decide(c);
    for (size_t from = 0, to; from < c->count; from = to) {
        const struct row *whole = NULL;
        for (to = from;
             to < c->count && c->rows[to].probe == c->rows[from].probe && c->rows[to].day == c->rows[from].day; to++)
            if (!c->rows[to].fields[FIELD_FAMILY])
                whole = &c->rows[to];
        struct stay stay = stay_of(&c->rows[from], to - from);
        if (!whole || isnan(whole->value))
            continue;
        struct cells_day day = describe_day(c, whole, &stay);
        fn(context, &day);
    }
    past_walk_gone(c->past, walk_gone, &(struct walk){c, NULL, fn, context});
}

size_t cells_list_count(struct cells *c)
{
    cells_decide(c);
    return c->list_count;
}
