#include "collector/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/chart.h"
#include "collector/date.h"
#include "collector/indicator.h"
#include "collector/schema.h"
#include "collector/template.h"
#include "collector/web.h"
#include "common/json.h"

/* Days that a line shows. */
#define LINE_DAYS_MAX 90
#define BARS_MAX      12

struct overview {
    struct pg *pg;
    const char *country;
    enum lang lang;
    const json_t *text; /* of web/fr.json or en.json; borrowed */
    json_t *page;
    char year[8];
    bool below, simulated; /* does a figure say so? */
};

/* ---- words and numbers ---- */

static const char *word(const struct overview *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o->text, name));
    return text ? text : "";
}

/* The pattern with each {name} replaced by that member of values, which is
 * consumed. A name without a value stays. The caller frees. */
static char *fill(const char *pattern, json_t *values)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    while (*pattern) {
        size_t len = strcspn(pattern, "{"), name = 0;
        buf_add(&out, pattern, len);
        pattern += len;
        if (!*pattern)
            break;
        name = strcspn(pattern, "}");
        const json_t *value = json_object_getn(values, pattern + 1, name ? name - 1 : 0);
        if (value)
            buf_add_text(&out, json_string_value(value));
        else
            buf_add(&out, pattern, name + (pattern[name] == '}'));
        pattern += name + (pattern[name] == '}');
    }
    json_decref(values);
    return buf_take(&out);
}

static void set_filled(json_t *object, const char *name, const char *pattern, json_t *values)
{
    _cleanup_text_ char *text = fill(pattern, values);
    json_object_set_new(object, name, json_string(text));
}

static void set_number(const struct overview *o, json_t *object, const char *name, double value, int decimals)
{
    char text[NUMBER_TEXT_SIZE];
    json_object_set_new(object, name, json_string(lang_number(o->lang, value, decimals, text)));
}

/* "median", "95th percentile". The caller frees. */
static char *statistic_name(const struct overview *o, const struct statistic *s)
{
    const json_t *names = json_object_get(o->text, "statistic");
    const char *known = json_string_value(json_object_get(names, s->name));
    if (known)
        return alloc_text(known);
    return fill(json_string_value(json_object_get(names, "percentile")), json_pack("{s:s}", "n", s->name + 1));
}

/* ---- figures ---- */

/* Columns of the statements below, in this order. */
#define FIGURE_SQL                                                                                                     \
    "statistic, value, low, high, interval_kind, n_samples, n_days, n_probes, floor, source, simulated, source_url, "  \
    "retrieved, method_version, period "
enum {
    STATISTIC,
    VALUE,
    LOW,
    HIGH,
    INTERVAL,
    SAMPLES,
    DAYS,
    PROBES,
    FLOOR,
    SOURCE,
    SIMULATED,
    URL,
    RETRIEVED,
    METHOD,
    PERIOD
};

#define WHOLE_COUNTRY                                                                                                  \
    "geo IS NULL AND operator IS NULL AND technology IS NULL AND family IS NULL AND zone IS NULL AND sex IS NULL AND " \
    "age_group IS NULL AND plan IS NULL "

/* One source's national figures of an indicator: rows first to last - 1. */
struct group {
    const struct indicator *indicator;
    const struct pg_rows *rows;
    size_t first, last;
};

static const char *group_text(const struct group *g, int column)
{
    return pg_text(g->rows, g->first, column);
}

/* The row of a statistic, or -1. */
static ssize_t group_row(const struct group *g, const char *statistic)
{
    for (size_t r = g->first; r < g->last; r++)
        if (!strcmp(pg_text(g->rows, r, STATISTIC), statistic))
            return (ssize_t)r;
    return -1;
}

static bool group_below(const struct group *g)
{
    const char *floor = group_text(g, FLOOR);
    return floor && !strcmp(floor, "below");
}

static const char *group_mark(struct overview *o, const struct group *g)
{
    if (pg_bool(g->rows, g->first, SIMULATED)) {
        o->simulated = true;
        return word(o, "simulated_mark");
    }
    if (!group_below(g))
        return "";
    o->below = true;
    return word(o, "provisional");
}

/* ---- headlines ---- */

