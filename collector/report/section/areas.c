/* Every indicator with a figure, area by area: what it says, and its tables, each with the pictures of what stands in
 * it. */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/report/history.h"
#include "collector/report/part.h"
#include "collector/report/picture.h"
#include "collector/report/portrait.h"
#include "collector/report/shortfall.h"
#include "collector/report/trend.h"
#include "common/json.h"

/* In which parts a figure is shown, each a group of rows. */
static const struct group {
    const char *word; /* of the texts */
    unsigned cut;
    enum figure_column column; /* that names a row; FIGURE_STATISTIC: of the whole country */
    unsigned table;            /* the group that the table is called by: those that are short share one */
} groups[] = {
    {"whole", 0, FIGURE_STATISTIC, 0},
    {"technology", DIM_TECHNOLOGY, FIGURE_TECHNOLOGY, 0},
    {"zone", DIM_ZONE, FIGURE_ZONE, 0},
    {"sex", DIM_SEX, FIGURE_SEX, 0},
    {"age_group", DIM_AGE_GROUP, FIGURE_AGE_GROUP, 0},
    {"plan", DIM_PLAN, FIGURE_PLAN, 0},
    {"family", DIM_FAMILY, FIGURE_FAMILY, 0},
    {"operator", DIM_OPERATOR, FIGURE_OPERATOR, 7},
    {"department", DIM_DEPARTMENT, FIGURE_GEO, 8},
};

static const json_t *texts(const struct report *r)
{
    return json_object_get(r->words.texts, "areas");
}

static const char *text(const struct report *r, const char *name)
{
    const char *found = json_string_value(json_object_get(texts(r), name));
    return found ? found : "";
}

/* ---- a row ---- */

/* What a row of a table is of; the caller frees. */
static char *label_of(const struct report *r, const struct indicator *i, const struct group *g, size_t row)
{
    const char *word = evidence_text(&r->evidence, row, g->column),
               *item = evidence_text(&r->evidence, row, FIGURE_ITEM);
    size_t len = 0;
    if (item && g->cut == DIM_PLAN) {
        const char *name = indicator_item(i, item, r->words.lang, &len);
        return name ? alloc_text_n(name, len) : alloc_text(item);
    }
    if (g->column == FIGURE_STATISTIC) {
        _cleanup_text_ char *statistic = phrase_statistic(&r->words, word);
        return alloc_text(*statistic ? statistic : text(r, "value"));
    }
    if (g->column == FIGURE_GEO)
        return alloc_text(report_department(r, word));
    const char *known = json_string_value(json_object_get(json_object_get(texts(r), "word"), word));
    return alloc_text(known ? known : word);
}

/* In the place of a number that is not told. */
static const char *instead_of(const struct report *r, size_t row)
{
    const char *floor = evidence_text(&r->evidence, row, FIGURE_FLOOR);
    return phrase(&r->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small");
}

static json_t *row_of(const struct report *r, const struct indicator *i, const struct group *g, size_t row)
{
    _cleanup_text_ char *label = label_of(r, i, g, row), *interval = portrait_interval(r, row),
                        *sample = portrait_sample(r, row), *source = portrait_source(r, row);
    _cleanup_(buf_free) struct buf value = {0};
    if (!report_number(r, (ssize_t)row, &value))
        buf_add_text(&value, instead_of(r, row));
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "label", label, "value", value.data, "interval", interval, "sample",
                     sample, "source", source);
}

/* ---- a group of rows ---- */

/* Is it shown: of the year what is measured, of others' figures the latest of each source and part? */
static bool latest_of_its_kind(const struct report *r, const struct evidence_wanted *w, const struct group *g,
                               size_t row)
{
    const struct evidence *s = &r->evidence;
    if (w->measured)
        return true;
    const char *source = evidence_text(s, row, FIGURE_SOURCE), *part = evidence_text(s, row, g->column);
    struct evidence_wanted later = *w;
    later.source = source;
    for (ssize_t n = evidence_next(s, &later, row + 1); n >= 0; n = evidence_next(s, &later, (size_t)n + 1)) {
        const char *item = evidence_text(s, row, FIGURE_ITEM), *other = evidence_text(s, (size_t)n, FIGURE_ITEM);
        const char *of = evidence_text(s, (size_t)n, g->column);
        if ((of == part || (of && part && !strcmp(of, part))) &&
            (item == other || (item && other && !strcmp(item, other))))
            return false;
    }
    return true;
}

