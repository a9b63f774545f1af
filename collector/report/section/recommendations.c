/* What its authors recommend, to whom, and on which figures; and what became of what they recommended the year before.
 */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/report/neighbour.h"
#include "collector/report/portrait.h"
#include "collector/report/quote.h"
#include "common/json.h"

static const char *const addressees[] = {"state", "regulator", "operators", "chapter", "donors"};

static const char *word(const json_t *t, const char *table, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(t, table), name));
    return text ? text : name;
}

/* ---- the figures that one rests on ---- */

/* Of what part it is: "Littoral, fibre"; nothing of the whole country. */
static void add_parts(const struct report *r, const struct indicator *i, size_t row, struct buf *out)
{
    static const enum figure_column columns[] = {FIGURE_OPERATOR, FIGURE_GEO,       FIGURE_TECHNOLOGY, FIGURE_ZONE,
                                                 FIGURE_SEX,      FIGURE_AGE_GROUP, FIGURE_PLAN,       FIGURE_FAMILY};
    const struct evidence *s = &r->evidence;
    const json_t *words = json_object_get(json_object_get(r->words.texts, "areas"), "word");
    const char *country = evidence_text(s, row, FIGURE_COUNTRY), *item = evidence_text(s, row, FIGURE_ITEM);
    size_t len = 0;
    if (strcmp(country, r->country) != 0)
        buf_addf(out, ", %s", neighbour_name(r, country));
    for (size_t c = 0; c < COUNT(columns); c++) {
        const char *part = evidence_text(s, row, columns[c]);
        if (!part)
            continue;
        const char *known = columns[c] == FIGURE_GEO ? report_department(r, part)
                                                     : json_string_value(json_object_get(words, part));
        buf_addf(out, ", %s", known ? known : part);
    }
    const char *name = item ? indicator_item(i, item, r->words.lang, &len) : NULL;
    if (name)
        buf_addf(out, ", %.*s", (int)len, name);
}

static json_t *figure_of(const struct report *r, const struct reference *at)
{
    const struct evidence *s = &r->evidence;
    const struct indicator *i = indicator_find(evidence_text(s, at->row, FIGURE_INDICATOR));
    _cleanup_text_ char *name = report_name(r, i), *source = portrait_source(r, at->row),
                        *range = portrait_interval(r, at->row),
                        *statistic = phrase_statistic(&r->words, evidence_text(s, at->row, FIGURE_STATISTIC));
    _cleanup_(buf_free) struct buf label = {0}, value = {0};
    buf_add_text(&label, name);
    add_parts(r, i, at->row, &label);
    if (*statistic)
        buf_addf(&label, ", %s", statistic);
    report_number_of(r, (ssize_t)at->row, at->column, &value);
    const bool interval = at->column == FIGURE_VALUE && evidence_text(s, at->row, FIGURE_LOW);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s}", "id", i->id, "label", label.data, "value", value.data,
                     "unit", i->unit[r->words.lang], "source", source, "interval", interval ? range : NULL, "mark",
                     pg_bool(s->rows, at->row, FIGURE_SIMULATED) ? phrase(&r->words, "simulated_mark") : "");
}

/* "PER5.p50.Littoral, ACC1": what is not understood is told as in a chapter. */
static json_t *figures_of(struct quotes *q, const json_t *recommendation)
{
    json_t *list = json_array();
    const int line = (int)json_integer_value(json_object_get(recommendation, "line"));
    const char *at = json_string_value(json_object_get(recommendation, "figures"));
    for (size_t len; *at; at += len + (at[len] == ',')) {
        len = strcspn(at, ",");
        const size_t blanks = strspn(at, " ");
        _cleanup_text_ char *name = blanks < len ? alloc_text_n(at + blanks, len - blanks) : NULL;
        struct reference found;
        if (!name)
            continue;
        if (references_find(q->references, name, &found, NULL) == REFERENCE_FIGURE) {
            json_array_append_new(list, figure_of(q->r, &found));
            continue;
        }
        _cleanup_(buf_free) struct buf instead = {0};
        quote_write(q, name, line, false, &instead);
        json_array_append_new(list, json_pack("{s:s, s:s}", "label", name, "value", instead.data));
    }
    return list;
}

/* ---- by addressee ---- */

static void add_addressee(struct quotes *q, const char *addressee, const json_t *t, json_t *out)
{
    json_t *list = json_array();
    const json_t *one;
    size_t n;
    json_array_foreach(edition_list(&q->r->edition, "recommendation"), n, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "to")), addressee) != 0)
            continue;
        json_array_append_new(list, json_pack("{s:O, s:O, s:o}", "name", json_object_get(one, "name"), "text",
                                              json_object_get(one, "text"), "figures", figures_of(q, one)));
    }
    if (json_array_size(list))
        json_array_append_new(out, json_pack("{s:s, s:O}", "to", word(t, "to", addressee), "list", list));
    json_decref(list);
}

/* Of each of the year before what became of it; one that nobody answers is printed as such. */
static json_t *outcomes_of(const struct report *r, const json_t *t)
{
    json_t *list = json_array();
    const json_t *old;
    size_t n;
    json_array_foreach(edition_list(&r->before, "recommendation"), n, old)
    {
        const json_t *outcome = edition_find(&r->edition, "outcome", json_string_value(json_object_get(old, "name")));
        const char *became = json_string_value(json_object_get(outcome, "became"));
        json_array_append_new(list, json_pack("{s:s, s:O, s:s, s:s, s:O?}", "to",
                                              word(t, "to", json_string_value(json_object_get(old, "to"))), "text",
                                              json_object_get(old, "text"), "became",
                                              word(t, "became", became ? became : "none"), "class",
                                              became ? became : "none", "why", json_object_get(outcome, "why")));
    }
    return list;
}

static int read_recommendations(struct report *r, json_t *out, struct fault *f)
{
    const json_t *t = json_object_get(out, "t");
    json_t *addressed = json_array(), *outcomes = outcomes_of(r, t);
    struct quotes q = {.r = r, .path = r->edition.path, .f = f};
    if (edition_list(&r->edition, "recommendation"))
        q.references = references_new(r);
    for (size_t a = 0; a < COUNT(addressees); a++)
        add_addressee(&q, addressees[a], t, addressed);
    quote_end(&q);
    references_free(q.references);
    json_object_set_new(out, "any", json_boolean(json_array_size(addressed) > 0));
    json_object_set_new(out, "addressed", addressed);
    json_object_set_new(out, "some", json_boolean(json_array_size(outcomes) > 0));
    json_object_set_new(out, "outcomes", outcomes);
    phrase_set(out, "before", json_string_value(json_object_get(t, "before")),
               json_pack("{s:o}", "year", json_sprintf("%d", atoi(r->year) - 1)));
    return q.rc;
}

const struct section section_recommendations = {"recommendations", read_recommendations};