/* The sentence as HTML: its numbers strong, and never parted from their unit. */
static char *sentence(const struct overview *o, const struct group *g)
{
    const struct indicator *i = g->indicator;
    const char *pattern = i->headline[o->lang];
    struct buf out = {0};
    while (*pattern) {
        size_t len = strcspn(pattern, "{");
        template_escape(pattern, len, &out);
        pattern += len;
        if (!*pattern)
            break;
        size_t name = strcspn(pattern, "}");
        _cleanup_text_ char *statistic = alloc_text_n(pattern + 1, name - 1);
        ssize_t row = group_row(g, statistic);
        char number[NUMBER_TEXT_SIZE];
        pattern += name + 1;
        buf_addf(&out, "<b>%s</b>",
                 row < 0 ? word(o, "none")
                         : lang_number(o->lang, pg_double(g->rows, (size_t)row, VALUE), i->decimals, number));
        if (*pattern == ' ') {
            buf_add_text(&out, "&nbsp;");
            pattern++;
        }
    }
    return buf_take(&out);
}

static void add_headline(struct overview *o, const struct group *g)
{
    _cleanup_text_ char *html = sentence(o, g);
    json_array_append_new(
        json_object_get(o->page, "headlines"),
        json_pack("{s:s, s:s, s:s}", "sentence", html, "name", g->indicator->name[o->lang], "mark", group_mark(o, g)));
}

/* ---- the table ---- */

static void set_interval(const struct overview *o, const struct group *g, size_t row, json_t *out)
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    const char *kind = pg_text(g->rows, row, INTERVAL);
    int decimals = g->indicator->decimals;
    if (!kind) {
        json_object_set_new(out, "interval", json_string(word(o, "none")));
        return;
    }
    lang_number(o->lang, pg_double(g->rows, row, LOW), decimals, low);
    lang_number(o->lang, pg_double(g->rows, row, HIGH), decimals, high);
    _cleanup_text_ char *text = alloc_format("%s – %s", low, high);
    json_object_set_new(out, "interval", json_string(text));
    if (!strcmp(kind, "range") || !strcmp(kind, "margin"))
        json_object_set_new(out, "interval_kind", json_string(word(o, kind)));
}

static char *count_of(const struct overview *o, int64_t n, const char *one, const char *many)
{
    char number[NUMBER_TEXT_SIZE];
    /* Zero is singular in French, plural in English. */
    bool single = n == 1 || (n == 0 && o->lang == LANG_FR);
    return fill(word(o, single ? one : many), json_pack("{s:s}", "n", lang_number(o->lang, (double)n, 0, number)));
}

static void set_sample(const struct overview *o, const struct group *g, size_t row, json_t *out)
{
    if (pg_text(g->rows, row, PROBES)) {
        _cleanup_text_ char *probes = count_of(o, pg_int(g->rows, row, PROBES), "probe", "probes");
        _cleanup_text_ char *days = count_of(o, pg_int(g->rows, row, DAYS), "day", "days");
        json_object_set_new(out, "sample", json_string(probes));
        json_object_set_new(out, "days", json_string(days));
    } else if (pg_text(g->rows, row, SAMPLES)) {
        _cleanup_text_ char *text = count_of(o, pg_int(g->rows, row, SAMPLES), "persons", "persons");
        json_object_set_new(out, "sample", json_string(text));
    } else {
        json_object_set_new(out, "sample", json_string(word(o, "none")));
    }
}

static void set_source(const struct overview *o, const struct group *g, size_t row, json_t *out)
{
    const char *source = pg_text(g->rows, row, SOURCE), *url = pg_text(g->rows, row, URL);
    char date[DATE_TEXT_SIZE];
    int32_t day;
    if (!strcmp(source, "measured"))
        source = word(o, "measured");
    else if (!strcmp(source, "simulated"))
        source = word(o, "simulated_source");
    else if (date_read(pg_text(g->rows, row, RETRIEVED), &day) == 0)
        set_filled(out, "retrieved", word(o, "retrieved"), json_pack("{s:s}", "date", date_long(o->lang, day, date)));
    json_object_set_new(out, "source", json_string(source));
    json_object_set_new(out, "url", json_string(url ? url : ""));
}

