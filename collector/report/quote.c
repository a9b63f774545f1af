#include "collector/report/quote.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/template.h"
#include "collector/report/built_in.h"
#include "collector/report/history.h"
#include "collector/report/picture.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

#define PICTURE "picture "

static void tell(const struct quotes *q, const char *reference, int line, const char *why)
{
    _cleanup_text_ char *text = alloc_format("%s", reference ? reference : "");
    form_tame(text);
    log_warn(_("%s: line %d: {{%.80s}} is not understood, and the report says so in its place: %s"), q->path, line,
             text, why);
}

/* In the report's language, for its readers. */
static void write_broken(struct quotes *q, const char *reference, int line, const char *why, struct buf *out)
{
    _cleanup_text_ char *sentence = phrase_fill(phrase(&q->r->words, "broken"),
                                                json_pack("{s:s}", "reference", reference ? reference : "…"));
    if (q->broken++ < QUOTE_TOLD_MAX)
        tell(q, reference, line, why);
    buf_add_text(out, "<mark>");
    template_escape(sentence, strlen(sentence), out);
    buf_add_text(out, "</mark>");
}

static void write_no_data(const struct quotes *q, struct buf *out)
{
    buf_addf(out, "<span class=\"none\">%s</span>", phrase(&q->r->words, "no_data"));
}

/* Wherever it stands, a number of imaginary lines says so. False: there is none. */
static bool write_number(const struct quotes *q, size_t row, enum figure_column column, struct buf *out)
{
    if (!report_number_of(q->r, (ssize_t)row, column, out))
        return false;
    if (pg_bool(q->r->evidence.rows, row, FIGURE_SIMULATED))
        buf_addf(out, " <span class=\"badge\">%s</span>", phrase(&q->r->words, "simulated_mark"));
    return true;
}

/* ---- pictures ---- */

/* The same picture may stand in the document already: in its ids, the name is another. */
static void rename_ids(struct quotes *q, const struct buf *svg, const char *name, struct buf *out)
{
    _cleanup_text_ char *own = alloc_format("quote-%zu", q->pictures);
    const char *at = svg->data, *found;
    for (; (found = strstr(at, name)) != NULL; at = found + strlen(name)) {
        buf_add(out, at, (size_t)(found - at));
        buf_add_text(out, own);
    }
    buf_add_text(out, at);
}

static void add_row(const struct quotes *q, size_t row, const char *label, json_t *rows)
{
    _cleanup_(buf_free) struct buf value = {0}, interval = {0};
    if (!write_number(q, row, FIGURE_VALUE, &value))
        buf_add_text(&value, phrase(&q->r->words, "no_data"));
    if (report_number_of(q->r, (ssize_t)row, FIGURE_LOW, &interval)) {
        buf_add_text(&interval, " – ");
        report_number_of(q->r, (ssize_t)row, FIGURE_HIGH, &interval);
    }
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "label", label, "value", value.data, "interval",
                                          interval.data ? interval.data : phrase(&q->r->words, "none")));
}

