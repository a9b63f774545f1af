/* What the country set out to reach, and how it stands at the end of the year. */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/source.h"
#include "collector/format/chart.h"
#include "collector/report/aim.h"

/* The indicator's name, and of whom the goal is where it is not of all; the caller frees. */
static char *name_of(const struct report *r, const struct pg_rows *goals, size_t g)
{
    const struct indicator *i = indicator_find(pg_text(goals, g, AIM_INDICATOR));
    const char *technology = pg_text(goals, g, AIM_TECHNOLOGY), *age = pg_text(goals, g, AIM_AGE_GROUP);
    _cleanup_text_ char *name = i ? report_name(r, i) : alloc_text(pg_text(goals, g, AIM_INDICATOR));
    if (!technology && !age)
        return TAKE(name);
    const json_t *words = json_object_get(json_object_get(r->words.texts, "areas"), "word");
    const char *known = technology ? json_string_value(json_object_get(words, technology)) : "";
    return alloc_format("%s (%s%s%s)", name, known ? known : technology, technology && age ? ", " : "", age ? age : "");
}

/* Parity is a number, and has no unit. */
static const char *unit_of(const struct report *r, const struct pg_rows *goals, size_t g, const struct indicator *i)
{
    return i && strcmp(pg_text(goals, g, AIM_COMPARED), "parity") != 0 ? i->unit[r->words.lang] : "";
}

/* A value alone says nothing of the way; that is another lack than none. */
static const char *standing_word(const struct report *r, const struct pg_rows *goals, size_t g)
{
    const char *standing = pg_text(goals, g, AIM_STANDING);
    return aim_word(r, "standings",
                    !strcmp(standing, "no data") && pg_text(goals, g, AIM_VALUE) ? "one figure" : standing);
}

static json_t *goal_of(const struct report *r, const struct pg_rows *goals, size_t g)
{
    const struct indicator *i = indicator_find(pg_text(goals, g, AIM_INDICATOR));
    const bool french = r->words.lang == LANG_FR;
    const char *standing = pg_text(goals, g, AIM_STANDING);
    _cleanup_text_ char *name = name_of(r, goals, g);
    _cleanup_(buf_free) struct buf value = {0};
    report_number(r, aim_row(r, goals, g), &value);
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", name, "goal",
                            pg_text(goals, g, french ? AIM_GOAL_FR : AIM_GOAL_EN), "compared",
                            aim_word(r, "compared", pg_text(goals, g, AIM_COMPARED)), "unit", unit_of(r, goals, g, i),
                            "by_year", pg_text(goals, g, AIM_BY_YEAR), "standing", standing_word(r, goals, g), "class",
                            standing, "value", value.data ? value.data : "", "source",
                            pg_text(goals, g, AIM_SOURCE) ? source_name(pg_text(goals, g, AIM_SOURCE), r->words.lang)
                                                          : "",
                            "period", pg_text(goals, g, AIM_PERIOD) ? pg_text(goals, g, AIM_PERIOD) : "");
    phrase_number(&r->words, out, "wanted", pg_double(goals, g, AIM_WANTED), 0);
    return out;
}

/* ---- their picture ---- */

static enum chart_standing standing_of(const char *word)
{
    return !strcmp(word, "reached")      ? CHART_REACHED
           : !strcmp(word, "on the way") ? CHART_ON_THE_WAY
           : !strcmp(word, "late")       ? CHART_LATE
                                         : CHART_UNTOLD;
}

static enum chart_compared compared_of(const char *word)
{
    return !strcmp(word, "at least") ? CHART_AT_LEAST : !strcmp(word, "at most") ? CHART_AT_MOST : CHART_PARITY;
}

static void add_chart(const struct report *r, const struct pg_rows *rows, json_t *out)
{
    const json_t *t = json_object_get(out, "t");
    struct chart_goal *goals = alloc_zero(pg_rows_count(rows), sizeof *goals);
    char **names = alloc_zero(pg_rows_count(rows), sizeof *names);
    size_t count = 0;
    for (size_t g = 0; g < pg_rows_count(rows); g++) {
        const struct indicator *i = indicator_find(pg_text(rows, g, AIM_INDICATOR));
        if (!i)
            continue;
        goals[count] = (struct chart_goal){.label = names[count] = name_of(r, rows, g),
                                           .unit = unit_of(r, rows, g, i),
                                           .decimals = i->decimals,
                                           .value = pg_double(rows, g, AIM_VALUE),
                                           .period = pg_text(rows, g, AIM_PERIOD),
                                           .wanted = pg_double(rows, g, AIM_WANTED),
                                           .compared = compared_of(pg_text(rows, g, AIM_COMPARED)),
                                           .by_year = (int)pg_int(rows, g, AIM_BY_YEAR),
                                           .standing = standing_of(pg_text(rows, g, AIM_STANDING)),
                                           .says = standing_word(r, rows, g)};
        count++;
    }
    _cleanup_(buf_free) struct buf svg = {0};
    chart_goals(&(struct chart){.id = "goals-all",
                                .title = json_string_value(json_object_get(t, "title")),
                                .description = json_string_value(json_object_get(t, "description")),
                                .words = &r->words,
                                .form = CHART_REPORT},
                goals, count, &svg);
    json_object_set_new(out, "chart", json_string(svg.data ? svg.data : ""));
    for (size_t n = 0; n < count; n++)
        free(names[n]);
    free(names);
    free(goals);
}

static int read_goals(struct report *r, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    json_t *goals = json_array();
    int rc = aim_read(r, &rows, f);
    for (size_t g = 0; rc == 0 && g < pg_rows_count(rows); g++)
        json_array_append_new(goals, goal_of(r, rows, g));
    if (json_array_size(goals))
        add_chart(r, rows, out);
    json_object_set_new(out, "any", json_boolean(json_array_size(goals) > 0));
    json_object_set_new(out, "goals", goals);
    return rc;
}

const struct section section_goals = {"goals", read_goals};