static void add_rows(struct overview *o, const struct group *g)
{
    const struct indicator *i = g->indicator;
    for (size_t s = 0; s < i->statistic_count; s++) {
        ssize_t row = group_row(g, i->statistics[s].name);
        if (row < 0)
            continue;
        _cleanup_text_ char *statistic = statistic_name(o, &i->statistics[s]);
        json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "id", i->id, "name", i->name[o->lang], "statistic",
                                statistic, "unit", i->unit[o->lang], "mark", group_mark(o, g), "first", s == 0);
        set_number(o, out, "value", pg_double(g->rows, (size_t)row, VALUE), i->decimals);
        set_interval(o, g, (size_t)row, out);
        set_sample(o, g, (size_t)row, out);
        set_source(o, g, (size_t)row, out);
        _cleanup_text_ char *version = alloc_format("%d", i->method);
        set_filled(out, "version", word(o, "version"), json_pack("{s:s}", "n", version));
        if (!i->measured)
            json_object_set_new(out, "statistic", json_string(pg_text(g->rows, (size_t)row, PERIOD)));
        json_array_append_new(json_object_get(o->page, "rows"), out);
    }
}

/* ---- charts ---- */

static int read_points(struct overview *o, const struct group *g, struct chart_point *ret_points, size_t *ret_count,
                       struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT day, value, low, high FROM public_indicator_day d WHERE indicator = $1 AND country = $2 AND "
        "source = $3 AND day > (SELECT max(day) FROM public_indicator_day m WHERE m.indicator = $1 AND "
        "m.country = $2 AND m.source = $3) - $4::int ORDER BY day",
        4, (const char *const[]){g->indicator->id, o->country, group_text(g, SOURCE), "90"}, &rows, f);
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

static struct chart chart_for(const struct overview *o, const struct group *g, const char *id, const char *title,
                              const char *description)
{
    return (struct chart){
        .id = id,
        .title = title,
        .description = description,
        .lang = o->lang,
        .decimals = g->indicator->decimals,
        .unit = g->indicator->unit[o->lang],
    };
}

static char *line_description(const struct overview *o, const struct group *g, const struct chart_point *points,
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
    return fill(
        word(o, "line_description"),
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", i->name[o->lang], "unit", i->unit[o->lang], "first",
                  date_long(o->lang, points[0].day, first), "last", date_long(o->lang, points[count - 1].day, last),
                  "value", lang_number(o->lang, points[count - 1].value, i->decimals, value), "low",
                  lang_number(o->lang, min, i->decimals, low), "high", lang_number(o->lang, max, i->decimals, high)));
}

static int add_line(struct overview *o, const struct group *g, json_t *detail, struct fault *f)
{
    struct chart_point points[LINE_DAYS_MAX];
    size_t count;
    int rc = read_points(o, g, points, &count, f);
    if (rc < 0 || count == 0)
        return rc;
    _cleanup_text_ char *id = alloc_format("%s-l", g->indicator->id);
    _cleanup_text_ char *title = fill(word(o, "line_title"), json_pack("{s:s}", "name", g->indicator->name[o->lang]));
    _cleanup_text_ char *description = line_description(o, g, points, count);
    _cleanup_(buf_free) struct buf svg = {0};
    struct chart chart = chart_for(o, g, id, title, description);
    chart_line(&chart, points, count, &svg);
    json_object_set_new(detail, "line", json_string(svg.data));
    bool median = !strcmp(indicator_main(g->indicator)->name, "p50");
    json_object_set_new(detail, "line_note", json_string(word(o, median ? "line_note" : "line_note_mean")));
    return 0;
}

/* "MTN 32,1; Moov n<5". The caller frees. */
static char *bars_description(const struct overview *o, const struct group *g, const struct chart_bar *bars,
                              size_t count)
{
    _cleanup_(buf_free) struct buf list = {0};
    char number[NUMBER_TEXT_SIZE];
    for (size_t b = 0; b < count; b++)
        buf_addf(&list, "%s%s %s", b ? "; " : "", bars[b].label,
                 bars[b].instead ? bars[b].instead
                                 : lang_number(o->lang, bars[b].value, g->indicator->decimals, number));
    return fill(word(o, "bars_description"), json_pack("{s:s, s:s, s:s}", "name", g->indicator->name[o->lang], "unit",
                                                       g->indicator->unit[o->lang], "list", list.data));
}

