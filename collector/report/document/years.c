/* Years side by side, of one country: each indicator's main figure in each of them, and how it changed where the
 * database knows it. Where the method changed nothing is told of a change. */
#include "collector/report/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/chart.h"
#include "collector/report/beside.h"
#include "collector/report/part.h"
#include "collector/report/picture.h"
#include "collector/report/portrait.h"
#include "collector/report/trend.h"
#include "common/json.h"
#include "common/lang.h"

#define OTHERS_MIN 3 /* years of others' figures: of two a line says no more than their numbers */

/* ---- which years ---- */

/* "2024,2025", from the earlier to the later: the last is what the report is of. */
/* Of an area, a table that stands together with its heading: half a page. */
#define ROWS_WHOLE 6

static int read_years(struct report_order *order, struct fault *f)
{
    const size_t len = strlen(order->wanted);
    order->year = order->wanted + len - 4;
    return beside_years(order->wanted, f);
}

static size_t year_count(const struct report *r)
{
    return (strlen(r->order->wanted) + 1) / 5;
}

static const char *year_of(const struct report *r, size_t n, char ret[static 5])
{
    snprintf(ret, 5, "%.4s", r->order->wanted + n * 5);
    return ret;
}

/* ---- one figure over the years ---- */

struct course {
    const struct report *r;
    const struct indicator *i;
    const char *source;
    bool measured;
    ssize_t rows[BESIDE_MAX]; /* of each year; -1: there is none */
    size_t told;              /* with a value */
};

static bool has_value(const struct course *c, size_t n)
{
    return c->rows[n] >= 0 && evidence_text(&c->r->evidence, (size_t)c->rows[n], FIGURE_VALUE);
}

static void read_course(struct course *c)
{
    const struct evidence *s = &c->r->evidence;
    for (size_t n = 0; n < year_count(c->r); n++) {
        char year[5];
        const struct evidence_wanted w = {.indicator = c->i->id,
                                          .country = c->r->country,
                                          .source = c->source,
                                          .period = year_of(c->r, n, year),
                                          .statistic = c->measured ? indicator_main(c->i)->name : NULL,
                                          .measured = c->measured,
                                          .told = !c->measured};
        c->rows[n] = evidence_next(s, &w, 0);
        c->told += has_value(c, n);
    }
}

/* Of the year before among those that are shown, with a value; -1: there is none. */
static ssize_t before(const struct course *c, size_t n)
{
    while (n-- > 0)
        if (has_value(c, n))
            return (ssize_t)n;
    return -1;
}

static bool same(const struct course *c, size_t a, size_t b, enum figure_column column)
{
    const char *one = evidence_text(&c->r->evidence, (size_t)c->rows[a], column);
    const char *other = evidence_text(&c->r->evidence, (size_t)c->rows[b], column);
    return one == other || (one && other && !strcmp(one, other));
}

static json_t *cell_of(const struct course *c, size_t n)
{
    if (c->rows[n] < 0)
        return json_pack("{s:s}", "value", phrase(&c->r->words, "none"));
    json_t *cell = beside_cell(c->r, (size_t)c->rows[n]);
    const ssize_t last = has_value(c, n) ? before(c, n) : -1;
    if (last >= 0 && !same(c, n, (size_t)last, FIGURE_METHOD_VERSION))
        phrase_set(
            cell, "mark", beside_text(c->r, "method_mark"),
            json_pack("{s:s?}", "version", evidence_text(&c->r->evidence, (size_t)c->rows[n], FIGURE_METHOD_VERSION)));
    return cell;
}

/* ---- how it changed ---- */

/* The database knows it from one year to the next. */
static char *say_change(const struct course *c, size_t n, const char *from, const char *to)
{
    const struct report *r = c->r;
    const struct evidence *s = &r->evidence;
    const size_t row = (size_t)c->rows[n];
    _cleanup_(buf_free) struct buf change = {0}, low = {0}, high = {0};
    buf_add_text(&change, evidence_number(s, row, FIGURE_CHANGE) > 0 ? "+" : "");
    report_number_of(r, (ssize_t)row, FIGURE_CHANGE, &change);
    report_number_of(r, (ssize_t)row, FIGURE_CHANGE_LOW, &low);
    report_number_of(r, (ssize_t)row, FIGURE_CHANGE_HIGH, &high);
    const char *word = trend_word(c->i, evidence_number(s, row, FIGURE_CHANGE_LOW),
                                  evidence_number(s, row, FIGURE_CHANGE_HIGH));
    return phrase_fill(beside_text(r, word),
                       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "from", from, "to", to, "change", change.data,
                                 "unit", c->i->unit[r->words.lang], "low", low.data, "high", high.data));
}

