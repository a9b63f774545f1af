#include "collector/web/page/overview_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/chart.h"
#include "collector/format/date.h"
#include "collector/format/phrase.h"
#include "collector/web/page/overview_change.h"

/* Days that a line shows: a quarter, four units of the drawing a day. */
#define LINE_DAYS_MAX 90
/* Operators below the whole country: a phone's screen of bars. */
#define OPERATORS_MAX 11
#define BARS_MAX      (1 + OPERATORS_MAX)
/* Such a limit as SQL. */
#define SQL_OF(limit)   SQL_TEXT(limit)
#define SQL_TEXT(limit) #limit

static int read_points(struct overview *o, const struct national *g, struct chart_point *ret_points, size_t *ret_count,
                       struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT day, value, low, high FROM public_indicator_day d WHERE indicator = $1 AND country = $2 AND "
        "source = $3 AND day > (SELECT max(day) FROM public_indicator_day m WHERE m.indicator = $1 AND "
        "m.country = $2 AND m.source = $3) - " SQL_OF(LINE_DAYS_MAX) " ORDER BY day",
        3, (const char *const[]){g->indicator->id, o->country, national_text(g, SOURCE)}, &rows, f);
    if (rc < 0)
        return rc;
    *ret_count = 0;
    for (size_t r = 0; r < pg_rows_count(rows) && r < LINE_DAYS_MAX; r++) {
        struct chart_point *p = &ret_points[*ret_count];
        *p = (struct chart_point){0, pg_double(rows, r, 1), pg_double(rows, r, 2), pg_double(rows, r, 3)};
        if (date_read(pg_text(rows, r, 0), &p->day) == 0)
            (*ret_count)++;
    }
    return 0;
}

static struct chart chart_for(const struct overview *o, const struct national *g, const char *id, const char *title,
                              const char *description)
{
    return (struct chart){
        .id = id,
        .title = title,
        .description = description,
        .words = &o->words,
        .decimals = g->indicator->decimals,
        .unit = g->indicator->unit[o->words.lang],
    };
}

static char *line_description(const struct overview *o, const struct national *g, const struct chart_point *points,
                              size_t count)
{
    const struct indicator *i = g->indicator;
    char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    char value[NUMBER_TEXT_SIZE], low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    double min = points[0].value, max = min;
    for (size_t p = 1; p < count; p++) {
        min = fmin(min, points[p].value);
        max = fmax(max, points[p].value);
    }
    return phrase_fill(phrase(&o->words, "line_description"),
                       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", i->name[o->words.lang], "unit",
                                 i->unit[o->words.lang], "first", date_long(&o->words, points[0].day, first), "last",
                                 date_long(&o->words, points[count - 1].day, last), "value",
                                 lang_number(o->words.lang, points[count - 1].value, i->decimals, value), "low",
                                 lang_number(o->words.lang, min, i->decimals, low), "high",
                                 lang_number(o->words.lang, max, i->decimals, high)));
}

/* Where a drawn line passes to another set of targets. The label is freed by the caller. */
static int find_break(struct overview *o, const struct national *g, int32_t first, struct chart *chart,
                      char **ret_label, struct fault *f)
{
    if (!g->indicator->targets)
        return 0;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *day = alloc_format("%d", (int)first);
    int rc = pg_query(o->pg,
                      "SELECT version, make_date(since, 1, 1) FROM public_target_set WHERE country = $1 AND scope = $2 "
                      "AND since > 0 AND make_date(since, 1, 1) > '1970-01-01'::date + $3::int AND since <= "
                      "extract(year FROM now()) ORDER BY since DESC, version DESC LIMIT 1",
                      3, (const char *const[]){o->country, g->indicator->targets, day}, &rows, f);
    if (rc < 0 || pg_rows_count(rows) == 0 || date_read(pg_text(rows, 0, 1), &chart->break_day) < 0)
        return rc;
    *ret_label = phrase_fill(phrase(&o->words, "targets_break"), json_pack("{s:s}", "n", pg_text(rows, 0, 0)));
    chart->break_label = *ret_label;
    return 0;
}

static int add_line(struct overview *o, const struct national *g, json_t *detail, struct fault *f)
{
    struct chart_point points[LINE_DAYS_MAX];
    size_t count;
    int rc = read_points(o, g, points, &count, f);
    if (rc < 0 || count == 0)
        return rc;
    _cleanup_text_ char *id = alloc_format("%s-l", g->indicator->id);
    _cleanup_text_ char *title = phrase_fill(phrase(&o->words, "line_title"),
                                             json_pack("{s:s}", "name", g->indicator->name[o->words.lang]));
    _cleanup_text_ char *description = line_description(o, g, points, count);
    _cleanup_(buf_free) struct buf svg = {0};
    _cleanup_text_ char *label = NULL;
    struct chart chart = chart_for(o, g, id, title, description);
    rc = find_break(o, g, points[0].day, &chart, &label, f);
    if (rc < 0)
        return rc;
    chart_line(&chart, points, count, &svg);
    json_object_set_new(detail, "line", json_string(svg.data));
    bool median = !strcmp(indicator_main(g->indicator)->name, "p50");
    json_object_set_new(detail, "line_note", json_string(phrase(&o->words, median ? "line_note" : "line_note_mean")));
    if (chart.break_day && chart.break_day <= points[count - 1].day)
        json_object_set_new(detail, "break_note", json_string(phrase(&o->words, "targets_note")));
    return 0;
}

