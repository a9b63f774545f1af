#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/calendar.h"
#include "collector/figure/cell_parts.h"
#include "collector/disclosure/cellset.h"
#include "collector/disclosure/crowd.h"
#include "collector/figure/day.h"
#include "collector/figure/line.h"
#include "collector/figure/rank.h"
#include "collector/figure/rounding.h"
#include "collector/figure/tally.h"
#include "common/clock.h"
#include "common/json.h"

/* ---- one cell ---- */

/* Its probe-days; the caller frees. cut: as the edition has them, else as they were measured. */
static struct tally_day *tallied(const struct cell *cell, bool cut)
{
    struct tally_day *days = alloc_zero(cell->count, sizeof *days);
    for (size_t i = 0; i < cell->count; i++) {
        const struct row *r = cell->rows[i];
        days[i] = (struct tally_day){r->line,   r->network, r->voucher, r->day,  r->value,  r->samples,
                                     r->failed, r->due,     r->ended,   r->late, r->barred, r->weight};
        days[i].value *= cut ? r->cut : 1;
    }
    return days;
}

struct tally cell_tally(const struct cell *cell)
{
    struct tally_day *days = tallied(cell, true);
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
        if (row->fields[f] &&
            (!cell_fields[f].dimension || (cell_cuts[cell->cut].dimensions & cell_fields[f].dimension)))
            json_object_set_new(figure, cell_fields[f].column, json_string(c->texts[row->fields[f]]));
    return figure;
}

/* How many lines there are, in steps: which one it was that came tells of it. */
static int lines_of(const struct crowd *crowd)
{
    static const int steps[] = {0, 1, 1, 3, 3, 5};
    uint32_t lines = crowd->network_count < crowd->probe_count ? crowd->network_count : crowd->probe_count;
    return steps[lines];
}

/* The floor would show it (debut.c). */
static bool is_held_back(const struct cells *c, size_t number)
{
    return cell_verdict(c, &c->list[number]) != FLOOR_SHOWN && !past_shown(c->past, number);
}

/* Says that a cell is hidden, and where its value counts. */
static void hide(const struct cells *c, const struct cell *cell, json_t *figure)
{
    static const char *const why[] = {
        [FLOOR_SMALL] = "below the publication floor",
        [FLOOR_DIFFERENCE] = "would tell of too few lines by subtraction",
        [FLOOR_HEAVY] = "one line would be more than a fifth of it",
        [FLOOR_DOMINATED] = "one line would be most of it, or of its difference from others",
        [FLOOR_UNKNOWN] = "one line would perhaps be most of its difference from others: too much to reckon",
    };
    static const char *const steps[FLOOR_PROBES + 1] = {"none", "1 or 2", NULL, "3 or 4", NULL, "5"};
    enum floor_verdict verdict = cell_verdict(c, cell);
    size_t larger = cell->number;
    do
        larger = floor_larger(c->floor, larger);
    while (larger != FLOOR_NONE && is_held_back(c, larger));
    if (larger != FLOOR_NONE) {
        bool country = c->list[larger].cut == 0;
        json_object_set_new(
            figure, "note",
            json_sprintf("%s; counted in the %s", why[verdict], country ? "figure of all lines" : "operator"));
        return;
    }
    int lines = lines_of(floor_crowd(c->floor, cell->number));
    json_object_set_new(figure, "lines", json_integer(lines));
    if (verdict != FLOOR_SMALL) {
        json_object_set_new(figure, "note", json_string(why[verdict]));
        return;
    }
    json_object_set_new(figure, "note",
                        lines < FLOOR_PROBES
                            ? json_sprintf("not enough lines yet: %s of %d", steps[lines], FLOOR_PROBES)
                            : json_sprintf("not enough days yet: fewer than %d days of measurement", FLOOR_DAYS));
}

