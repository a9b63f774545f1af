#include "collector/figure/cell.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/day.h"
#include "collector/figure/floor.h"
#include "collector/figure/line.h"
#include "collector/figure/past.h"
#include "collector/figure/rank.h"
#include "collector/figure/tally.h"
#include "common/clock.h"
#include "common/json.h"

/* What a probe-day is grouped by; each text is a number in the table of texts,
 * 0 is none. The order of the fields is the order of cells in the output. */
enum field {
    FIELD_COUNTRY,
    FIELD_SOURCE,
    FIELD_DEPARTMENT,
    FIELD_OPERATOR,
    FIELD_TECHNOLOGY,
    FIELD_FAMILY,
    FIELD_COUNT
};

static const struct {
    const char *column;
    unsigned dimension; /* 0: in every cut */
} fields[FIELD_COUNT] = {
    [FIELD_COUNTRY] = {"country", 0},
    [FIELD_SOURCE] = {"source", 0},
    [FIELD_DEPARTMENT] = {"geo", DIM_DEPARTMENT},
    [FIELD_OPERATOR] = {"operator", DIM_OPERATOR},
    [FIELD_TECHNOLOGY] = {"technology", DIM_TECHNOLOGY},
    [FIELD_FAMILY] = {"family", DIM_FAMILY},
};

/* What figures are made of, coarse cuts first, and the cut whose cell holds the
 * value of one that is hidden. */
static const struct {
    unsigned dimensions;
    size_t larger;
} cuts[] = {
    {0, FLOOR_NONE},     {DIM_DEPARTMENT, 0}, {DIM_OPERATOR, 0},
    {DIM_TECHNOLOGY, 0}, {DIM_FAMILY, 0},     {DIM_OPERATOR | DIM_DEPARTMENT, 2},
};
#define CUTS COUNT(cuts)

struct row {
    uint32_t fields[FIELD_COUNT];
    uint32_t probe, line, network, voucher;
    int32_t day;
    uint32_t due; /* the days that it stands for */
    bool ended;   /* the last of a probe that is silent since */
    int64_t samples, failed;
    double value;       /* NAN: such a day is in no figure but for its failures */
    size_t cells[CUTS]; /* numbers of the cells that it lies in, or FLOOR_NONE */
};

struct cell {
    struct row *const *rows; /* sorted by probe */
    size_t count;
    size_t cut;    /* in cuts */
    size_t number; /* in the floor */
    json_t *main;  /* its main figure, borrowed, when it has a value */
};

struct cells {
    const struct indicator *indicator;
    struct row *rows;
    size_t count, cap;
    int64_t whole;
    json_t *numbers; /* text -> its number */
    char **texts;    /* number -> text; [0] is none */
    uint32_t text_count;
    struct floor *floor; /* NULL until it is decided */
    struct past *past;
    bool lifted;
    struct row **orders[CUTS];
    struct cell *list; /* in the order of their numbers */
    size_t list_count, list_cap;
};

struct cells *cells_new(const struct indicator *i, bool lifted)
{
    struct cells *c = alloc_zero(1, sizeof *c);
    c->indicator = i;
    c->lifted = lifted;
    c->past = past_new(INT32_MAX);
    c->numbers = json_object();
    c->text_count = 1;
    c->texts = alloc_zero(1, sizeof *c->texts);
    return c;
}

void cells_free(struct cells *c)
{
    if (!c)
        return;
    for (uint32_t t = 1; t < c->text_count; t++)
        free(c->texts[t]);
    free(c->texts);
    for (size_t k = 0; k < CUTS; k++)
        free(c->orders[k]);
    free(c->list);
    floor_free(c->floor);
    past_free(c->past);
    json_decref(c->numbers);
    free(c->rows);
    free(c);
}

void cells_remember(struct cells *c, struct past *past)
{
    past_free(c->past);
    c->past = past;
}

