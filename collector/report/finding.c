#include "collector/report/finding.h"

#include <math.h>
#include <string.h>

#include "collector/format/template.h"
#include "collector/report/part.h"
#include "collector/report/portrait.h"
#include "collector/report/trend.h"

#define CHANGES_MAX 3
#define APART_MAX   2

struct chosen {
    struct finding *list;
    size_t count;
};

static bool has(const struct chosen *c, const struct indicator *i)
{
    for (size_t n = 0; n < c->count; n++)
        if (c->list[n].i == i)
            return true;
    return false;
}

static void add(struct chosen *c, enum finding_kind kind, const struct indicator *i, ssize_t row)
{
    if (row >= 0 && c->count < FINDINGS_MAX && !has(c, i))
        c->list[c->count++] = (struct finding){kind, i, (size_t)row};
}

/* ---- what is more than chance ---- */

/* -1: it did not change, or nobody knows. */
static ssize_t changed(const struct report *r, const struct indicator *i)
{
    const ssize_t row = report_main(r, i);
    if (row < 0 || report_older(r, (size_t)row))
        return -1;
    const double low = evidence_number(&r->evidence, (size_t)row, FIGURE_CHANGE_LOW),
                 high = evidence_number(&r->evidence, (size_t)row, FIGURE_CHANGE_HIGH);
    return low > 0 || high < 0 ? row : -1;
}

static bool is_alone(const struct evidence *s, ssize_t row)
{
    const char *low = evidence_text(s, (size_t)row, FIGURE_RANK_LOW),
               *high = evidence_text(s, (size_t)row, FIGURE_RANK_HIGH);
    return low && high && !strcmp(low, high);
}

/* The best placed of the parts that have a place of their own. -1: none has. */
static ssize_t apart(const struct report *r, const struct indicator *i, unsigned cut)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = i->id,
                                      .country = r->country,
                                      .period = r->year,
                                      .statistic = indicator_main(i)->name,
                                      .cut = cut,
                                      .measured = true,
                                      .told = true};
    ssize_t found = -1;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        if (is_alone(s, row) && (found < 0 || evidence_number(s, (size_t)row, FIGURE_RANK_LOW) <
                                                  evidence_number(s, (size_t)found, FIGURE_RANK_LOW)))
            found = row;
    return found;
}

/* Bounded by an interval, or published by a source. -1: it is not. */
static ssize_t bounded(const struct report *r, const struct indicator *i)
{
    const ssize_t row = indicator_by_item(i) || !i->headline[r->words.lang] ? -1 : report_main(r, i);
    if (row < 0 || !strcmp(evidence_text(&r->evidence, (size_t)row, FIGURE_KIND), "imported"))
        return row;
    return evidence_text(&r->evidence, (size_t)row, FIGURE_LOW) ? row : -1;
}

/* Those that the framework marks first, in their order. */
static void add_of_area(const struct report *r, const struct part *p, struct chosen *c)
{
    static const int keys[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t n = 0, had = c->count; n < COUNT(keys) * count && c->count == had; n++) {
        const struct indicator *i = &all[n % count];
        if (i->key == keys[n / count] && part_has(p, i))
            add(c, FINDING_FIGURE, i, bounded(r, i));
    }
}

size_t finding_choose(const struct report *r, struct finding ret[static FINDINGS_MAX])
{
    static const unsigned cuts[] = {DIM_OPERATOR, DIM_DEPARTMENT};
    struct chosen c = {.list = ret};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count && c.count < CHANGES_MAX; i++)
        if (all[i].headline[r->words.lang] && !indicator_by_item(&all[i]))
            add(&c, FINDING_CHANGE, &all[i], changed(r, &all[i]));
    for (size_t i = 0, before = c.count; i < count; i++)
        for (size_t d = 0; d < COUNT(cuts) && c.count - before < APART_MAX; d++)
            add(&c, FINDING_APART, &all[i], apart(r, &all[i], cuts[d]));
    /* One of each area, in turn, as long as there are any. */
    for (size_t before = FINDINGS_MAX + 1; c.count < FINDINGS_MAX && c.count != before;) {
        before = c.count;
        for (struct part p = {0}; part_next(&r->words, &p);)
            add_of_area(r, &p, &c);
    }
    return c.count;
}

/* ---- in words ---- */

static const char *text(const struct report *r, const char *name)
{
    const char *t = json_string_value(json_object_get(json_object_get(r->words.texts, "press"), name));
    return t ? t : "";
}

static void say_apart(const struct report *r, const struct finding *finding, struct buf *out)
{
    const struct evidence *s = &r->evidence;
    const bool company = s->cuts[finding->row] == DIM_OPERATOR;
    const char *part = company ? evidence_text(s, finding->row, FIGURE_OPERATOR)
                               : report_department(r, evidence_text(s, finding->row, FIGURE_GEO));
    _cleanup_(buf_free) struct buf number = {0}, whole = {0}, escaped = {0};
    _cleanup_text_ char *name = report_name(r, finding->i);
    report_number(r, (ssize_t)finding->row, &number);
    if (!report_number(r, report_main(r, finding->i), &whole))
        buf_add_text(&whole, phrase(&r->words, "none"));
    template_escape(part, strlen(part), &escaped);
    _cleanup_text_ char *said = phrase_fill(text(r, company ? "operator_apart" : "department_apart"),
                                            json_pack("{s:s, s:s, s:s, s:s, s:s}", "part", escaped.data, "name", name,
                                                      "value", number.data, "whole", whole.data, "unit",
                                                      finding->i->unit[r->words.lang]));
    buf_add_text(out, said);
}

/* Between brackets what bounds it: its interval and its sample, or the year that it is of. */
static void say_bounds(const struct report *r, size_t row, struct buf *out)
{
    _cleanup_text_ char *interval = portrait_interval(r, row), *sample = portrait_sample(r, row), *bounds = NULL;
    const char *older = report_older(r, row);
    if (evidence_text(&r->evidence, row, FIGURE_LOW))
        bounds = phrase_fill(text(r, "bounds"), json_pack("{s:s, s:s}", "interval", interval, "sample", sample));
    else if (older)
        bounds = phrase_fill(text(r, "of_year"), json_pack("{s:s}", "year", older));
    if (bounds)
        buf_addf(out, " <small>%s</small>", bounds);
}

char *finding_sentence(const struct report *r, const struct finding *finding)
{
    struct buf out = {0};
    if (finding->kind == FINDING_APART)
        say_apart(r, finding, &out);
    else
        report_sentence(r, finding->i, finding->row, &out);
    _cleanup_text_ char *change = finding->kind == FINDING_CHANGE ? trend_say(r, finding->i, finding->row) : NULL;
    if (change)
        buf_addf(&out, " %s", change);
    say_bounds(r, finding->row, &out);
    if (pg_bool(r->evidence.rows, finding->row, FIGURE_SIMULATED))
        buf_addf(&out, " <span class=\"badge\">%s</span>", phrase(&r->words, "simulated_mark"));
    return buf_take(&out);
}