static void publish(const struct cells *c, struct cell *cell, json_t *figures)
{
    static const char *const words[] = {
        [FLOOR_SHOWN] = "met",    [FLOOR_SMALL] = "n<5",        [FLOOR_DIFFERENCE] = "hidden",
        [FLOOR_HEAVY] = "hidden", [FLOOR_DOMINATED] = "hidden", [FLOOR_UNKNOWN] = "hidden",
    };
    enum floor_verdict verdict = cell_verdict(c, cell);
    _cleanup_tally_ struct tally t = cell_tally(cell);
    for (size_t s = 0; s < c->indicator->statistic_count; s++) {
        const struct statistic *statistic = &c->indicator->statistics[s];
        bool tells = cell_lifted(c, cell) || tally_tells(&t, &statistic->what);
        const char *word = cell_lifted(c, cell) ? "off" : verdict == FLOOR_SHOWN && !tells ? "hidden" : words[verdict];
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
        time_format((int64_t)cell_past(c, cell).as_of * 86400 * 1000000, as_of);
        json_object_set_new(figure, "as_of", json_stringn(as_of, 10));
        struct interval interval = tally_told(&t, &statistic->what, indicator_seed(c->indicator));
        double value = tally_value(&t, &statistic->what);
        json_object_update_new(figure, json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:I}", "value",
                                                 rounding_nearest(value, c->indicator->decimals), "n_samples",
                                                 (json_int_t)t.results, "n_failed", (json_int_t)t.failed, "n_days",
                                                 (json_int_t)t.count, "n_probes", (json_int_t)t.lines, "n_networks",
                                                 (json_int_t)t.networks, "n_silent", (json_int_t)t.silent));
        /* Everybody is told that of a country. */
        if (cell->cut == 0 && !cell_lifted(c, cell) && past_hides_failed(c->past, cell->number, t.failed_dominated))
            json_object_del(figure, "n_failed");
        if (statistic == indicator_main(c->indicator)) {
            cell->main = figure;
            cell->value = value;
        }
        if (interval.kind)
            json_object_update_new(figure, json_pack("{s:f, s:f, s:s}", "low", interval.low, "high", interval.high,
                                                     "interval_kind", interval.kind));
        else
            json_object_update_new(figure, json_pack("{s:s, s:I}", "interval_why", interval.why, "interval_lines",
                                                     (json_int_t)interval_lines(&statistic->what)));
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
    ret->value = cell->value;
}

struct shown {
    const char *name; /* of the operator or department */
    const struct cell *cell;
};

static int by_name(const void *a, const void *b)
{
    const struct shown *one = a, *other = b;
    return strcmp(one->name, other->name);
}

/* Those of the cells that are shown, by name: what is drawn for two of them is the same whichever lines came first. */
static struct shown *list_shown(const struct cell *cells, size_t count, enum field field, size_t *ret_count)
{
    struct shown *shown = alloc_zero(count + 1, sizeof *shown);
    *ret_count = 0;
    for (size_t k = 0; k < count; k++)
        if (cells[k].main)
            shown[(*ret_count)++] = (struct shown){
                json_string_value(json_object_get(cells[k].main, cell_fields[field].column)), &cells[k]};
    qsort(shown, *ret_count, sizeof *shown, by_name);
    return shown;
}

/* They get their places among each other. */
static void rank_shown(const struct cells *c, const struct cell *cells, size_t count, enum field field)
{
    const struct indicator *i = c->indicator;
    size_t n;
    struct shown *shown = list_shown(cells, count, field, &n);
    struct rank_cell *said = alloc_zero(n + 1, sizeof *said);
    struct rank *ranks = alloc_zero(n + 1, sizeof *ranks);
    for (size_t k = 0; k < n; k++)
        take_lines(c, shown[k].cell, &said[k]);
    rank_cells(&indicator_main(i)->what, !strcmp(i->better, "high"), said, n, indicator_seed(i), ranks);
    for (size_t k = 0; k < n; k++) {
        if (n > 1)
            json_object_update_new(shown[k].cell->main, json_pack("{s:i, s:i}", "rank_low", (int)ranks[k].low,
                                                                  "rank_high", (int)ranks[k].high));
        free((double *)said[k].lines);
    }
    free(ranks);
    free(said);
    free(shown);
}