/* A part without a number has no row, but its name under the word that says why. */
static void add_part(const struct report *r, const struct indicator *i, const struct group *g, size_t row, json_t *rows,
                     json_t *untold)
{
    if (evidence_text(&r->evidence, row, FIGURE_VALUE) || !g->cut) {
        json_t *line = row_of(r, i, g, row);
        json_t *cells = shortfall_cells(json_object_get(r->words.texts, "shortfall"),
                                        evidence_text(&r->evidence, row, FIGURE_NOTE));
        if (cells)
            json_object_set_new(line, "cells", cells);
        json_array_append_new(rows, line);
        return;
    }
    _cleanup_text_ char *label = label_of(r, i, g, row);
    const char *why = instead_of(r, row);
    if (!json_object_get(untold, why))
        json_object_set_new(untold, why, json_array());
    json_array_append_new(json_object_get(untold, why), json_pack("{s:s}", "label", label));
}

/* "Alibori, Atacora" of a list of {label}; the caller frees. */
static char *names_of(const json_t *list)
{
    struct buf names = {0};
    const json_t *one;
    size_t n;
    json_array_foreach(list, n, one)
        buf_addf(&names, "%s%s", n ? ", " : "", json_string_value(json_object_get(one, "label")));
    return buf_take(&names);
}

static void add_rows(const struct report *r, const struct indicator *i, const struct group *g, bool measured,
                     json_t *rows, json_t *untold)
{
    const struct evidence_wanted w = {
        .indicator = i->id,
        .country = r->country,
        .period = measured ? r->year : NULL,
        .statistic = measured && g->cut ? indicator_main(i)->name : NULL,
        .cut = g->cut,
        .measured = measured,
        .told = !measured,
    };
    for (ssize_t row = evidence_next(&r->evidence, &w, 0); row >= 0;
         row = evidence_next(&r->evidence, &w, (size_t)row + 1))
        if (latest_of_its_kind(r, &w, g, (size_t)row))
            add_part(r, i, g, (size_t)row, rows, untold);
}

static void add_group(const struct report *r, const struct indicator *i, const struct group *g, json_t *list)
{
    json_t *rows = json_array(), *untold = json_object(), *rest = json_array(), *parts;
    const bool sorted = g->cut == DIM_OPERATOR || g->cut == DIM_DEPARTMENT;
    add_rows(r, i, g, true, rows, untold);
    add_rows(r, i, g, false, rows, untold);
    if (sorted)
        report_sort(rows, "label", 0);
    const char *why;
    json_object_foreach(untold, why, parts)
    {
        if (sorted)
            report_sort(parts, "label", 0);
        _cleanup_text_ char *names = names_of(parts);
        json_array_append_new(rest, json_pack("{s:s, s:s}", "why", why, "names", names));
    }
    if (json_array_size(rows) || json_array_size(rest))
        json_array_append_new(list,
                              json_pack("{s:s?, s:O, s:O}", "name", g == &groups[g->table] ? NULL : text(r, g->word),
                                        "rows", rows, "rest", rest));
    json_decref(rows);
    json_decref(untold);
    json_decref(rest);
}

/* ---- a table with its pictures ---- */

/* All rows of its groups. The caller frees the list. */
static json_t *rows_of(const json_t *list)
{
    json_t *rows = json_array();
    size_t g;
    const json_t *group;
    json_array_foreach(list, g, group) json_array_extend(rows, json_object_get(group, "rows"));
    return rows;
}

/* An index is not told without what it failed at: {uses, rows}, a cell a use. NULL: it is none. */
static json_t *grid_of(const struct report *r, const json_t *rows)
{
    json_t *told = json_array(), *uses = json_array(), *row, *word;
    const json_t *texts = json_object_get(r->words.texts, "shortfall");
    size_t n;
    const char *use;
    json_array_foreach(rows, n, row)
    {
        if (json_object_get(row, "cells"))
            json_array_append(told, row);
    }
    json_object_foreach(json_object_get(texts, "use"), use, word) json_array_append(uses, word);
    json_t *grid = json_array_size(told) ? json_pack("{s:O, s:O, s:O}", "uses", uses, "rows", told, "caption",
                                                     json_object_get(texts, "grid"))
                                         : NULL;
    json_decref(told);
    json_decref(uses);
    return grid;
}