static int add_bars(struct overview *o, const struct group *g, json_t *detail, struct fault *f)
{
    const char *statistic = indicator_main(g->indicator)->name;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT operator, value, low, high FROM public_indicator WHERE indicator = $1 AND country = $2 AND "
        "source = $3 AND period = $4 AND statistic = $5 AND operator IS NOT NULL AND geo IS NULL AND "
        "technology IS NULL AND family IS NULL ORDER BY CASE better WHEN 'high' THEN -value ELSE value END "
        "NULLS LAST, operator LIMIT 11",
        5, (const char *const[]){g->indicator->id, o->country, group_text(g, SOURCE), group_text(g, PERIOD), statistic},
        &rows, f);
    ssize_t whole = group_row(g, statistic);
    if (rc < 0 || whole < 0 || pg_rows_count(rows) == 0)
        return rc;
    struct chart_bar bars[BARS_MAX] = {{
        .label = word(o, "country_bar"),
        .value = pg_double(g->rows, (size_t)whole, VALUE),
        .low = pg_double(g->rows, (size_t)whole, LOW),
        .high = pg_double(g->rows, (size_t)whole, HIGH),
        .reference = true,
    }};
    size_t count = 1;
    for (size_t r = 0; r < pg_rows_count(rows) && count < BARS_MAX; r++)
        bars[count++] = (struct chart_bar){.label = pg_text(rows, r, 0),
                                           .value = pg_double(rows, r, 1),
                                           .low = pg_double(rows, r, 2),
                                           .high = pg_double(rows, r, 3),
                                           .instead = pg_text(rows, r, 1) ? NULL : word(o, "small")};
    _cleanup_text_ char *id = alloc_format("%s-b", g->indicator->id);
    _cleanup_text_ char *title = fill(word(o, "bars_title"), json_pack("{s:s}", "name", g->indicator->name[o->lang]));
    _cleanup_text_ char *description = bars_description(o, g, bars, count);
    _cleanup_(buf_free) struct buf svg = {0};
    struct chart chart = chart_for(o, g, id, title, description);
    chart_bars(&chart, bars, count, &svg);
    json_object_set_new(detail, "bars", json_string(svg.data));
    return 0;
}

static int add_detail(struct overview *o, const struct group *g, struct fault *f)
{
    json_t *detail = json_pack("{s:s, s:s, s:s, s:s}", "key", g->indicator->id, "name", g->indicator->name[o->lang],
                               "unit", g->indicator->unit[o->lang], "mark", group_mark(o, g));
    int rc = add_line(o, g, detail, f);
    if (rc == 0)
        rc = add_bars(o, g, detail, f);
    if (rc == 0 && json_object_get(detail, "line"))
        json_array_append(json_object_get(o->page, "details"), detail);
    json_decref(detail);
    return rc;
}

/* ---- departments ---- */

/* A column of the table of departments for one indicator's main statistic.
 * lines: iso -> {name, cells}. */
static int add_department_column(struct overview *o, const struct group *g, json_t *lines, size_t column,
                                 bool *ret_published, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT d.iso, d.name, i.value FROM public_indicator i JOIN department d ON d.iso = i.geo WHERE "
        "i.indicator = $1 AND i.country = $2 AND i.source = $3 AND i.period = $4 AND i.statistic = $5 AND "
        "i.operator IS NULL AND i.technology IS NULL AND i.family IS NULL",
        5,
        (const char *const[]){g->indicator->id, o->country, group_text(g, SOURCE), group_text(g, PERIOD),
                              indicator_main(g->indicator)->name},
        &rows, f);
    if (rc < 0)
        return rc;
    char number[NUMBER_TEXT_SIZE];
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        json_t *line = json_object_get(lines, pg_text(rows, r, 0));
        if (!line) {
            line = json_pack("{s:s, s:[]}", "name", pg_text(rows, r, 1), "cells");
            json_object_set_new(lines, pg_text(rows, r, 0), line);
        }
        json_t *cells = json_object_get(line, "cells");
        while (json_array_size(cells) < column)
            json_array_append_new(cells, json_string(word(o, "none")));
        bool published = pg_text(rows, r, 2) != NULL;
        *ret_published |= published;
        json_array_append_new(
            cells, json_string(published ? lang_number(o->lang, pg_double(rows, r, 2), g->indicator->decimals, number)
                                         : word(o, "small")));
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    return strcmp(json_string_value(json_object_get(x, "name")), json_string_value(json_object_get(y, "name")));
}