/* The figures of different editions have no places among each other. */
static bool any_held(const struct cells *c, const struct cell *cells, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (cell_held(c, &cells[k]))
            return true;
    return false;
}

/* Operators among operators, departments among departments: of one country and source. */
static void rank_all(const struct cells *c)
{
    for (size_t from = 0, to; from < c->list_count; from = to) {
        const struct cell *first = &c->list[from];
        unsigned dimensions = cell_cuts[first->cut].dimensions;
        for (to = from + 1; to < c->list_count && c->list[to].cut == first->cut &&
                            cell_holds_both(first->rows[0], c->list[to].rows[0], 0);
             to++)
            ;
        if ((dimensions == DIM_OPERATOR || dimensions == DIM_DEPARTMENT) && !any_held(c, first, to - from))
            rank_shown(c, first, to - from, dimensions == DIM_OPERATOR ? FIELD_OPERATOR : FIELD_DEPARTMENT);
    }
}

json_t *cells_figures(struct cells *c)
{
    json_t *figures = json_array();
    cells_decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (!cell_held(c, &c->list[i]))
            publish(c, &c->list[i], figures);
    if (strcmp(c->indicator->better, "-") != 0)
        rank_all(c);
    return figures;
}

json_t *cells_held(struct cells *c)
{
    json_t *figures = json_array();
    cells_decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (cell_held(c, &c->list[i]))
            publish(c, &c->list[i], figures);
    return figures;
}

/* ---- day by day ---- */

#define NO_DAY INT32_MAX /* none that has a point */

static int by_late_day(const void *a, const void *b)
{
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
    return (x->day > y->day) - (x->day < y->day);
}

/* Lines of a day that are late come together to those that were told of where they are many. */
static void settle_late(const struct cell *cell)
{
    struct row **late = alloc_zero(cell->count, sizeof(struct row *));
    size_t count = 0;
    for (size_t i = 0; i < cell->count; i++)
        if (cell->rows[i]->late && !isnan(cell->rows[i]->value))
            late[count++] = cell->rows[i];
    if (count > 0)
        qsort(late, count, sizeof(struct row *), by_late_day);
    for (size_t from = 0, to; from < count; from = to) {
        struct crowd crowd = {.days = 0};
        for (to = from; to < count && late[to]->day == late[from]->day; to++)
            crowd_add(&crowd, late[to]->line, late[to]->network, 1);
        for (size_t i = from; i < to; i++)
            late[i]->late = !crowd_is_many(&crowd);
    }
    free(late);
}

/* What is shown anew beside the country's days: its parts, and who measured in which of them, when. */
static struct calendar *places_of(const struct cells *c, const struct cell *country)
{
    /* In cell_cuts; a family's days are in both families'. */
    static const size_t cuts[CALENDAR_CUTS] = {1, 2, 3, 5, 6, 7};
    struct calendar *places = calendar_new();
    uint32_t *parts = alloc_zero(c->list_count, sizeof *parts), last[CUTS] = {0};
    for (size_t i = 0; i < c->list_count; i++)
        if (cell_verdict(c, &c->list[i]) == FLOOR_SHOWN && !cell_held(c, &c->list[i]) &&
            cell_holds_both(c->list[i].rows[0], country->rows[0], 0))
            parts[i] = ++last[c->list[i].cut];
    int32_t after = cell_past(c, country).after;
    for (size_t i = 0; i < country->count; i++) {
        const struct row *row = country->rows[i];
        uint32_t in[CALENDAR_CUTS] = {0};
        if (isnan(row->value) || (row->day <= after && !cell_fresh(c, row)))
            continue;
        for (size_t k = 0; k < CALENDAR_CUTS; k++)
            in[k] = row->cells[cuts[k]] == FLOOR_NONE ? 0 : parts[row->cells[cuts[k]]];
        calendar_add(places, row->late ? NO_DAY : row->day, row->line, row->network, in);
    }
    free(parts);
    return places;
}