int64_t cells_count(const struct cells *c)
{
    return c->whole;
}

static uint32_t number_of(struct cells *c, const char *text)
{
    if (!text)
        return 0;
    const json_t *known = json_object_get(c->numbers, text);
    if (known)
        return (uint32_t)json_integer_value(known);
    c->texts = alloc_resize(c->texts, c->text_count + 1, sizeof *c->texts);
    c->texts[c->text_count] = alloc_text(text);
    json_object_set_new(c->numbers, text, json_integer(c->text_count));
    return c->text_count++;
}

/* Days from one to the last that was expected, both within; at least that one. */
static uint32_t upto(int32_t day, int32_t last)
{
    return last > day ? (uint32_t)(last - day) + 1 : 1;
}

/* A day with a value stands for itself and for the days without one behind it, up
 * to the probe's next of the same family, or to the last that was expected of it;
 * its first one for those before it as well. So each day that was expected counts
 * where the probe stood when it last measured. */
static void spread(struct cells *c, const struct probe_day *d)
{
    struct row *row = &c->rows[c->count - 1], *before = NULL;
    for (size_t i = c->count - 1; !before && i > 0 && c->rows[i - 1].probe == row->probe; i--)
        if (c->rows[i - 1].fields[FIELD_FAMILY] == row->fields[FIELD_FAMILY] && !isnan(c->rows[i - 1].value))
            before = &c->rows[i - 1];
    row->due = upto(row->day, d->last);
    row->ended = d->silent;
    if (before) {
        before->due -= upto(before->day, d->last) - (uint32_t)(row->day - before->day);
        before->ended = false;
    } else if (row->day > d->first) {
        row->due += (uint32_t)(row->day - d->first);
    }
}

void cells_add(struct cells *c, const struct probe_day *d)
{
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->rows = alloc_resize(c->rows, c->cap, sizeof *c->rows);
    }
    c->rows[c->count++] = (struct row){
        .fields = {[FIELD_COUNTRY] = number_of(c, d->country),
                   [FIELD_SOURCE] = number_of(c, d->source),
                   [FIELD_DEPARTMENT] = number_of(c, d->department),
                   [FIELD_OPERATOR] = number_of(c, d->carrier),
                   [FIELD_TECHNOLOGY] = number_of(c, d->technology),
                   [FIELD_FAMILY] = number_of(c, d->family)},
        .probe = number_of(c, d->probe),
        .line = number_of(c, d->line),
        .network = number_of(c, d->network),
        .voucher = number_of(c, d->voucher),
        .day = d->day,
        .samples = d->samples,
        .failed = d->failed,
        .value = d->value,
    };
    c->whole += d->family == NULL && !isnan(d->value);
    if (!isnan(d->value))
        spread(c, d);
}

/* ---- the cuts ---- */

static int by_cell(const void *a, const void *b, void *dimensions)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!fields[f].dimension || (*(unsigned *)dimensions & fields[f].dimension)) && x->fields[f] != y->fields[f])
            return x->fields[f] < y->fields[f] ? -1 : 1;
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static bool same_cell(const struct row *x, const struct row *y, unsigned dimensions)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!fields[f].dimension || (dimensions & fields[f].dimension)) && x->fields[f] != y->fields[f])
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
        if ((dimensions & fields[f].dimension) && !row->fields[f])
            return false;
    return true;
}

/* The cell that holds the row's in a coarser cut. A row of one family is in no
 * cell of both families: the one of its country and source is looked for. */