/* From the year before it that has a value. NULL: there is none, or nothing is to be said. The caller frees. */
static char *say_step(const struct course *c, size_t n)
{
    const struct evidence *s = &c->r->evidence;
    const ssize_t last = has_value(c, n) ? before(c, n) : -1;
    char from[5], to[5];
    if (last < 0 || !c->measured)
        return NULL;
    year_of(c->r, (size_t)last, from);
    year_of(c->r, n, to);
    const size_t row = (size_t)c->rows[n];
    const char *known = evidence_text(s, row, FIGURE_CHANGE_FROM), *why = evidence_text(s, row, FIGURE_CHANGE_WHY);
    const bool next = atoi(to) == atoi(from) + 1, calculated = known && !strcmp(known, from);
    const char *name = "unknown";
    if (!same(c, n, (size_t)last, FIGURE_METHOD_VERSION))
        name = "method";
    else if (!next)
        name = "apart";
    else if (calculated && evidence_text(s, row, FIGURE_CHANGE_LOW))
        return say_change(c, n, from, to);
    else if (calculated && why && (!strcmp(why, "few") || !strcmp(why, "unfinished")))
        name = why;
    return phrase_fill(beside_text(c->r, name),
                       json_pack("{s:s, s:s, s:s?, s:s?}", "from", from, "to", to, "was",
                                 evidence_text(s, (size_t)c->rows[last], FIGURE_METHOD_VERSION), "is",
                                 evidence_text(s, row, FIGURE_METHOD_VERSION)));
}

/* ---- its picture ---- */

/* What is measured: years of the last one's method, with intervals. */
static void draw_bars(const struct course *c, const struct chart *chart, struct buf *out)
{
    const struct evidence *s = &c->r->evidence;
    char labels[BESIDE_MAX][5];
    struct chart_bar bars[BESIDE_MAX];
    size_t count = 0, last = year_count(c->r);
    while (last > 0 && !has_value(c, last - 1))
        last--;
    for (size_t n = 0; n < last; n++)
        if (has_value(c, n) && same(c, n, last - 1, FIGURE_METHOD_VERSION))
            bars[count++] = (struct chart_bar){.label = year_of(c->r, n, labels[n]),
                                               .value = evidence_number(s, (size_t)c->rows[n], FIGURE_VALUE),
                                               .low = evidence_number(s, (size_t)c->rows[n], FIGURE_LOW),
                                               .high = evidence_number(s, (size_t)c->rows[n], FIGURE_HIGH)};
    if (count > 1)
        chart_bars(chart, bars, count, out);
}

static void draw_line(const struct course *c, const struct chart *chart, struct buf *out)
{
    struct chart_year points[BESIDE_MAX];
    size_t count = 0;
    char year[5];
    for (size_t n = 0; n < year_count(c->r); n++)
        if (has_value(c, n))
            points[count++] = (struct chart_year){atoi(year_of(c->r, n, year)),
                                                  evidence_number(&c->r->evidence, (size_t)c->rows[n], FIGURE_VALUE)};
    const struct chart_series series = {report_source(c->r, (size_t)c->rows[before(c, year_count(c->r))]), points,
                                        count, true};
    if (count >= OTHERS_MIN)
        chart_years(chart, &series, 1, out);
}

static void add_chart(const struct course *c, const char *name, const char *unit, json_t *charts)
{
    _cleanup_text_ char *id = alloc_format("%s-%s-%zu", c->i->id, c->measured ? "bars" : "line",
                                           json_array_size(charts));
    _cleanup_text_ char *title = phrase_fill(picture_text(c->r, "years"), json_pack("{s:s}", "name", name));
    const struct chart chart = {.id = id,
                                .title = title,
                                .description = beside_text(c->r, "picture"),
                                .words = &c->r->words,
                                .decimals = c->i->decimals,
                                .unit = unit,
                                .form = CHART_REPORT};
    _cleanup_(buf_free) struct buf svg = {0};
    if (c->measured)
        draw_bars(c, &chart, &svg);
    else
        draw_line(c, &chart, &svg);
    if (svg.len)
        json_array_append_new(charts,
                              json_pack("{s:s, s:s, s:s}", "title", title, "unit", chart.unit, "svg", svg.data));
}