static int add_charts(const struct report *r, const struct indicator *i, unsigned cut, json_t *charts, struct fault *f)
{
    int rc = 0;
    for (enum picture p = 0; rc == 0 && p < PICTURE_COUNT; p++) {
        _cleanup_(buf_free) struct buf svg = {0};
        _cleanup_text_ char *title = NULL;
        if (picture_cut(p) != cut)
            continue;
        rc = picture_draw(r, i, p, CHART_REPORT, &svg, &title, f);
        _cleanup_(buf_free) struct buf history = {0};
        if (p == PICTURE_years)
            history_write(r, i, &history);
        if (rc == 0 && title)
            json_array_append_new(charts, json_pack("{s:s, s:s, s:s, s:s?}", "kind", picture_word(p), "title", title,
                                                    "svg", svg.data, "history", history.data));
    }
    return rc;
}

static int add_table(const struct report *r, const struct indicator *i, size_t table, json_t *tables, struct fault *f)
{
    _cleanup_json_ json_t *list = json_array(), *charts = json_array();
    for (size_t g = 0; g < COUNT(groups); g++)
        if (groups[g].table == table)
            add_group(r, i, &groups[g], list);
    if (!json_array_size(list))
        return 0;
    int rc = add_charts(r, i, groups[table].cut, charts, f);
    _cleanup_json_ json_t *rows = rows_of(list);
    _cleanup_text_ char *unit = report_unit(r, i);
    const char *source = portrait_common(rows);
    json_array_append_new(tables, json_pack("{s:s, s:s, s:s?, s:b, s:b, s:i, s:O, s:o?, s:O}", "caption",
                                            text(r, groups[table].word), "unit", unit, "common", source, "sources",
                                            !source, "told", json_array_size(rows) > 0, "columns", source ? 4 : 5,
                                            "groups", list, "grid", grid_of(r, rows), "charts", charts));
    return rc;
}

/* ---- an indicator, an area ---- */

/* One with nothing to show adds nothing. */
static int add_indicator(struct report *r, const struct indicator *i, json_t *indicators, struct fault *f)
{
    _cleanup_json_ json_t *tables = json_array();
    int rc = 0;
    for (size_t g = 0; rc == 0 && g < COUNT(groups); g++)
        if (groups[g].table == g)
            rc = add_table(r, i, g, tables, f);
    if (rc < 0 || !json_array_size(tables))
        return rc;
    _cleanup_text_ char *name = report_name(r, i);
    _cleanup_(buf_free) struct buf sentence = {0};
    const ssize_t row = report_main(r, i);
    const bool simulated = row >= 0 && pg_bool(r->evidence.rows, (size_t)row, FIGURE_SIMULATED);
    if (row >= 0 && i->headline[r->words.lang] && !indicator_by_item(i))
        report_sentence(r, i, (size_t)row, &sentence);
    _cleanup_text_ char *trend = sentence.len ? trend_say(r, i, (size_t)row) : NULL;
    json_array_append_new(indicators,
                          json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:O}", "id", i->id, "name", name, "sentence",
                                    sentence.data ? sentence.data : "", "trend", trend, "older",
                                    row >= 0 ? report_older(r, (size_t)row) : NULL, "mark",
                                    simulated ? phrase(&r->words, "simulated_mark") : "", "tables", tables));
    return 0;
}

static int add_area(struct report *r, const struct part *p, json_t *areas, json_t *parts, struct fault *f)
{
    _cleanup_json_ json_t *list = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++)
        if (part_has(p, &all[i]))
            rc = add_indicator(r, &all[i], list, f);
    if (rc < 0 || !json_array_size(list))
        return rc;
    json_array_append_new(areas,
                          json_pack("{s:s, s:s, s:O}", "family", p->family, "name", p->name, "indicators", list));
    json_array_append_new(parts, json_pack("{s:s, s:s, s:O}", "id", p->family, "name", p->name, "indicators", list));
    return 0;
}

static int read_areas(struct report *r, json_t *out, struct fault *f)
{
    json_t *areas = json_array(), *parts = json_array();
    struct part p = {0};
    int rc = 0;
    while (rc == 0 && part_next(&r->words, &p))
        rc = add_area(r, &p, areas, parts, f);
    json_object_set_new(out, "areas", areas);
    json_object_set_new(out, "parts", parts);
    return rc;
}

const struct section section_areas = {"areas", read_areas};
