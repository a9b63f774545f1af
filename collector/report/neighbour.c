#include "collector/report/neighbour.h"

#include <string.h>

#include "collector/format/template.h"

const char *neighbour_name(const struct report *r, const char *iso)
{
    const char *key = r->words.lang == LANG_FR ? "name_fr" : "name_en";
    const json_t *neighbour;
    size_t n;
    if (!strcmp(iso, r->country))
        return json_string_value(json_object_get(r->pack, key));
    json_array_foreach(json_object_get(r->pack, "neighbours"), n, neighbour)
    {
        if (!strcmp(json_string_value(json_object_get(neighbour, "iso")), iso))
            return json_string_value(json_object_get(neighbour, key));
    }
    return iso;
}

json_t *neighbour_rows(const struct report *r, const struct indicator *i, const char *source, const char *period)
{
    json_t *rows = json_array();
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .source = source, .period = period, .told = true};
    for (int own = 1; own >= 0; own--)
        for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
            const char *country = evidence_text(s, (size_t)row, FIGURE_COUNTRY);
            _cleanup_(buf_free) struct buf value = {0};
            if ((strcmp(country, r->country) == 0) != own)
                continue;
            report_number(r, row, &value);
            json_array_append_new(rows, json_pack("{s:s, s:s, s:b}", "country", neighbour_name(r, country), "value",
                                                  value.data, "own", own));
        }
    return rows;
}

/* ---- in a sentence ---- */

enum side { BETTER, WORSE, ALIKE, ASIDE, SIDE_COUNT }; /* aside: the indicator has no better end */
static const char *const side_words[SIDE_COUNT] = {"better", "worse", "alike", "aside"};

static enum side side_of(const struct indicator *i, double theirs, double ours)
{
    if (!strcmp(i->better, "-"))
        return ASIDE;
    if (!(theirs > ours) && !(theirs < ours))
        return ALIKE;
    return (theirs > ours) == !strcmp(i->better, "high") ? BETTER : WORSE;
}

char *neighbour_say(const struct report *r, const struct indicator *i, size_t row)
{
    const struct evidence *s = &r->evidence;
    const json_t *t = json_object_get(r->words.texts, "neighbours");
    const struct evidence_wanted w = {.indicator = i->id,
                                      .source = evidence_text(s, row, FIGURE_SOURCE),
                                      .period = evidence_text(s, row, FIGURE_PERIOD),
                                      .statistic = evidence_text(s, row, FIGURE_STATISTIC),
                                      .told = true};
    struct buf lists[SIDE_COUNT] = {0}, out = {0};
    for (ssize_t at = evidence_next(s, &w, 0); at >= 0; at = evidence_next(s, &w, (size_t)at + 1)) {
        const char *country = evidence_text(s, (size_t)at, FIGURE_COUNTRY);
        if (!strcmp(country, r->country))
            continue;
        const char *name = neighbour_name(r, country);
        struct buf *list =
            &lists[side_of(i, evidence_number(s, (size_t)at, FIGURE_VALUE), evidence_number(s, row, FIGURE_VALUE))];
        buf_add_text(list, list->len ? ", " : "");
        template_escape(name, strlen(name), list);
        buf_add_text(list, "&nbsp;");
        report_number(r, at, list);
    }
    for (size_t n = 0; n < SIDE_COUNT; n++) {
        if (lists[n].len) {
            _cleanup_text_ char *said = phrase_fill(json_string_value(json_object_get(t, side_words[n])),
                                                    json_pack("{s:s}", "list", lists[n].data));
            buf_addf(&out, "%s%s", out.len ? " " : "", said);
        }
        buf_free(&lists[n]);
    }
    return out.len ? buf_take(&out) : NULL;
}
