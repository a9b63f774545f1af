#include "collector/report/revision.h"

#include <string.h>

/* Ours: the same of every figure of an indicator and year, whatever it is of. */
static bool is_ours(const struct report *r, const struct indicator *i, size_t row)
{
    const struct evidence *s = &r->evidence;
    return !strcmp(evidence_text(s, row, FIGURE_INDICATOR), i->id) &&
           !strcmp(evidence_text(s, row, FIGURE_COUNTRY), r->country) &&
           strcmp(evidence_text(s, row, FIGURE_KIND), "imported") != 0 &&
           evidence_text(s, row, FIGURE_METHOD_VERSION) && strlen(evidence_text(s, row, FIGURE_PERIOD)) == 4;
}

/* The figure of the report's year, and that of the last year before it; -1: none. */
static void find(const struct report *r, const struct indicator *i, ssize_t *ret_now, ssize_t *ret_before)
{
    const struct evidence *s = &r->evidence;
    *ret_now = *ret_before = -1;
    for (size_t row = 0; row < evidence_count(s); row++) {
        if (!is_ours(r, i, row))
            continue;
        const char *period = evidence_text(s, row, FIGURE_PERIOD);
        if (!strcmp(period, r->year))
            *ret_now = (ssize_t)row;
        else if (*ret_before < 0 || strcmp(period, evidence_text(s, (size_t)*ret_before, FIGURE_PERIOD)) > 0)
            *ret_before = (ssize_t)row;
    }
}

static bool differs(const struct report *r, ssize_t a, ssize_t b, enum figure_column column)
{
    const char *one = evidence_text(&r->evidence, (size_t)a, column),
               *other = evidence_text(&r->evidence, (size_t)b, column);
    return one != other && (!one || !other || strcmp(one, other) != 0);
}

json_t *revision_rows(const struct report *r, bool *ret_any)
{
    json_t *rows = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    *ret_any = false;
    for (size_t i = 0; i < count; i++) {
        ssize_t now, before;
        find(r, &all[i], &now, &before);
        if (now < 0 || before < 0)
            continue;
        *ret_any = true;
        const bool method = differs(r, now, before, FIGURE_METHOD_VERSION),
                   targets = differs(r, now, before, FIGURE_TARGET_SET);
        if (!method && !targets)
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "id", all[i].id, "name", name, "from",
                                              evidence_text(&r->evidence, (size_t)before, FIGURE_PERIOD), "before",
                                              evidence_text(&r->evidence, (size_t)before, FIGURE_METHOD_VERSION), "now",
                                              evidence_text(&r->evidence, (size_t)now, FIGURE_METHOD_VERSION),
                                              "targets", targets));
    }
    return rows;
}