/* ---- the rows of an area ---- */

static void add_course(struct course *c, json_t *rows, json_t *charts)
{
    read_course(c);
    if (!c->told)
        return;
    _cleanup_text_ char *name = report_name(c->r, c->i), *unit = report_unit(c->r, c->i),
                        *statistic = phrase_statistic(&c->r->words, c->measured ? indicator_main(c->i)->name : "value");
    json_t *cells = json_array(), *says = json_array();
    for (size_t n = 0; n < year_count(c->r); n++) {
        _cleanup_text_ char *step = say_step(c, n);
        json_array_append_new(cells, cell_of(c, n));
        if (step)
            json_array_append_new(says, json_string(step));
    }
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", c->i->id, "name", name, "unit",
                                          unit, "statistic", statistic, "source",
                                          report_source(c->r, (size_t)c->rows[before(c, year_count(c->r))]), "cells",
                                          cells, "says", says));
    add_chart(c, name, unit, charts);
}

/* Each source that told of the country in one of the years, what is measured first. */
static void add_indicator(const struct report *r, const struct indicator *i, json_t *rows, json_t *charts)
{
    const struct evidence *s = &r->evidence;
    for (int measured = 1; measured >= 0; measured--) {
        const struct evidence_wanted w = {.indicator = i->id, .country = r->country, .measured = measured};
        _cleanup_json_ json_t *seen = json_object();
        for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
            const char *source = evidence_text(s, (size_t)row, FIGURE_SOURCE);
            if (json_object_get(seen, source))
                continue;
            json_object_set_new(seen, source, json_true());
            add_course(&(struct course){.r = r, .i = i, .source = source, .measured = measured}, rows, charts);
        }
    }
}

static json_t *areas_of(const struct report *r)
{
    json_t *areas = json_array();
    struct part p = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    while (part_next(&r->words, &p)) {
        json_t *rows = json_array(), *charts = json_array();
        for (size_t i = 0; i < count; i++)
            if (part_has(&p, &all[i]))
                add_indicator(r, &all[i], rows, charts);
        if (json_array_size(rows))
            json_array_append_new(areas,
                                  json_pack("{s:s, s:s, s:b, s:O, s:O}", "family", p.family, "name", p.name, "whole",
                                            json_array_size(rows) <= ROWS_WHOLE, "rows", rows, "charts", charts));
        json_decref(rows);
        json_decref(charts);
    }
    return areas;
}

/* ---- the document ---- */

/* Of each year whether it is closed; and whether an imaginary country stands in any. */
static void add_states(const struct report *r, json_t *out)
{
    json_t *states = json_array();
    bool simulated = false;
    for (size_t n = 0; n < year_count(r); n++) {
        char year[5];
        struct report of = *r;
        of.year = year_of(r, n, year);
        _cleanup_text_ char *state = report_state(&of);
        json_array_append_new(states, json_string(state));
        simulated |= report_simulated(&of);
    }
    json_object_set_new(out, "states", states);
    json_object_set_new(out, "simulated", json_boolean(simulated));
}

static int write_years(struct report *r, const struct outlet *to, struct fault *f)
{
    _cleanup_json_ json_t *values = document_values(r, json_array());
    _cleanup_(buf_free) struct buf years = {0};
    json_t *heads = json_array();
    for (size_t n = 0; n < year_count(r); n++) {
        char year[5];
        year_of(r, n, year);
        buf_addf(&years, "%s%s", n ? ", " : "", year);
        json_array_append_new(heads, json_string(year));
    }
    add_states(r, values);
    json_object_set_new(values, "years", json_string(years.data));
    json_object_set_new(values, "heads", heads);
    json_object_set_new(values, "columns", json_integer((json_int_t)year_count(r) + 1));
    json_object_set_new(values, "areas", areas_of(r));
    return beside_write(r, values, to, f);
}

const struct document document_years = {
    .name = "years", .option = "compare", .read = read_years, .write = write_years, .pictures = BESIDE_PICTURES};
