/* Every indicator with a figure, area by area: what it says, its tables, its picture, its definition. */
#include "collector/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/source.h"
#include "collector/report/part.h"
#include "collector/report/picture.h"
#include "common/json.h"

/* In which parts a figure is shown, each in a table of its own. */
static const struct table {
    const char *word; /* of the texts */
    unsigned cut;
    enum figure_column column; /* that names a row; FIGURE_STATISTIC: of the whole country */
} tables[] = {
    {"whole", 0, FIGURE_STATISTIC},
    {"operator", DIM_OPERATOR, FIGURE_OPERATOR},
    {"department", DIM_DEPARTMENT, FIGURE_GEO},
    {"technology", DIM_TECHNOLOGY, FIGURE_TECHNOLOGY},
    {"zone", DIM_ZONE, FIGURE_ZONE},
    {"sex", DIM_SEX, FIGURE_SEX},
    {"age_group", DIM_AGE_GROUP, FIGURE_AGE_GROUP},
    {"plan", DIM_PLAN, FIGURE_PLAN},
    {"family", DIM_FAMILY, FIGURE_FAMILY},
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
static char *label_of(const struct report *r, const struct indicator *i, const struct table *t, size_t row)
{
    const char *word = evidence_text(&r->evidence, row, t->column),
               *item = evidence_text(&r->evidence, row, FIGURE_ITEM);
    size_t len = 0;
    if (item && t->cut == DIM_PLAN) {
        const char *name = indicator_item(i, item, r->words.lang, &len);
        return name ? alloc_text_n(name, len) : alloc_text(item);
    }
    if (t->column == FIGURE_STATISTIC) {
        _cleanup_text_ char *statistic = phrase_statistic(&r->words, word);
        return alloc_text(*statistic ? statistic : text(r, "value"));
    }
    if (t->column == FIGURE_GEO)
        return alloc_text(report_department(r, word));
    const char *known = json_string_value(json_object_get(json_object_get(texts(r), "word"), word));
    return alloc_text(known ? known : word);
}

static void set_value(const struct report *r, size_t row, json_t *out)
{
    _cleanup_(buf_free) struct buf value = {0}, interval = {0};
    const char *floor = evidence_text(&r->evidence, row, FIGURE_FLOOR);
    if (!report_number(r, (ssize_t)row, &value))
        buf_add_text(&value, phrase(&r->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small"));
    if (report_number_of(r, (ssize_t)row, FIGURE_LOW, &interval)) {
        buf_add_text(&interval, " – ");
        report_number_of(r, (ssize_t)row, FIGURE_HIGH, &interval);
    }
    json_object_set_new(out, "value", json_string(value.data));
    json_object_set_new(out, "interval", json_string(interval.data ? interval.data : phrase(&r->words, "none")));
}

static void set_sample(const struct report *r, size_t row, json_t *out)
{
    const struct evidence *s = &r->evidence;
    _cleanup_text_ char *text = NULL;
    if (evidence_text(s, row, FIGURE_N_PROBES)) {
        _cleanup_text_ char *step = phrase_step(pg_int(s->rows, row, FIGURE_N_PROBES));
        text = phrase_fill(phrase(&r->words, strcmp(step, "1") != 0 ? "probes" : "probe"),
                           json_pack("{s:s}", "n", step));
    } else if (evidence_text(s, row, FIGURE_N_SAMPLES)) {
        text = phrase_count(&r->words, pg_int(s->rows, row, FIGURE_N_SAMPLES), "persons", "persons");
    }
    json_object_set_new(out, "sample", json_string(text ? text : phrase(&r->words, "none")));
}

static const char *source_of(const struct report *r, size_t row)
{
    const char *source = evidence_text(&r->evidence, row, FIGURE_SOURCE);
    return !strcmp(source, "measured")     ? phrase(&r->words, "measured")
           : !strcmp(source, "simulated")  ? phrase(&r->words, "simulated_source")
           : !strcmp(source, "calculated") ? phrase(&r->words, "calculated_source")
                                           : source_name(source, r->words.lang);
}

static json_t *row_of(const struct report *r, const struct indicator *i, const struct table *t, size_t row)
{
    _cleanup_text_ char *label = label_of(r, i, t, row);
    json_t *out = json_pack("{s:s, s:s, s:s}", "label", label, "source", source_of(r, row), "period",
                            evidence_text(&r->evidence, row, FIGURE_PERIOD));
    set_value(r, row, out);
    set_sample(r, row, out);
    return out;
}

/* ---- a table ---- */

/* Is it shown: of the year what is measured, of others' figures the latest of each source and part? */
static bool latest_of_its_kind(const struct report *r, const struct evidence_wanted *w, const struct table *t,
                               size_t row)
{
    const struct evidence *s = &r->evidence;
    if (w->measured)
        return true;
    const char *source = evidence_text(s, row, FIGURE_SOURCE), *part = evidence_text(s, row, t->column);
    struct evidence_wanted later = *w;
    later.source = source;
    for (ssize_t n = evidence_next(s, &later, row + 1); n >= 0; n = evidence_next(s, &later, (size_t)n + 1)) {
        const char *item = evidence_text(s, row, FIGURE_ITEM), *other = evidence_text(s, (size_t)n, FIGURE_ITEM);
        const char *of = evidence_text(s, (size_t)n, t->column);
        if ((of == part || (of && part && !strcmp(of, part))) &&
            (item == other || (item && other && !strcmp(item, other))))
            return false;
    }
    return true;
}

static void add_rows(const struct report *r, const struct indicator *i, const struct table *t, bool measured,
                     json_t *rows)
{
    const struct evidence_wanted w = {
        .indicator = i->id,
        .country = r->country,
        .period = measured ? r->year : NULL,
        .statistic = measured && t->cut ? indicator_main(i)->name : NULL,
        .cut = t->cut,
        .measured = measured,
        .told = !measured,
    };
    for (ssize_t row = evidence_next(&r->evidence, &w, 0); row >= 0;
         row = evidence_next(&r->evidence, &w, (size_t)row + 1))
        if (latest_of_its_kind(r, &w, t, (size_t)row))
            json_array_append_new(rows, row_of(r, i, t, (size_t)row));
}

static void add_table(const struct report *r, const struct indicator *i, const struct table *t, json_t *list)
{
    json_t *rows = json_array();
    add_rows(r, i, t, true, rows);
    add_rows(r, i, t, false, rows);
    if (json_array_size(rows))
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:O}", "caption", text(r, t->word), "unit",
                                              i->unit[r->words.lang], "head", text(r, "head"), "rows", rows));
    json_decref(rows);
}

