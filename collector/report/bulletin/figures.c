/* What the days of the period come to, and whether that is more than chance. */
#include "collector/report/bulletin/bulletin.h"

#include <math.h>
#include <string.h>

static void add_daily(struct bulletin *b, const struct indicator *i, const struct daily *d)
{
    const bool quantile = indicator_main(i)->what.kind == STAT_QUANTILE;
    digest_text(&b->digest, DIGEST_of_days, quantile ? "median" : "mean");
    digest_value(&b->digest, DIGEST_value, d->value);
    digest_value(&b->digest, DIGEST_low, d->low);
    digest_value(&b->digest, DIGEST_high, d->high);
    digest_count(&b->digest, DIGEST_n_days, (int64_t)d->count);
    digest_count(&b->digest, DIGEST_n_probes_least, d->lines_least);
    digest_count(&b->digest, DIGEST_n_probes_most, d->lines_most);
}

/* As a cell: {head, value, low, high, days}, or {head, empty} where no day is told. */
static json_t *cell_of(struct bulletin *b, const struct indicator *i, const struct daily *d, struct period p,
                       size_t *ret_line)
{
    char period[PERIOD_TEXT_SIZE];
    _cleanup_text_ char *head = period_name(p, &b->r->words);
    if (d->count == 0)
        return json_pack("{s:s, s:b}", "head", head, "empty", true);
    *ret_line = bulletin_line(b, "period", i, period_text(p, period));
    add_daily(b, i, d);
    const size_t line = *ret_line;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:b}", "head", head, "value", bulletin_number(b, line, DIGEST_value),
                     "low", bulletin_number(b, line, DIGEST_low), "high", bulletin_number(b, line, DIGEST_high), "days",
                     bulletin_days_of(b, line), "ranged", !isnan(d->low));
}

/* ---- changes ---- */

/* The version of the method and the targets that a year's figure has; NULL: it has none. */
static const char *made_by(const struct bulletin *b, const struct indicator *i, int year, enum figure_column column)
{
    _cleanup_text_ char *period = alloc_format("%d", year);
    const struct evidence_wanted w = {.indicator = i->id,
                                      .country = b->r->country,
                                      .source = b->source,
                                      .period = period,
                                      .statistic = indicator_main(i)->name,
                                      .measured = true};
    const ssize_t row = evidence_next(&b->r->evidence, &w, 0);
    return row < 0 ? NULL : evidence_text(&b->r->evidence, (size_t)row, column);
}

/* Was it measured in another way then? Where a year's figure does not say, its days say it no more. */
static bool is_apart(const struct bulletin *b, const struct indicator *i, struct period then)
{
    static const enum figure_column columns[] = {FIGURE_METHOD_VERSION, FIGURE_TARGET_SET};
    for (size_t c = 0; c < COUNT(columns); c++) {
        const char *one = made_by(b, i, then.year, columns[c]), *other = made_by(b, i, b->period.year, columns[c]);
        if (one && other && strcmp(one, other) != 0)
            return true;
    }
    return false;
}