/* "MTN 32,1; Moov n<5". The caller frees. */
static char *bars_description(const struct overview *o, const struct national *g, const struct chart_bar *bars,
                              size_t count)
{
    _cleanup_(buf_free) struct buf list = {0};
    char number[NUMBER_TEXT_SIZE];
    for (size_t b = 0; b < count; b++)
        buf_addf(&list, "%s%s %s", b ? "; " : "", bars[b].label,
                 bars[b].instead ? bars[b].instead
                                 : lang_number(o->words.lang, bars[b].value, g->indicator->decimals, number));
    return phrase_fill(phrase(&o->words, "bars_description"),
                       json_pack("{s:s, s:s, s:s}", "name", g->indicator->name[o->words.lang], "unit",
                                 g->indicator->unit[o->words.lang], "list", list.data));
}

/* Those that their lines tell apart in the order of their places, the others in that of the alphabet. */
#define OPERATORS_SQL                                                                                                  \
    "SELECT operator, value, low, high, CASE WHEN rank_low = rank_high THEN rank_low END, floor FROM public_operator " \
    "WHERE "                                                                                                           \
    "indicator = $1 AND country = $2 AND source = $3 AND period = $4 AND statistic = $5 ORDER BY value IS NULL, tie, " \
    "operator"

/* "2. Moov" where it differs from all others, else "Moov"; the caller frees. */
static char *operator_label(const struct overview *o, const struct pg_rows *rows, size_t r)
{
    const char *place = pg_text(rows, r, 4), *name = pg_text(rows, r, 0);
    return place ? phrase_fill(phrase(&o->words, "placed"), json_pack("{s:s, s:s}", "place", place, "name", name))
                 : alloc_text(name);
}

static int add_bars(struct overview *o, const struct national *g, json_t *detail, struct fault *f)
{
    const char *statistic = indicator_main(g->indicator)->name;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg, OPERATORS_SQL, 5,
                      (const char *const[]){g->indicator->id, o->country, national_text(g, SOURCE),
                                            national_text(g, PERIOD), statistic},
                      &rows, f);
    ssize_t whole = national_row(g, statistic);
    if (rc < 0 || whole < 0 || pg_rows_count(rows) == 0)
        return rc;
    struct chart_bar bars[BARS_MAX] = {{
        .label = phrase(&o->words, national_of_country(g) ? "country_bar" : "lines_bar"),
        .value = pg_double(g->rows, (size_t)whole, VALUE),
        .low = pg_double(g->rows, (size_t)whole, LOW),
        .high = pg_double(g->rows, (size_t)whole, HIGH),
        .reference = true,
    }};
    char *labels[OPERATORS_MAX] = {NULL};
    size_t count = 1;
    /* However many there are: what is not drawn is said. */
    size_t all = pg_rows_count(rows), drawn = all > OPERATORS_MAX ? OPERATORS_MAX - 1 : all;
    for (size_t r = 0; r < drawn; r++)
        bars[count++] = (struct chart_bar){.label = labels[r] = operator_label(o, rows, r),
                                           .value = pg_double(rows, r, 1),
                                           .low = pg_double(rows, r, 2),
                                           .high = pg_double(rows, r, 3),
                                           .instead = pg_text(rows, r, 1) ? NULL
                                                                          : overview_instead(o, pg_text(rows, r, 5))};
    if (drawn < all) {
        json_t *others = json_object();
        phrase_number(&o->words, others, "count", (double)(all - drawn), 0);
        labels[drawn] = phrase_fill(phrase(&o->words, "bars_others"), others);
        bars[count++] = (struct chart_bar){labels[drawn], NAN, NAN, NAN, phrase(&o->words, "bars_not_drawn"), false};
    }
    _cleanup_text_ char *id = alloc_format("%s-b", g->indicator->id);
    _cleanup_text_ char *title = phrase_fill(phrase(&o->words, "bars_title"),
                                             json_pack("{s:s}", "name", g->indicator->name[o->words.lang]));
    _cleanup_text_ char *description = bars_description(o, g, bars, count);
    _cleanup_(buf_free) struct buf svg = {0};
    struct chart chart = chart_for(o, g, id, title, description);
    chart_bars(&chart, bars, count, &svg);
    json_object_set_new(detail, "bars", json_string(svg.data));
    for (size_t l = 0; l < OPERATORS_MAX; l++)
        free(labels[l]);
    return 0;
}

int overview_chart_add(struct overview *o, const struct national *g, struct fault *f)
{
    json_t *detail = json_pack("{s:s, s:s, s:s, s:s}", "key", g->indicator->id, "name",
                               g->indicator->name[o->words.lang], "unit", g->indicator->unit[o->words.lang], "mark",
                               overview_mark(o, g));
    int rc = add_line(o, g, detail, f);
    if (rc == 0)
        rc = add_bars(o, g, detail, f);
    if (rc == 0)
        rc = overview_change_add(o, g, detail, f);
    if (rc == 0 && json_object_get(detail, "line"))
        json_array_append(json_object_get(o->page, "details"), detail);
    json_decref(detail);
    return rc;
}