static size_t larger_of(const struct cells *c, const struct row *row, size_t cut)
{
    if (cuts[cut].larger == FLOOR_NONE || row->cells[cuts[cut].larger] != FLOOR_NONE)
        return cuts[cut].larger == FLOOR_NONE ? FLOOR_NONE : row->cells[cuts[cut].larger];
    for (size_t i = 0; i < c->list_count; i++)
        if (c->list[i].cut == 0 && same_cell(c->list[i].rows[0], row, 0))
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
    unsigned dimensions = cuts[cut].dimensions;
    struct row **rows = c->orders[cut] = alloc_zero(c->count + 1, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (belongs(&c->rows[i], dimensions))
            rows[count++] = &c->rows[i];
    qsort_r(rows, count, sizeof *rows, by_cell, &dimensions);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && same_cell(rows[from], rows[to], dimensions); to++)
            ;
        if (has_value(rows + from, to - from))
            list_cell(c, rows + from, to - from, cut);
    }
}

/* ---- the decision ---- */

/* What tells one cell from all others, over the years: the texts of its fields. The caller frees. */
static char *key_of(const struct cells *c, const struct cell *cell)
{
    _cleanup_json_ json_t *key = json_array();
    for (int f = 0; f < FIELD_COUNT; f++) {
        uint32_t text = cell->rows[0]->fields[f];
        bool of = !fields[f].dimension || (cuts[cell->cut].dimensions & fields[f].dimension);
        json_array_append_new(key, of && text ? json_string(c->texts[text]) : json_null());
    }
    return json_text(key);
}

/* Figures that are held against each other: those of one country and source. The caller frees. */
static char *group_of(const struct cells *c, const struct row *row)
{
    return alloc_format("%s %s", c->texts[row->fields[FIELD_COUNTRY]], c->texts[row->fields[FIELD_SOURCE]]);
}

/* No household stands behind what was simulated. */
static void list_past(struct cells *c)
{
    for (size_t i = 0; i < c->list_count; i++) {
        const struct row *row = c->list[i].rows[0];
        _cleanup_text_ char *key = key_of(c, &c->list[i]), *group = group_of(c, row);
        past_list(c->past, group, key, c->list[i].number,
                  strcmp(c->texts[row->fields[FIELD_SOURCE]], "simulated") != 0);
    }
}

/* FNV-1a */
static uint64_t hash(uint64_t seed, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        seed = (seed ^ at[i]) * 0x100000001b3u;
    return seed;
}

/* What a probe-day says, and where. */
static uint16_t mark_of(const struct cells *c, const struct row *rows, size_t count)
{
    uint64_t mark = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) {
        if (isnan(rows[i].value))
            continue;
        for (int f = 0; f < FIELD_COUNT; f++)
            if (rows[i].fields[f])
                mark = hash(mark, c->texts[rows[i].fields[f]], strlen(c->texts[rows[i].fields[f]]) + 1);
        mark = hash(mark, &rows[i].value, sizeof rows[i].value);
        mark = hash(mark, &rows[i].samples, sizeof rows[i].samples);
    }
    return (uint16_t)(mark ^ mark >> 16 ^ mark >> 32 ^ mark >> 48);
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

/* Rows come probe by probe, and day by day. */
static void add_days(struct cells *c)
{
    for (size_t from = 0, to; from < c->count; from = to) {
        const struct row *row = &c->rows[from];
        for (to = from; to < c->count && c->rows[to].probe == row->probe && c->rows[to].day == row->day; to++)
            ;
        struct stay stay = stay_of(row, to - from);
        if (stay.count > 0)
            past_add(c->past, c->texts[row->probe], row->probe, row->network, row->day, mark_of(c, row, to - from),
                     stay.cells, stay.count);
    }
}

static void decide(struct cells *c)
{
    if (c->floor)
        return;
    c->floor = floor_new();
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < CUTS; k++)
            c->rows[i].cells[k] = FLOOR_NONE;
    for (size_t k = 0; k < CUTS; k++)
        if ((c->indicator->dimensions & cuts[k].dimensions) == cuts[k].dimensions)
            list_cut(c, k);
    list_past(c);
    add_days(c);
    past_decide(c->past, c->floor);
}

static enum floor_verdict verdict_of(const struct cells *c, const struct cell *cell)
{
    return c->lifted ? FLOOR_SHOWN : past_verdict(c->past, cell->number);
}

