#include "collector/report/document.h"

#include "collector/format/template.h"
#include "collector/format/typography.h"
#include "collector/report/built_in.h"
#include "collector/report/package.h"
#include "common/json.h"

#define DOCUMENT_LIST(document_name) &document_##document_name,
static const struct document *const documents[] = {DOCUMENTS(DOCUMENT_LIST)};

const struct document *const *document_all(size_t *ret_count)
{
    *ret_count = COUNT(documents);
    return documents;
}

int document_section(struct report *r, const struct section *s, json_t *list, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("section/%s.html", s->template ? s->template : s->name);
    _cleanup_(buf_free) struct buf html = {0};
    _cleanup_json_ json_t *values = json_pack("{s:O, s:s}", "t", json_object_get(r->words.texts, s->name), "figure",
                                              phrase(&r->words, "figure"));
    int rc = s->read(r, values, f);
    if (rc == 0)
        rc = template_render(built_in_text(path), NULL, values, &html, f);
    if (rc == 0)
        json_array_append_new(list,
                              json_pack("{s:s, s:O, s:s, s:O?}", "name", s->name, "title",
                                        json_object_get(json_object_get(r->words.texts, s->name), "title"), "html",
                                        html.data ? html.data : "", "parts", json_object_get(values, "parts")));
    return rc;
}

json_t *document_values(const struct report *r, json_t *sections)
{
    json_t *values = json_pack("{s:s, s:O, s:s, s:s, s:o, s:b}", "lang", r->order->language->code, "t", r->words.texts,
                               "style", built_in_text("report.css"), "year", r->year, "sections", sections, "partial",
                               r->words.lacking > 0);
    phrase_set(values, "title", phrase(&r->words, "title"), json_pack("{s:s}", "in", r->in));
    _cleanup_text_ char *state = report_state(r);
    json_object_set_new(values, "state", json_string(state));
    json_object_set_new(values, "simulated", json_boolean(report_simulated(r)));
    return values;
}

int document_fill(const struct report *r, const char *template, const json_t *values, struct buf *out, struct fault *f)
{
    const struct template_part parts[] = {
        {"head", built_in_text("document_head.html")}, {"marks", built_in_text("document_marks.html")}, {0}};
    _cleanup_(buf_free) struct buf text = {0};
    int rc = template_render(built_in_text(template), parts, values, &text, f);
    if (rc == 0)
        typography_set(r->words.lang, text.data, text.len, out);
    return rc;
}

int document_render(const struct report *r, const json_t *values, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("document/%s.html", r->order->document->name);
    return document_fill(r, path, values, out, f);
}

int document_data(const struct report *r, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf csv = {0}, package = {0};
    package_csv(&r->evidence, &csv);
    package_json(r, &csv, &package);
    int rc = to->keep(to->of, "indicators.csv", &csv, f);
    return rc < 0 ? rc : to->keep(to->of, "datapackage.json", &package, f);
}