/* ---- pictures ---- */

static int add_charts(const struct report *r, const struct indicator *i, json_t *charts, struct fault *f)
{
    int rc = 0;
    for (enum picture p = 0; rc == 0 && p < PICTURE_COUNT; p++) {
        _cleanup_(buf_free) struct buf svg = {0};
        _cleanup_text_ char *title = NULL;
        rc = picture_draw(r, i, p, CHART_REPORT, &svg, &title, f);
        if (rc == 0 && title)
            json_array_append_new(charts, json_pack("{s:s, s:s}", "title", title, "svg", svg.data));
    }
    return rc;
}

/* ---- an indicator, an area ---- */

/* One with nothing to show adds nothing. */
static int add_indicator(struct report *r, const struct indicator *i, json_t *indicators, struct fault *f)
{
    _cleanup_json_ json_t *list = json_array(), *charts = json_array();
    for (size_t t = 0; t < COUNT(tables); t++)
        add_table(r, i, &tables[t], list);
    if (!json_array_size(list))
        return 0;
    _cleanup_text_ char *name = report_name(r, i), *definition = indicator_in(i->definition[r->words.lang], r->cctld);
    _cleanup_(buf_free) struct buf sentence = {0};
    const ssize_t row = report_main(r, i);
    const bool simulated = row >= 0 && pg_bool(r->evidence.rows, (size_t)row, FIGURE_SIMULATED);
    if (row >= 0 && i->headline[r->words.lang] && !indicator_by_item(i))
        report_sentence(r, i, (size_t)row, &sentence);
    json_array_append_new(
        indicators, json_pack("{s:s, s:s, s:s, s:s, s:s, s:O, s:O}", "id", i->id, "name", name, "definition",
                              definition, "sentence", sentence.data ? sentence.data : "", "mark",
                              simulated ? phrase(&r->words, "simulated_mark") : "", "tables", list, "charts", charts));
    return add_charts(r, i, charts, f);
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
    json_array_append_new(parts, json_pack("{s:s, s:s}", "id", p->family, "name", p->name));
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