static bool held(const struct cells *c, const struct cell *cell)
{
    return !c->lifted && past_stands(c->past, cell->number);
}

static struct past_days past_of(const struct cells *c, const struct cell *cell)
{
    _cleanup_text_ char *group = group_of(c, cell->rows[0]);
    return past_days_of(c->past, group);
}

/* ---- for those who look at days ---- */

static_assert(CUTS + 1 <= CELLS_OF_DAY_MAX, "a day lies in one cell a cut, or in those of two families");

static struct cells_day describe_day(const struct cells *c, const struct row *row, const struct stay *stay)
{
    struct cells_day day = {
        .probe = row->probe,
        .network = row->network,
        .country = c->texts[row->fields[FIELD_COUNTRY]],
        .source = c->texts[row->fields[FIELD_SOURCE]],
        .line = c->texts[row->line],
        .voucher = c->texts[row->voucher],
        .value = row->value,
    };
    for (size_t k = 0; k < stay->count; k++)
        if (verdict_of(c, &c->list[stay->cells[k]]) == FLOOR_SHOWN || held(c, &c->list[stay->cells[k]]))
            day.shown[day.shown_count++] = stay->cells[k];
    return day;
}

void cells_walk(struct cells *c, void (*fn)(void *context, const struct cells_day *d), void *context)
{
    decide(c);
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
}

size_t cells_list_count(struct cells *c)
{
    decide(c);
    return c->list_count;
}

bool cells_lifted(const struct cells *c)
{
    return c->lifted;
}

/* ---- one cell ---- */

/* Its probe-days; the caller frees. */
static struct tally_day *tallied(const struct cell *cell)
{
    struct tally_day *days = alloc_zero(cell->count, sizeof *days);
    for (size_t i = 0; i < cell->count; i++) {
        const struct row *r = cell->rows[i];
        days[i] = (struct tally_day){r->probe,   r->network, r->voucher, r->day,  r->value,
                                     r->samples, r->failed,  r->due,     r->ended};
    }
    return days;
}

static struct tally tally_cell(const struct cell *cell)
{
    struct tally_day *days = tallied(cell);
    struct tally t = tally_days(days, cell->count);
    free(days);
    return t;
}

/* The members that every figure of the cell has. */
static json_t *describe(const struct cells *c, const struct cell *cell, const struct statistic *s, const char *floor)
{
    const struct row *row = cell->rows[0];
    json_t *figure = json_pack("{s:s, s:s, s:s, s:s, s:i}", "indicator", c->indicator->id, "statistic", s->name, "unit",
                               c->indicator->unit[LANG_EN], "floor", floor, "method_version", c->indicator->method);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (row->fields[f] && (!fields[f].dimension || (cuts[cell->cut].dimensions & fields[f].dimension)))
            json_object_set_new(figure, fields[f].column, json_string(c->texts[row->fields[f]]));
    return figure;
}

/* How many lines there are, in steps: which one it was that came tells of it. */
static int lines_of(const struct crowd *crowd)
{
    static const int steps[] = {0, 1, 1, 3, 3, 5};
    uint32_t lines = crowd->network_count < crowd->probe_count ? crowd->network_count : crowd->probe_count;
    return steps[lines];
}

/* Says that a cell is hidden, and where its value counts. */
static void hide(const struct cells *c, const struct cell *cell, json_t *figure)
{
    static const char *const steps[FLOOR_PROBES + 1] = {"none", "1 or 2", NULL, "3 or 4", NULL, "5"};
    size_t larger = floor_larger(c->floor, cell->number);
    if (larger != FLOOR_NONE) {
        bool country = c->list[larger].cut == 0;
        json_object_set_new(figure, "note",
                            json_sprintf("%s; counted in the %s",
                                         floor_verdict(c->floor, cell->number) == FLOOR_SMALL
                                             ? "below the publication floor"
                                             : "would tell of too few lines by subtraction",
                                         country ? "figure of all lines" : "operator"));
        return;
    }
    int lines = lines_of(floor_crowd(c->floor, cell->number));
    json_object_set_new(figure, "lines", json_integer(lines));
    json_object_set_new(figure, "note",
                        lines < FLOOR_PROBES
                            ? json_sprintf("not enough lines yet: %s of %d", steps[lines], FLOOR_PROBES)
                            : json_sprintf("not enough days yet: fewer than %d days of measurement", FLOOR_DAYS));
}

