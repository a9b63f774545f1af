#include "collector/report/trend.h"

#include <string.h>

static const char *text(const struct report *r, const char *name)
{
    const char *found = json_string_value(json_object_get(json_object_get(r->words.texts, "trend"), name));
    return found ? found : "";
}

const char *trend_word(const struct indicator *i, double low, double high)
{
    const bool more = low > 0, less = high < 0;
    if (!more && !less)
        return "steady";
    if (!strcmp(i->better, "-"))
        return more ? "rose" : "fell";
    return (more == !strcmp(i->better, "high")) ? (more ? "rose_good" : "fell_good") : (more ? "rose_bad" : "fell_bad");
}

/* Of the same lines, or of cells that are alike (collector/figure/change.h). */
static char *say_change(const struct report *r, const struct indicator *i, size_t row)
{
    const struct evidence *s = &r->evidence;
    _cleanup_(buf_free) struct buf change = {0};
    buf_add_text(&change, evidence_number(s, row, FIGURE_CHANGE) > 0 ? "+" : "");
    report_number_of(r, (ssize_t)row, FIGURE_CHANGE, &change);
    const char *word = trend_word(i, evidence_number(s, row, FIGURE_CHANGE_LOW),
                                  evidence_number(s, row, FIGURE_CHANGE_HIGH));
    return phrase_fill(text(r, word), json_pack("{s:s, s:s, s:s}", "from", evidence_text(s, row, FIGURE_CHANGE_FROM),
                                                "change", change.data, "unit", i->unit[r->words.lang]));
}

/* What the same source said last: of others' figures nobody knows what chance does to them. */
static char *say_before(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = evidence_text(s, row, FIGURE_INDICATOR),
                                      .country = r->country,
                                      .source = evidence_text(s, row, FIGURE_SOURCE),
                                      .statistic = evidence_text(s, row, FIGURE_STATISTIC),
                                      .told = true};
    ssize_t before = -1;
    for (ssize_t at = evidence_next(s, &w, 0); at >= 0 && (size_t)at < row; at = evidence_next(s, &w, (size_t)at + 1))
        if (strcmp(evidence_text(s, (size_t)at, FIGURE_PERIOD), evidence_text(s, row, FIGURE_PERIOD)) < 0)
            before = at;
    _cleanup_(buf_free) struct buf value = {0};
    if (!report_number(r, before, &value))
        return NULL;
    return phrase_fill(text(r, "before"), json_pack("{s:s, s:s}", "value", value.data, "from",
                                                    evidence_text(s, (size_t)before, FIGURE_PERIOD)));
}

/* Was nothing measured before? Then that is said once (section/method.c), and not beside each figure. */
static bool is_first(const struct report *r)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.country = r->country, .measured = true};
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        if (strcmp(evidence_text(s, (size_t)row, FIGURE_PERIOD), r->year) < 0)
            return false;
    return true;
}

char *trend_say(const struct report *r, const struct indicator *i, size_t row)
{
    const struct evidence *s = &r->evidence;
    const char *why = evidence_text(s, row, FIGURE_CHANGE_WHY);
    if (strcmp(evidence_text(s, row, FIGURE_KIND), "measured") != 0)
        return say_before(r, row);
    if (evidence_text(s, row, FIGURE_CHANGE_FROM) && evidence_text(s, row, FIGURE_CHANGE) &&
        evidence_text(s, row, FIGURE_CHANGE_LOW))
        return say_change(r, i, row);
    const char *known = text(r, why ? why : "missing");
    if (*known && strcmp(why ? why : "missing", "missing") != 0)
        return alloc_text(known);
    return is_first(r) ? NULL : alloc_text(text(r, "missing"));
}