/* The lines as an array sorted by name, each filled up to `columns` cells. */
static json_t *sorted_lines(const struct overview *o, json_t *lines, size_t columns)
{
    json_t **list = alloc_zero(json_object_size(lines) + 1, sizeof *list), *line, *sorted = json_array();
    const char *iso;
    size_t count = 0;
    json_object_foreach(lines, iso, line)
    {
        json_t *cells = json_object_get(line, "cells");
        while (json_array_size(cells) < columns)
            json_array_append_new(cells, json_string(word(o, "none")));
        list[count++] = line;
    }
    qsort(list, count, sizeof *list, by_name);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, list[i]);
    free(list);
    return sorted;
}

static int add_departments(struct overview *o, const struct group *groups, size_t count, struct fault *f)
{
    _cleanup_json_ json_t *lines = json_object(), *heads = json_array();
    bool published = false;
    int rc = 0;
    for (size_t g = 0; rc == 0 && g < count; g++) {
        const struct indicator *i = groups[g].indicator;
        if (!(i->dimensions & DIM_DEPARTMENT))
            continue;
        rc = add_department_column(o, &groups[g], lines, json_array_size(heads), &published, f);
        json_array_append_new(heads, json_pack("{s:s, s:s}", "name", i->name[o->lang], "unit", i->unit[o->lang]));
    }
    if (rc == 0 && published)
        json_object_set_new(
            o->page, "departments",
            json_pack("{s:O, s:o}", "heads", heads, "lines", sorted_lines(o, lines, json_array_size(heads))));
    return rc;
}

/* ---- the whole ---- */

static void add_methods(struct overview *o)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    const json_t *words = json_object_get(o->text, "status");
    for (size_t i = 0; i < count; i++) {
        _cleanup_text_ char *number = alloc_format("%d", all[i].method);
        json_t *method = json_pack("{s:s, s:s, s:s, s:s}", "id", all[i].id, "name", all[i].name[o->lang], "definition",
                                   all[i].definition[o->lang], "status",
                                   json_string_value(json_object_get(words, all[i].status)));
        set_filled(method, "version", word(o, "version"), json_pack("{s:s}", "n", number));
        json_array_append_new(json_object_get(o->page, "methods"), method);
    }
}

/* Which source the headline and the charts show: real measurements, unless they
 * are provisional and a simulated country stands beside them. */
static bool better_group(const struct group *g, const struct group *than)
{
    if (!than->rows)
        return true;
    bool simulated = pg_bool(g->rows, g->first, SIMULATED),
         than_simulated = pg_bool(than->rows, than->first, SIMULATED);
    if (simulated == than_simulated)
        return false;
    return simulated ? group_below(than) : !group_below(g);
}

static int add_indicator(struct overview *o, const struct indicator *i, struct pg_rows **ret_rows,
                         struct group *ret_best, struct fault *f)
{
    int rc = pg_query(o->pg,
                      "SELECT " FIGURE_SQL "FROM (SELECT DISTINCT ON (source, statistic) * FROM public_indicator WHERE "
                      "indicator = $1 AND country = $2 AND " WHOLE_COUNTRY
                      "AND value IS NOT NULL ORDER BY source, statistic, period DESC) AS latest ORDER BY source",
                      2, (const char *const[]){i->id, o->country}, ret_rows, f);
    if (rc < 0)
        return rc;
    size_t count = pg_rows_count(*ret_rows);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && !strcmp(pg_text(*ret_rows, to, SOURCE), pg_text(*ret_rows, from, SOURCE));
             to++)
            ;
        struct group g = {i, *ret_rows, from, to};
        add_rows(o, &g);
        if (better_group(&g, ret_best))
            *ret_best = g;
    }
    return 0;
}