static void publish(const struct cells *c, struct cell *cell, json_t *figures)
{
    static const char *const words[] = {[FLOOR_SHOWN] = "met", [FLOOR_SMALL] = "n<5", [FLOOR_DIFFERENCE] = "hidden"};
    enum floor_verdict verdict = verdict_of(c, cell);
    _cleanup_tally_ struct tally t = tally_cell(cell);
    for (size_t s = 0; s < c->indicator->statistic_count; s++) {
        const struct statistic *statistic = &c->indicator->statistics[s];
        bool tells = c->lifted || tally_tells(&t, &statistic->what);
        const char *word = c->lifted ? "off" : verdict == FLOOR_SHOWN && !tells ? "hidden" : words[verdict];
        json_t *figure = describe(c, cell, statistic, word);
        json_array_append_new(figures, figure);
        if (verdict != FLOOR_SHOWN) {
            hide(c, cell, figure);
            continue;
        }
        if (!tells) {
            json_object_set_new(figure, "note", json_string("too few lines for this percentile"));
            continue;
        }
        char as_of[TIME_TEXT_SIZE];
        time_format((int64_t)past_of(c, cell).as_of * 86400 * 1000000, as_of);
        json_object_set_new(figure, "as_of", json_stringn(as_of, 10));
        struct stat_interval interval;
        const char *kind = tally_interval(&t, &statistic->what, indicator_seed(c->indicator), &interval);
        json_object_update_new(figure, json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:I}", "value",
                                                 tally_value(&t, &statistic->what), "n_samples", (json_int_t)t.results,
                                                 "n_failed", (json_int_t)t.failed, "n_days", (json_int_t)t.count,
                                                 "n_probes", (json_int_t)t.probes, "n_networks", (json_int_t)t.networks,
                                                 "n_silent", (json_int_t)t.silent));
        if (statistic == indicator_main(c->indicator))
            cell->main = figure;
        if (kind)
            json_object_update_new(figure, json_pack("{s:f, s:f, s:s}", "low", interval.low, "high", interval.high,
                                                     "interval_kind", kind));
    }
}

/* ---- places among others ---- */

/* What each of the cell's lines says; the caller frees ret->lines. */
static void take_lines(const struct cells *c, const struct cell *cell, struct rank_cell *ret)
{
    struct stat_sample *days = alloc_zero(cell->count, sizeof *days);
    size_t count = 0;
    for (size_t i = 0; i < cell->count; i++)
        if (!isnan(cell->rows[i]->value))
            days[count++] = (struct stat_sample){cell->rows[i]->value, cell->rows[i]->line};
    struct line *lines = line_values(&indicator_main(c->indicator)->what, days, count, &ret->count);
    double *values = alloc_zero(ret->count, sizeof *values);
    for (size_t l = 0; l < ret->count; l++)
        values[l] = lines[l].value;
    free(lines);
    free(days);
    ret->lines = values;
    ret->value = json_number_value(json_object_get(cell->main, "value"));
}

