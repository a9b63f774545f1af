/* What is published of an operator, for it to read before everybody does: each figure beside the whole, how it is
 * measured, and how and until when it may answer. */
#include "collector/report/document.h"

#include <string.h>

#include "collector/format/date.h"
#include "collector/report/company.h"
#include "collector/report/portrait.h"
#include "common/json.h"

static const json_t *texts(const struct report *r)
{
    return json_object_get(r->words.texts, "review");
}

static const char *text(const struct report *r, const char *name)
{
    const char *t = json_string_value(json_object_get(texts(r), name));
    return t ? t : "";
}

/* ---- which figures ---- */

static bool same(const struct evidence *s, size_t a, size_t b, enum figure_column column)
{
    const char *x = evidence_text(s, a, column), *y = evidence_text(s, b, column);
    return x && y ? !strcmp(x, y) : x == y;
}

static const enum figure_column parts[] = {FIGURE_GEO, FIGURE_TECHNOLOGY, FIGURE_ZONE,      FIGURE_FAMILY,
                                           FIGURE_SEX, FIGURE_PLAN,       FIGURE_AGE_GROUP, FIGURE_ITEM};

/* Of the same source and statistic, and the same parts, whoever is the operator. */
static bool alike(const struct evidence *s, size_t a, size_t b)
{
    static const enum figure_column columns[] = {FIGURE_INDICATOR, FIGURE_COUNTRY, FIGURE_SOURCE, FIGURE_KIND,
                                                 FIGURE_STATISTIC};
    for (size_t c = 0; c < COUNT(columns); c++)
        if (!same(s, a, b, columns[c]))
            return false;
    for (size_t p = 0; p < COUNT(parts); p++)
        if (!same(s, a, b, parts[p]))
            return false;
    return true;
}

/* What others published stands until they publish again: rows are sorted by period. */
static bool is_told_later(const struct evidence *s, size_t row)
{
    for (size_t later = row + 1; later < evidence_count(s) && same(s, row, later, FIGURE_INDICATOR); later++)
        if (alike(s, row, later) && same(s, row, later, FIGURE_OPERATOR) && evidence_text(s, later, FIGURE_VALUE))
            return true;
    return false;
}

/* A figure that is hidden is named where it is of the operator alone; finer ones would only repeat it. */
static bool is_wanted(const struct report *r, size_t row, const char *name)
{
    const struct evidence *s = &r->evidence;
    const char *of = evidence_text(s, row, FIGURE_OPERATOR);
    const bool measured = !strcmp(evidence_text(s, row, FIGURE_KIND), "measured"),
               this_year = !strncmp(evidence_text(s, row, FIGURE_PERIOD), r->year, 4);
    if (!of || strcmp(of, name) != 0 || strcmp(evidence_text(s, row, FIGURE_COUNTRY), r->country) != 0)
        return false;
    if (!evidence_text(s, row, FIGURE_VALUE))
        return measured && this_year && s->cuts[row] == DIM_OPERATOR;
    return pg_bool(s->rows, row, FIGURE_ADMITTED) && (measured ? this_year : !is_told_later(s, row));
}

/* The same figure of all operators together. -1: it is not told. */
static ssize_t whole_of(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    for (size_t at = 0; at < evidence_count(s); at++)
        if (!evidence_text(s, at, FIGURE_OPERATOR) && alike(s, at, row) && same(s, at, row, FIGURE_PERIOD) &&
            evidence_text(s, at, FIGURE_VALUE) && pg_bool(s->rows, at, FIGURE_ADMITTED))
            return (ssize_t)at;
    return -1;
}

/* ---- as rows ---- */

/* "Littoral, fibre", or that it is of all its lines; the caller frees. */
static char *part_of(const struct report *r, size_t row)
{
    const json_t *words = json_object_get(json_object_get(r->words.texts, "areas"), "word");
    struct buf out = {0};
    for (size_t p = 0; p < COUNT(parts); p++) {
        const char *word = evidence_text(&r->evidence, row, parts[p]),
                   *known = word ? json_string_value(json_object_get(words, word)) : NULL;
        if (word)
            buf_addf(&out, "%s%s", out.len ? ", " : "",
                     parts[p] == FIGURE_GEO ? report_department(r, word)
                     : known                ? known
                                            : word);
    }
    return out.len ? buf_take(&out) : alloc_text(text(r, "all_lines"));
}

static bool has_interval(const struct report *r, ssize_t row)
{
    return row >= 0 && evidence_text(&r->evidence, (size_t)row, FIGURE_LOW);
}