static int add_indicators(struct overview *o, struct fault *f)
{
    size_t count, best_count = 0;
    const struct indicator *all = indicator_all(&count);
    struct pg_rows **rows = alloc_zero(count, sizeof *rows);
    struct group *best = alloc_zero(count, sizeof *best);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct group g = {0};
        rc = add_indicator(o, &all[i], &rows[i], &g, f);
        if (rc < 0 || !g.rows)
            continue;
        add_headline(o, &g);
        if (!all[i].measured)
            continue;
        best[best_count++] = g;
        snprintf(o->year, sizeof o->year, "%.4s", group_text(&g, PERIOD));
        rc = add_detail(o, &g, f);
    }
    if (rc == 0)
        rc = add_departments(o, best, best_count, f);
    for (size_t i = 0; i < count; i++)
        pg_rows_free(rows[i]);
    free(rows);
    free(best);
    return rc;
}

static int add_scope(struct overview *o, const json_t *pack, struct fault *f)
{
    const char *zone = json_string_value(json_object_get(pack, "timezone"));
    const char *params[] = {o->country, zone ? zone : "UTC", *o->year ? o->year : NULL};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg,
                      "SELECT count(*), count(DISTINCT department), to_char(coalesce((SELECT max(stored_at) FROM "
                      "public_indicator WHERE country = $1), now()) AT TIME ZONE $2, 'YYYY-MM-DD HH24:MI'), "
                      "extract(year FROM now() AT TIME ZONE $2) FROM public_probe WHERE country = $1 AND "
                      "last_day >= make_date(coalesce($3::int, extract(year FROM now())::int), 1, 1)",
                      3, params, &rows, f);
    if (rc < 0)
        return rc;
    int64_t probes = pg_int(rows, 0, 0), departments = pg_int(rows, 0, 1);
    char n[NUMBER_TEXT_SIZE], d[NUMBER_TEXT_SIZE], date[DATE_TEXT_SIZE];
    const char *city = strrchr(params[1], '/'), *updated = pg_text(rows, 0, 2);
    int32_t day = 0;
    bool one = probes == 1 && departments <= 1;
    set_filled(o->page, "scope",
               word(o, probes == 0 ? "scope_none"
                       : one       ? "scope_one"
                                   : "scope"),
               json_pack("{s:s, s:s, s:s}", "probes", lang_number(o->lang, (double)probes, 0, n), "departments",
                         lang_number(o->lang, (double)departments, 0, d), "year",
                         *o->year ? o->year : pg_text(rows, 0, 3)));
    if (date_read(updated, &day) == 0)
        set_filled(o->page, "updated", word(o, "updated"),
                   json_pack("{s:s, s:s, s:s}", "date", date_long(o->lang, day, date), "time", updated + 11, "zone",
                             city ? city + 1 : params[1]));
    return 0;
}

static void set_title(struct overview *o, const json_t *pack)
{
    const char *name = json_string_value(json_object_get(pack, o->lang == LANG_FR ? "name_fr" : "name_en"));
    set_filled(o->page, "title", word(o, "title"), json_pack("{s:s}", "country", name ? name : o->country));
}

int overview_read(struct pg *pg, const char *country, enum lang lang, json_t **ret, struct fault *f)
{
    const struct embedded *file = schema_file("countries/countries.json");
    _cleanup_json_ json_t *packs = json_loadb(file->text, file->len, 0, NULL);
    const json_t *pack = json_object_get(packs, country);
    _cleanup_json_ json_t *page = json_pack("{s:[], s:[], s:[], s:[]}", "headlines", "rows", "details", "methods");
    struct overview o = {.pg = pg, .country = country, .lang = lang, .text = web_words(lang), .page = page};
    int rc = add_indicators(&o, f);
    if (rc == 0)
        rc = add_scope(&o, pack, f);
    if (rc < 0)
        return rc;
    add_methods(&o);
    set_title(&o, pack);
    json_object_set(page, "t", (json_t *)o.text);
    json_object_set_new(page, "below", json_boolean(o.below));
    json_object_set_new(page, "simulated", json_boolean(o.simulated));
    static const char *const lists[][2] = {
        {"headlines", "has_headlines"}, {"rows", "has_rows"}, {"details", "has_details"}};
    for (size_t l = 0; l < COUNT(lists); l++)
        json_object_set_new(page, lists[l][1], json_boolean(json_array_size(json_object_get(page, lists[l][0])) > 0));
    *ret = TAKE(page);
    return 0;
}