/* What the picture shows, in numbers: the whole, and its parts where it has some. */
static json_t *rows_of(const struct quotes *q, const struct indicator *i, enum picture p)
{
    const struct evidence *s = &q->r->evidence;
    const ssize_t whole = report_main(q->r, i);
    const unsigned cut = picture_cut(p);
    const json_t *texts = json_object_get(q->r->words.texts, "pictures");
    json_t *rows = json_array();
    if (p == PICTURE_years) {
        size_t *years, count = history_read(q->r, i, &years);
        for (size_t n = 0; n < count; n++)
            add_row(q, years[n], evidence_text(s, years[n], FIGURE_PERIOD), rows);
        free(years);
        return rows;
    }
    if (whole < 0)
        return rows;
    add_row(q, (size_t)whole, json_string_value(json_object_get(texts, "lines")), rows);
    const struct evidence_wanted w = {.indicator = i->id,
                                      .country = q->r->country,
                                      .source = evidence_text(s, (size_t)whole, FIGURE_SOURCE),
                                      .period = q->r->year,
                                      .statistic = indicator_main(i)->name,
                                      .cut = cut,
                                      .measured = true};
    for (ssize_t row = cut ? evidence_next(s, &w, 0) : -1; row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        add_row(q, (size_t)row,
                cut == DIM_OPERATOR ? evidence_text(s, (size_t)row, FIGURE_OPERATOR)
                                    : report_department(q->r, evidence_text(s, (size_t)row, FIGURE_GEO)),
                rows);
    return rows;
}

static void write_picture(struct quotes *q, const struct indicator *i, enum picture p, struct buf *out)
{
    _cleanup_(buf_free) struct buf drawn = {0}, svg = {0};
    _cleanup_text_ char *title = NULL, *name = alloc_format("%s-%s", i->id, picture_word(p));
    int rc = picture_draw(q->r, i, p, CHART_REPORT, &drawn, &title, q->f);
    if (rc == 0 && title) {
        rename_ids(q, &drawn, name, &svg);
        const json_t *areas = json_object_get(q->r->words.texts, "areas");
        _cleanup_json_ json_t *values = json_pack(
            "{s:s, s:s, s:s, s:s, s:O, s:s, s:o}", "figure", phrase(&q->r->words, "figure"), "kind", picture_word(p),
            "title", title, "svg", svg.data, "t", areas, "unit", i->unit[q->r->words.lang], "rows", rows_of(q, i, p));
        rc = template_render(built_in_text("quote.html"), NULL, values, out, q->f);
    } else if (rc == 0) {
        buf_add_text(out, "<p>");
        write_no_data(q, out);
        buf_add_text(out, "</p>");
    }
    if (rc < 0)
        q->rc = rc;
}

/* "PER1 operators": the indicator, and the word; PICTURE_COUNT: no such picture. */
static enum picture read_picture(const char *text, const struct indicator **ret)
{
    const size_t len = strcspn(text, " ");
    _cleanup_text_ char *id = alloc_text_n(text, len);
    const char *word = text + len + strspn(text + len, " ");
    enum picture p = 0;
    *ret = indicator_find(id);
    while (p < PICTURE_COUNT && strcmp(picture_word(p), word) != 0)
        p++;
    return p;
}

static bool write_picture_of(struct quotes *q, const char *reference, int line, bool alone, struct buf *out)
{
    const struct indicator *i;
    const enum picture p = read_picture(reference + strlen(PICTURE), &i);
    _cleanup_(buf_free) struct buf why = {0};
    const bool known = i && p < PICTURE_COUNT;
    if (known && alone && q->pictures < QUOTE_PICTURES_MAX) {
        q->pictures++;
        write_picture(q, i, p, out);
        return true;
    }
    if (known && alone) {
        buf_addf(&why, _("there are %d pictures already"), QUOTE_PICTURES_MAX);
    } else if (known) {
        buf_add_text(&why, _("a picture stands alone, between empty lines"));
    } else {
        buf_add_text(&why, _("what is meant is {{picture INDICATOR KIND}}; kinds are: "));
        for (enum picture k = 0; k < PICTURE_COUNT; k++)
            buf_addf(&why, "%s%s", k ? ", " : "", picture_word(k));
    }
    write_broken(q, reference, line, why.data, out);
    return false;
}

/* ---- any of them ---- */

bool quote_write(void *of, const char *reference, int line, bool alone, struct buf *out)
{
    struct quotes *q = of;
    struct reference at;
    _cleanup_(buf_free) struct buf why = {0};
    if (reference && !strncmp(reference, PICTURE, strlen(PICTURE)))
        return write_picture_of(q, reference, line, alone, out);
    switch (references_find(q->references, reference, &at, q->broken < QUOTE_TOLD_MAX ? &why : NULL)) {
    case REFERENCE_FIGURE:
        if (!write_number(q, at.row, at.column, out))
            write_no_data(q, out);
        break;
    case REFERENCE_NO_DATA:
        write_no_data(q, out);
        break;
    default:
        write_broken(q, reference, line, why.data ? why.data : "", out);
    }
    return false;
}

void quote_end(const struct quotes *q)
{
    if (q->broken > QUOTE_TOLD_MAX)
        log_warn(_("%zu more references are not understood; mend the first ones and write the report again"),
                 q->broken - QUOTE_TOLD_MAX);
}