static json_t *row_of(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    const ssize_t whole = whole_of(r, row);
    const char *version = evidence_text(s, row, FIGURE_METHOD_VERSION), *floor = evidence_text(s, row, FIGURE_FLOOR);
    _cleanup_text_ char *part = part_of(r, row), *sample = portrait_sample(r, row), *source = portrait_source(r, row),
                        *interval = portrait_interval(r, row), *line = alloc_format("%zu", row + 2),
                        *statistic = phrase_statistic(&r->words, evidence_text(s, row, FIGURE_STATISTIC)),
                        *beside_interval = has_interval(r, whole) ? portrait_interval(r, (size_t)whole) : NULL;
    _cleanup_(buf_free) struct buf value = {0}, beside = {0};
    if (!report_number(r, (ssize_t)row, &value))
        buf_add_text(&value, phrase(&r->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small"));
    if (!report_number(r, whole, &beside))
        buf_add_text(&beside, phrase(&r->words, "none"));
    return portrait_shortfall(r, row,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s?, s:s}", "part", part,
                                        "statistic", statistic, "value", value.data, "interval", interval, "beside",
                                        beside.data, "beside_interval", beside_interval, "sample", sample, "source",
                                        source, "version", version, "line", line));
}

/* Of each indicator its rows, and how it is measured. */
static json_t *blocks_of(const struct report *r, const char *name)
{
    const struct evidence *s = &r->evidence;
    json_t *blocks = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        json_t *rows = json_array();
        for (size_t row = 0; row < evidence_count(s); row++)
            if (!strcmp(evidence_text(s, row, FIGURE_INDICATOR), all[i].id) && is_wanted(r, row, name))
                json_array_append_new(rows, row_of(r, row));
        _cleanup_text_ char *title = report_name(r, &all[i]),
                            *definition = indicator_in(all[i].definition[r->words.lang], r->cctld);
        if (json_array_size(rows))
            json_array_append_new(blocks,
                                  json_pack("{s:s, s:s, s:s, s:s?, s:O}", "id", all[i].id, "name", title, "unit",
                                            all[i].unit[r->words.lang], "definition", definition, "rows", rows));
        json_decref(rows);
    }
    return blocks;
}

/* ---- the document ---- */

static void set_until(const struct report *r, json_t *values)
{
    char date[DATE_TEXT_SIZE];
    int32_t day;
    if (r->order->until && date_read(r->order->until, &day) == 0)
        phrase_set(values, "until", text(r, "until"), json_pack("{s:s}", "date", date_long(&r->words, day, date)));
    else
        json_object_set_new(values, "until", json_string(text(r, "fifteen_days")));
}

/* Paragraphs of a list, with what they name. */
static json_t *paragraphs(const struct report *r, const char *list, const char *name)
{
    json_t *out = json_array();
    const json_t *paragraph;
    size_t n;
    json_array_foreach(json_object_get(texts(r), list), n, paragraph)
    {
        _cleanup_text_ char *filled = phrase_fill(
            json_string_value(paragraph), json_pack("{s:s, s:s, s:s}", "operator", name, "year", r->year, "in", r->in));
        json_array_append_new(out, json_string(filled));
    }
    return out;
}

extern const struct section section_method;

static int write_sheet(struct report *r, const char *name, const struct outlet *to, struct fault *f)
{
    json_t *list = json_array();
    _cleanup_json_ json_t *values = document_values(r, list);
    _cleanup_(buf_free) struct buf html = {0};
    json_t *blocks = blocks_of(r, name);
    int rc = document_section(r, &section_method, list, f);
    json_object_set_new(values, "operator", json_string(name));
    json_object_set_new(values, "any", json_boolean(json_array_size(blocks) > 0));
    json_object_set_new(values, "blocks", blocks);
    json_object_set_new(values, "asked", paragraphs(r, "asked", name));
    json_object_set_new(values, "after", paragraphs(r, "after", name));
    phrase_set(values, "headline", text(r, "headline"), json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    set_until(r, values);
    if (rc == 0)
        rc = document_render(r, values, &html, f);
    return rc < 0 ? rc : to->keep(to->of, "review.html", &html, f);
}

/* What it fills in, and what then stands in the report as it is. */
static int write_form(const struct report *r, const char *name, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf form = {0};
    _cleanup_text_ char *filled = phrase_fill(text(r, "form"),
                                              json_pack("{s:s, s:s}", "operator", name, "year", r->year));
    buf_add_text(&form, filled);
    return to->keep(to->of, "answer.md", &form, f);
}

static int write_review(struct report *r, const struct outlet *to, struct fault *f)
{
    const char *name;
    int rc = company_find(r, r->order->wanted, &name, f);
    if (rc == 0)
        rc = write_sheet(r, name, to, f);
    if (rc == 0)
        rc = write_form(r, name, to, f);
    return rc < 0 ? rc : document_data(r, to, f);
}

const struct document document_review = {.name = "review", .option = "review", .write = write_review};