/* Adds what an earlier period's value is to today's: {…, says, sure}. */
static json_t *compare(struct bulletin *b, const struct bulletin_figure *g, const struct daily *then, struct period p,
                       const char **ret_verdict)
{
    char now[PERIOD_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    size_t line;
    json_t *cell = cell_of(b, g->i, then, p, &line);
    const enum daily_change change = daily_change(then, &g->now);
    *ret_verdict = then->count > 0 && is_apart(b, g->i, p) ? "apart" : daily_change_word(change);
    json_object_set_new(cell, "says", json_string(bulletin_says(b, "changes", *ret_verdict)));
    json_object_set_new(cell, "sure", json_boolean(!strcmp(*ret_verdict, "rose") || !strcmp(*ret_verdict, "fell")));
    if (then->count == 0)
        return cell;
    bulletin_line(b, "change", g->i, period_text(b->period, now));
    digest_text(&b->digest, DIGEST_against, period_text(p, period));
    digest_value(&b->digest, DIGEST_value, strcmp(*ret_verdict, "apart") ? g->now.value - then->value : NAN);
    digest_text(&b->digest, DIGEST_verdict, *ret_verdict);
    return cell;
}

/* ---- in a sentence ---- */

static void add_changed(struct bulletin *b, const char *name, const char *verdict, struct buf *list)
{
    _cleanup_text_ char *item = phrase_fill(bulletin_says(b, "summary", verdict), json_pack("{s:s}", "name", name));
    if (strcmp(verdict, "rose") != 0 && strcmp(verdict, "fell") != 0)
        return;
    buf_add_text(list, list->len ? bulletin_says(b, "summary", "between") : "");
    buf_add_text(list, item);
}

static void set_summary(struct bulletin *b, const struct buf *changed, bool judged, bool before)
{
    _cleanup_text_ char *in = period_in(period_before(b->period), &b->r->words);
    const char *which = changed->len ? "changed" : judged ? "steady" : before ? "unjudged" : "first";
    phrase_set(b->out, "summary", bulletin_says(b, "summary", which),
               json_pack("{s:s, s:s}", "in", in, "list", changed->data ? changed->data : ""));
}

/* Of those with most days: most lines on a day, and how many days. */
static void set_scope(struct bulletin *b)
{
    const struct bulletin_figure *most = &b->figures[0];
    for (size_t n = 1; n < b->count; n++)
        if (b->figures[n].now.count > most->now.count)
            most = &b->figures[n];
    _cleanup_text_ char *lines = bulletin_lines(b, most->now.lines_least, most->now.lines_most),
                        *all = alloc_format("%d", period_last(b->period) - period_first(b->period) + 1);
    json_t *days = bulletin_number(b, most->line, DIGEST_n_days);
    phrase_set(
        b->out, "scope", phrase(&b->r->words, "scope"),
        json_pack("{s:s, s:s, s:s, s:s}", "lines", lines, "in", b->r->in, "days", json_string_value(days), "all", all));
    json_decref(days);
}

/* A quarter's months, each by itself. */
static int add_months(struct bulletin *b, const struct bulletin_figure *g, const char *name, struct fault *f)
{
    json_t *cells = json_array();
    int rc = 0;
    size_t line;
    for (int m = 0; rc == 0 && m < b->period.months; m++) {
        const struct period month = period_month(b->period, m);
        struct daily d;
        rc = daily_read(b->r->pg, g->i, b->r->country, b->source, month, &d, f);
        json_array_append_new(cells, cell_of(b, g->i, &d, month, &line));
        daily_free(&d);
    }
    json_array_append_new(json_object_get(b->out, "months"), json_pack("{s:s, s:s, s:o}", "name", name, "unit",
                                                                       g->i->unit[b->r->words.lang], "cells", cells));
    return rc;
}

static int add_figure(struct bulletin *b, struct bulletin_figure *g, struct buf *changed, bool *judged, struct fault *f)
{
    const char *verdict, *of_year;
    _cleanup_text_ char *name = report_name(b->r, g->i);
    json_t *cells = json_array();
    json_array_append_new(cells, cell_of(b, g->i, &g->now, b->period, &g->line));
    json_object_set_new(json_array_get(cells, 0), "current", json_true());
    json_array_append_new(cells, compare(b, g, &g->before, period_before(b->period), &verdict));
    json_array_append_new(cells, compare(b, g, &g->year, period_year_before(b->period), &of_year));
    json_array_append_new(json_object_get(b->out, "figures"),
                          json_pack("{s:s, s:s, s:s, s:o}", "id", g->i->id, "name", name, "unit",
                                    g->i->unit[b->r->words.lang], "cells", cells));
    add_changed(b, name, verdict, changed);
    *judged |= !strcmp(verdict, "steady");
    return b->period.months > 1 ? add_months(b, g, name, f) : 0;
}

int bulletin_figures(struct bulletin *b, struct fault *f)
{
    _cleanup_(buf_free) struct buf changed = {0};
    bool judged = false, before = false;
    int rc = 0;
    json_object_set_new(b->out, "figures", json_array());
    json_object_set_new(b->out, "months", json_array());
    for (size_t n = 0; rc == 0 && n < b->count; n++) {
        before |= b->figures[n].before.count > 0;
        rc = add_figure(b, &b->figures[n], &changed, &judged, f);
    }
    if (b->count > 0) {
        set_summary(b, &changed, judged, before);
        set_scope(b);
    }
    return rc;
}
