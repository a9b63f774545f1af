/* What the framework asks for and nobody has a figure of, and why. */
#include "collector/report/document.h"

#include <string.h>

static bool has_figure(const struct report *r, const struct indicator *i)
{
    for (size_t row = 0; row < evidence_count(&r->evidence); row++)
        if (!strcmp(evidence_text(&r->evidence, row, FIGURE_INDICATOR), i->id) &&
            !strcmp(evidence_text(&r->evidence, row, FIGURE_COUNTRY), r->country) &&
            evidence_text(&r->evidence, row, FIGURE_VALUE) && pg_bool(r->evidence.rows, row, FIGURE_ADMITTED))
            return true;
    return false;
}

static const char *why(const struct indicator *i, const json_t *t, enum lang lang)
{
    if (i->waits[lang])
        return i->waits[lang];
    return json_string_value(json_object_get(t, i->measured || i->derived     ? "too_few"
                                                : i->calculated               ? "no_inputs"
                                                : i->kinds & KIND_QUALITATIVE ? "not_rated"
                                                                              : "not_received"));
}

static void add(json_t *reasons, const char *why, json_t *indicator)
{
    json_t *reason;
    size_t n;
    json_array_foreach(reasons, n, reason)
    {
        if (!strcmp(json_string_value(json_object_get(reason, "why")), why)) {
            json_array_append_new(json_object_get(reason, "indicators"), indicator);
            return;
        }
    }
    json_array_append_new(reasons, json_pack("{s:s, s:[o]}", "why", why, "indicators", indicator));
}

static int read_missing(struct report *r, json_t *out, struct fault *f)
{
    json_t *reasons = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (indicator_retired(&all[i]) || has_figure(r, &all[i]))
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]);
        add(reasons, why(&all[i], json_object_get(out, "t"), r->words.lang),
            json_pack("{s:s, s:s}", "id", all[i].id, "name", name));
    }
    json_object_set_new(out, "reasons", reasons);
    return 0;
}

const struct section section_missing = {"missing", read_missing};
