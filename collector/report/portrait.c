#include "collector/report/portrait.h"

#include <stdlib.h>
#include <string.h>

#include "collector/report/shortfall.h"
#include "common/json.h"

#define SHEET_COLUMNS    6 /* of sheets.html and portrait.html, with that of sources */
#define PORTRAIT_COLUMNS 5

/* ---- a row ---- */

char *portrait_sample(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    if (evidence_text(s, row, FIGURE_N_PROBES)) {
        _cleanup_text_ char *step = phrase_step(r->words.lang, pg_int(s->rows, row, FIGURE_N_PROBES));
        return phrase_fill(phrase(&r->words, strcmp(step, "1") != 0 ? "probes" : "probe"),
                           json_pack("{s:s}", "n", step));
    }
    return evidence_text(s, row, FIGURE_N_SAMPLES)
               ? phrase_count(&r->words, pg_int(s->rows, row, FIGURE_N_SAMPLES), "persons", "persons")
               : alloc_text(phrase(&r->words, "none"));
}

char *portrait_source(const struct report *r, size_t row)
{
    return alloc_format("%s, %s", report_source(r, row), evidence_text(&r->evidence, row, FIGURE_PERIOD));
}

/* NULL: it has none. The caller frees. */
static char *interval_of(const struct report *r, ssize_t row)
{
    struct buf text = {0};
    if (!report_number_of(r, row, FIGURE_LOW, &text))
        return NULL;
    buf_add_text(&text, " – ");
    report_number_of(r, row, FIGURE_HIGH, &text);
    return buf_take(&text);
}

char *portrait_interval(const struct report *r, size_t row)
{
    char *interval = interval_of(r, (ssize_t)row);
    return interval ? interval : alloc_text(phrase(&r->words, "none"));
}

json_t *portrait_shortfall(const struct report *r, size_t row, json_t *out)
{
    _cleanup_text_ char *says = shortfall_say(json_object_get(r->words.texts, "shortfall"),
                                              evidence_text(&r->evidence, row, FIGURE_NOTE));
    if (says)
        json_object_set_new(out, "shortfall", json_string(says));
    return out;
}

static bool is_of(const struct report *r, size_t row, enum figure_column column, const char *word)
{
    const char *text = evidence_text(&r->evidence, row, column);
    return text && !strcmp(text, word);
}

/* The same figure of the other part, or of all. -1: it is not told. */
static ssize_t beside(const struct report *r, const struct portrait *s, size_t row)
{
    const struct evidence *e = &r->evidence;
    const struct evidence_wanted w = {.indicator = evidence_text(e, row, FIGURE_INDICATOR),
                                      .country = r->country,
                                      .source = evidence_text(e, row, FIGURE_SOURCE),
                                      .period = evidence_text(e, row, FIGURE_PERIOD),
                                      .statistic = evidence_text(e, row, FIGURE_STATISTIC),
                                      .cut = s->other ? s->dimension : 0,
                                      .measured = !strcmp(evidence_text(e, row, FIGURE_KIND), "measured"),
                                      .told = true};
    for (ssize_t at = evidence_next(e, &w, 0); at >= 0; at = evidence_next(e, &w, (size_t)at + 1))
        if (!s->other || is_of(r, (size_t)at, s->column, s->other))
            return at;
    return -1;
}

static json_t *row_of(const struct report *r, const struct indicator *i, const struct portrait *s, size_t row)
{
    const ssize_t other = beside(r, s, row);
    _cleanup_text_ char *name = report_name(r, i), *sample = portrait_sample(r, row), *source = portrait_source(r, row),
                        *unit = report_unit(r, i), *interval = portrait_interval(r, row),
                        *range = interval_of(r, (ssize_t)row), *beside_range = interval_of(r, other);
    _cleanup_(buf_free) struct buf value = {0}, whole = {0};
    report_number(r, (ssize_t)row, &value);
    if (!report_number(r, other, &whole))
        buf_add_text(&whole, phrase(&r->words, "none"));
    return portrait_shortfall(r, row,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s?, s:s}", "id", i->id, "name",
                                        name, "unit", unit, "value", value.data, "interval", interval, "range", range,
                                        "sample", sample, "beside", whole.data, "beside_range", beside_range, "source",
                                        source));
}

