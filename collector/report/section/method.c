/* How the figures were made, in which version, and of what they speak. */
#include "collector/report/document.h"

#include "collector/disclosure/crowd.h"
#include "collector/figure/weight.h"
#include "collector/report/revision.h"

static void add_paragraphs(const struct report *r, json_t *out)
{
    json_t *list = json_array(), *text;
    size_t n;
    json_array_foreach(json_object_get(json_object_get(out, "t"), "texts"), n, text)
    {
        _cleanup_text_ char *networks = alloc_format("%d", FLOOR_NETWORKS), *probes = alloc_format("%d", FLOOR_PROBES),
                            *days = alloc_format("%d", FLOOR_DAYS);
        _cleanup_text_ char *filled = phrase_fill(
            json_string_value(text), json_pack("{s:s, s:s, s:s}", "networks", networks, "lines", probes, "days", days));
        json_array_append_new(list, json_string(filled));
    }
    json_object_set_new(out, "paragraphs", list);
}

static void add_methods(const struct report *r, json_t *out)
{
    json_t *list = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (!all[i].measured && !all[i].derived)
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]), *version = alloc_format("%d", all[i].method);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s}", "id", all[i].id, "name", name, "status",
                      json_string_value(json_object_get(json_object_get(r->words.texts, "status"), all[i].status)),
                      "version", version));
    }
    json_object_set_new(out, "methods", list);
}

/* What its figures would need to speak of the country and not of the measured lines. */
static int add_reach(const struct report *r, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    json_t *list = json_array();
    int rc = pg_query(r->pg,
                      "SELECT DISTINCT ON (m.place) m.fr, m.en FROM public_edition e, unnest(e.missing_fr, "
                      "e.missing_en) WITH ORDINALITY AS m (fr, en, place) WHERE e.country = $1 AND e.period = $2 "
                      "ORDER BY m.place, e.source",
                      2, (const char *const[]){r->country, r->year}, &rows, f);
    for (size_t m = 0; rc == 0 && m < pg_rows_count(rows); m++)
        json_array_append_new(list, json_string(pg_text(rows, m, r->words.lang == LANG_FR ? 0 : 1)));
    json_object_set_new(out, "reach", json_boolean(json_array_size(list) > 0));
    json_object_set_new(out, "missing", list);
    return rc;
}

static void add_changes(const struct report *r, json_t *out)
{
    bool any;
    json_t *rows = revision_rows(r, &any);
    json_object_set_new(out, "revised", json_boolean(json_array_size(rows) > 0));
    json_object_set_new(
        out, "unrevised",
        json_string(json_string_value(json_object_get(json_object_get(out, "t"), any ? "unchanged" : "first"))));
    json_object_set_new(out, "revisions", rows);
}

static int read_method(struct report *r, json_t *out, struct fault *f)
{
    add_changes(r, out);
    add_paragraphs(r, out);
    add_methods(r, out);
    return add_reach(r, out, f);
}

const struct section section_method = {"method", read_method};