/* The figures that a day lies in of those that are shown, and of the last ones behind them where it asks for these.
 * Returns how many. */
static size_t figures_of(const struct cells *c, const struct row *row, bool last, size_t in[2 * CUTS])
{
    size_t count = 0;
    for (size_t k = 0; k < CUTS; k++) {
        size_t number = row->cells[k];
        if (number == FLOOR_NONE)
            continue;
        if (cell_verdict(c, &c->list[number]) == FLOOR_SHOWN && !cell_held(c, &c->list[number]))
            in[count++] = number;
        if (last && past_shown(c->past, number) && past_counts(c->past, number, c->texts[row->probe], row->day))
            in[count++] = c->list_count + number;
    }
    return count;
}

/* Notes in which shown figures each of the country's days lies, and what it counts there, and did in the last. The
 * caller frees the sets of figures, parts of the country, by places. */
static struct cellsets place_days(const struct cells *c, const struct cell *country, bool last, struct tally_day *days)
{
    struct cellsets parts = {0};
    for (size_t i = 0; i < country->count; i++) {
        size_t in[2 * CUTS], count = figures_of(c, country->rows[i], last, in);
        days[i].place = cellsets_number(&parts, in, count, i ? days[i - 1].place : 0);
        if (isnan(days[i].value))
            continue;
        days[i].fresh = last && cell_fresh(c, country->rows[i]);
        days[i].cut = country->rows[i]->cut < 1;
        days[i].counts = cell_counts(country->rows[i]);
        days[i].before = cell_weighed(c, country, country->rows[i]);
    }
    return parts;
}

struct tally_day *cell_days(const struct cells *c, const struct cell *country, bool last, struct cellsets *ret_parts,
                            size_t *ret_count)
{
    settle_late(country);
    struct tally_day *rows = tallied(country, false);
    *ret_parts = place_days(c, country, last, rows);
    *ret_count = 0;
    for (size_t i = 0; i < country->count; i++)
        if (!isnan(rows[i].value))
            rows[(*ret_count)++] = rows[i];
    return rows;
}

static void split_days(const struct cells *c, const struct cell *cell, json_t *out)
{
    const struct row *row = cell->rows[0];
    struct cellsets parts;
    size_t count;
    struct tally_day *rows = cell_days(c, cell, false, &parts, &count);
    struct past_days past = cell_past(c, cell);
    _cleanup_(calendar_freep) struct calendar *places = cell_lifted(c, cell) ? NULL : places_of(c, cell);
    _cleanup_json_ json_t *days = day_figures(rows, count, &indicator_main(c->indicator)->what,
                                              cell_lifted(c, cell) ? NULL : &past, places,
                                              cell_lifted(c, cell) ? NULL : &parts);
    size_t d;
    json_t *day;
    json_array_foreach(days, d, day) json_object_update_new(
        day, json_pack("{s:s, s:s, s:s}", "indicator", c->indicator->id, "country",
                       c->texts[row->fields[FIELD_COUNTRY]], "source", c->texts[row->fields[FIELD_SOURCE]]));
    json_array_extend(out, days);
    cellsets_free(&parts);
    free(rows);
}

json_t *cells_days(struct cells *c)
{
    json_t *days = json_array();
    cells_decide(c);
    for (size_t i = 0; i < c->list_count; i++)
        if (c->list[i].cut == 0 && cell_verdict(c, &c->list[i]) == FLOOR_SHOWN)
            split_days(c, &c->list[i], days);
    return days;
}

json_t *cells_days_kept(struct cells *c)
{
    json_t *kept = json_array();
    cells_decide(c);
    for (size_t i = 0; i < c->list_count; i++) {
        const struct row *row = c->list[i].rows[0];
        if (c->list[i].cut == 0 && !cell_lifted(c, &c->list[i]) && cell_past(c, &c->list[i]).before)
            json_array_append_new(kept, json_pack("{s:s, s:s}", "country", c->texts[row->fields[FIELD_COUNTRY]],
                                                  "source", c->texts[row->fields[FIELD_SOURCE]]));
    }
    return kept;
}