/* ---- a portrait ---- */

/* Rows are sorted by period: has the same source told of the part later? */
static bool told_later(const struct report *r, const struct portrait *s, const struct evidence_wanted *w, size_t row)
{
    struct evidence_wanted later = *w;
    later.source = evidence_text(&r->evidence, row, FIGURE_SOURCE);
    for (ssize_t at = evidence_next(&r->evidence, &later, row + 1); at >= 0;
         at = evidence_next(&r->evidence, &later, (size_t)at + 1))
        if (is_of(r, (size_t)at, s->column, s->word))
            return true;
    return false;
}

/* rows: NULL asks only whether there is one. */
static bool add_rows(const struct report *r, const struct indicator *i, const struct portrait *s, json_t *rows)
{
    bool any = false;
    for (int measured = 1; measured >= 0; measured--) {
        const struct evidence_wanted w = {.indicator = i->id,
                                          .country = r->country,
                                          .period = measured ? r->year : NULL,
                                          .statistic = measured ? indicator_main(i)->name : NULL,
                                          .cut = s->dimension,
                                          .measured = measured,
                                          .told = true};
        for (ssize_t row = evidence_next(&r->evidence, &w, 0); row >= 0;
             row = evidence_next(&r->evidence, &w, (size_t)row + 1)) {
            if (!is_of(r, (size_t)row, s->column, s->word) || (!measured && told_later(r, s, &w, (size_t)row)))
                continue;
            any = true;
            if (rows)
                json_array_append_new(rows, row_of(r, i, s, (size_t)row));
        }
    }
    return any;
}

json_t *portrait_rows(const struct report *r, const struct portrait *s)
{
    json_t *rows = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        add_rows(r, &all[i], s, rows);
    return rows;
}

const char *portrait_common(const json_t *rows)
{
    const char *found = NULL;
    size_t n;
    const json_t *row;
    json_array_foreach(rows, n, row)
    {
        const char *source = json_string_value(json_object_get(row, "source"));
        if (found && strcmp(found, source) != 0)
            return NULL;
        found = source;
    }
    return found;
}

/* More do not leave a page half empty for the sake of standing together. */
#define ROWS_WHOLE 8

/* What a template needs of a table of rows; columns: that it has with that of sources. */
static json_t *table_of(json_t *rows, int columns)
{
    const char *source = portrait_common(rows);
    return json_pack("{s:O, s:b, s:s?, s:b, s:i}", "rows", rows, "long", json_array_size(rows) > ROWS_WHOLE, "common",
                     source, "sources", !source, "columns", columns - (source != NULL));
}

static void append(json_t *out, const char *name, json_t *value)
{
    json_t *list = json_object_get(out, name);
    if (!list)
        json_object_set_new(out, name, list = json_array());
    json_array_append_new(list, value);
}

void portrait_add(const struct report *r, const struct portrait *s, const char *id, const char *name, json_t *out)
{
    json_t *rows = portrait_rows(r, s);
    if (json_array_size(rows)) {
        append(out, "parts", json_pack("{s:s, s:s}", "id", id, "name", name));
        json_t *sheet = table_of(rows, SHEET_COLUMNS);
        json_object_set_new(sheet, "id", json_string(id));
        json_object_set_new(sheet, "name", json_string(name));
        append(out, "sheets", sheet);
    } else {
        append(out, "untold", json_string(name));
    }
    json_object_set_new(out, "some", json_boolean(json_array_size(json_object_get(out, "untold")) > 0));
    json_decref(rows);
}

void portrait_tell(const struct report *r, const struct portrait *s, json_t *out)
{
    json_t *rows = portrait_rows(r, s), *unknown = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (!(all[i].dimensions & s->dimension) || indicator_retired(&all[i]) || add_rows(r, &all[i], s, NULL))
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]);
        json_array_append_new(unknown, json_pack("{s:s, s:s}", "id", all[i].id, "name", name));
    }
    json_object_set_new(out, "any", json_boolean(json_array_size(rows) > 0));
    json_object_set_new(out, "some", json_boolean(json_array_size(unknown) > 0));
    json_object_set_new(out, "unknown", unknown);
    _cleanup_json_ json_t *table = table_of(rows, PORTRAIT_COLUMNS);
    json_object_update(out, table);
    json_decref(rows);
}