/* Those of the cells that are shown get their places among each other. */
static void rank_shown(const struct cells *c, const struct cell *cells, size_t count)
{
    const struct indicator *i = c->indicator;
    struct rank_cell *shown = alloc_zero(count, sizeof *shown);
    struct rank *ranks = alloc_zero(count, sizeof *ranks);
    json_t **figures = alloc_zero(count, sizeof(json_t *));
    size_t n = 0;
    for (size_t k = 0; k < count; k++)
        if (cells[k].main) {
            take_lines(c, &cells[k], &shown[n]);
            figures[n++] = cells[k].main;
        }
    rank_cells(&indicator_main(i)->what, !strcmp(i->better, "high"), shown, n, indicator_seed(i), ranks);
    for (size_t k = 0; k < n; k++) {
        if (n > 1)
            json_object_update_new(
                figures[k], json_pack("{s:i, s:i}", "rank_low", (int)ranks[k].low, "rank_high", (int)ranks[k].high));
        free((double *)shown[k].lines);
    }
    free(figures);
    free(ranks);
    free(shown);
}

/* The figures of different editions have no places among each other. */
static bool any_held(const struct cells *c, const struct cell *cells, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (held(c, &cells[k]))
            return true;
    return false;
}

/* Operators among operators, departments among departments: of one country and source. */
static void rank_all(const struct cells *c)
{
    for (size_t from = 0, to; from < c->list_count; from = to) {
        const struct cell *first = &c->list[from];
        unsigned dimensions = cuts[first->cut].dimensions;
        for (to = from + 1;
             to < c->list_count && c->list[to].cut == first->cut && same_cell(first->rows[0], c->list[to].rows[0], 0);
             to++)
            ;
        if ((dimensions == DIM_OPERATOR || dimensions == DIM_DEPARTMENT) && !any_held(c, first, to - from))
            rank_shown(c, first, to - from);
    }
}

json_t *cells_figures(struct cells *c)
{
    json_t *figures = json_array();
    decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (!held(c, &c->list[i]))
            publish(c, &c->list[i], figures);
    if (strcmp(c->indicator->better, "-") != 0)
        rank_all(c);
    return figures;
}

json_t *cells_held(struct cells *c)
{
    json_t *figures = json_array();
    decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (held(c, &c->list[i]))
            publish(c, &c->list[i], figures);
    return figures;
}

json_t *cells_keep(struct cells *c)
{
    decide(c);
    return c->lifted ? NULL : past_keep(c->past);
}

/* ---- day by day ---- */

static void split_days(const struct cells *c, const struct cell *cell, json_t *out)
{
    const struct row *row = cell->rows[0];
    struct tally_day *rows = tallied(cell);
    size_t count = 0;
    struct past_days past = past_of(c, cell);
    for (size_t i = 0; i < cell->count; i++)
        if (!isnan(rows[i].value))
            rows[count++] = rows[i];
    _cleanup_json_ json_t *days = day_figures(rows, count, &indicator_main(c->indicator)->what,
                                              c->lifted ? NULL : &past);
    size_t d;
    json_t *day;
    json_array_foreach(days, d, day) json_object_update_new(
        day, json_pack("{s:s, s:s, s:s}", "indicator", c->indicator->id, "country",
                       c->texts[row->fields[FIELD_COUNTRY]], "source", c->texts[row->fields[FIELD_SOURCE]]));
    json_array_extend(out, days);
    free(rows);
}

json_t *cells_days(struct cells *c)
{
    json_t *days = json_array();
    decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (c->list[i].cut == 0 && verdict_of(c, &c->list[i]) == FLOOR_SHOWN)
            split_days(c, &c->list[i], days);
    return days;
}

json_t *cells_days_kept(struct cells *c)
{
    json_t *kept = json_array();
    decide(c);
    for (size_t i = 0; i < c->list_count; i++) {
        const struct row *row = c->list[i].rows[0];
        if (c->list[i].cut == 0 && !c->lifted && past_of(c, &c->list[i]).before)
            json_array_append_new(kept, json_pack("{s:s, s:s}", "country", c->texts[row->fields[FIELD_COUNTRY]],
                                                  "source", c->texts[row->fields[FIELD_SOURCE]]));
    }
    return kept;
}
