/* Charts that a spreadsheet draws itself, each of a table beside it, whose rows name their line of indicators.csv. */
#include "collector/report/workbook_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

#define GREEN       0x0b6b4f
#define GREY        0x565e66
#define CHART_AT    7  /* the column that charts begin in, right of the tables */
#define CHART_ROWS  20 /* as high as a chart is, and a row for air */
#define HEADS       2  /* rows of a table: what it is of, and its head */
#define SOURCES_MAX 5
#define YEARS_MAX   100

struct charts {
    struct workbook *b;
    lxw_worksheet *sheet; /* NULL: there is no chart yet */
    const char *name;     /* the sheet's */
    lxw_row_t at;         /* where the next table begins */
};

static const char *picture_text(const struct charts *c, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(c->b->r->words.texts, "pictures"), name));
    return text ? text : "";
}

/* Begins a table: what it is of, and the sheet with its first. */
static void begin(struct charts *c, const char *title)
{
    static const double widths[] = {32, 14, 14, 14, 14, 14};
    if (!c->sheet) {
        c->sheet = workbook_sheet(c->b, c->name);
        worksheet_fit_to_pages(c->sheet, 1, 0);
        for (size_t w = 0; w < COUNT(widths); w++)
            worksheet_set_column(c->sheet, (lxw_col_t)w, (lxw_col_t)w, widths[w], NULL);
    }
    workbook_put(c->b, c->sheet, c->at, 0, title, c->b->label);
}

static lxw_chart *make_chart(struct charts *c, const char *title, const char *unit)
{
    lxw_chart *chart = workbook_add_chart(c->b->file, LXW_CHART_LINE);
    lxw_chart_font font = {.size = 12, .bold = LXW_TRUE};
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &font);
    chart_axis_set_name(chart->y_axis, unit);
    chart_axis_set_min(chart->y_axis, 0);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    return chart;
}

static lxw_chart_series *add_series(struct charts *c, lxw_chart *chart, lxw_col_t column, size_t rows)
{
    const lxw_row_t first = c->at + HEADS, last = first + (lxw_row_t)rows - 1;
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    chart_series_set_categories(series, c->name, first, 0, last, 0);
    chart_series_set_values(series, c->name, first, column, last, column);
    chart_series_set_name_range(series, c->name, c->at + 1, column);
    return series;
}

/* Puts the chart, which has its series, beside its table of so many rows. */
static void end(struct charts *c, lxw_chart *chart, const char *description, size_t rows)
{
    const lxw_row_t table = HEADS + (lxw_row_t)rows + 1;
    lxw_chart_options options = {.x_scale = 1.4, .y_scale = 1.25, .description = (char *)description};
    workbook_note(c->b, worksheet_insert_chart_opt(c->sheet, c->at, CHART_AT, chart, &options));
    c->at += table > CHART_ROWS ? table : CHART_ROWS;
}

/* ---- operators ---- */

/* A point, and a diamond at each end of its interval; in programs that know it, a line between them. */
static void draw_interval(struct charts *c, lxw_chart *chart, size_t rows)
{
    static const uint8_t markers[] = {LXW_CHART_MARKER_CIRCLE, LXW_CHART_MARKER_DIAMOND, LXW_CHART_MARKER_DIAMOND};
    lxw_chart_line unseen = {.none = LXW_TRUE}, line = {.color = GREY, .width = 1.5};
    for (size_t m = 0; m < COUNT(markers); m++) {
        lxw_chart_fill fill = {.color = m == 0 ? GREEN : GREY};
        lxw_chart_series *series = add_series(c, chart, (lxw_col_t)(1 + m), rows);
        chart_series_set_line(series, &unseen);
        chart_series_set_marker_type(series, markers[m]);
        chart_series_set_marker_size(series, m == 0 ? 9 : 5);
        chart_series_set_marker_fill(series, &fill);
    }
    chart_set_high_low_lines(chart, &line);
}

static void put_operator(struct charts *c, const struct indicator *i, lxw_row_t at, const char *label, size_t row)
{
    static const enum figure_column numbers[] = {FIGURE_VALUE, FIGURE_LOW, FIGURE_HIGH};
    struct workbook *b = c->b;
    const struct evidence *s = &b->r->evidence;
    const char *floor = evidence_text(s, row, FIGURE_FLOOR);
    workbook_put(b, c->sheet, at, 0, label, b->prose);
    for (size_t n = 0; n < COUNT(numbers); n++)
        workbook_put_number(b, c->sheet, at, (lxw_col_t)(1 + n), evidence_number(s, row, numbers[n]),
                            workbook_digits(b, i));
    workbook_put(b, c->sheet, at, 4, floor ? workbook_word(b, "word", floor) : NULL, b->cell);
    workbook_put_number(b, c->sheet, at, 5, (double)row + 2, b->cell);
}

/* Beside all lines; nothing where no operator has a figure. */
static void add_operators(struct charts *c, const struct indicator *i)
{
    static const struct workbook_head heads[] = {{"operator", 32}, {"value", 14}, {"low", 14},
                                                 {"high", 14},     {"floor", 14}, {"line", 14}};
    const struct report *r = c->b->r;
    const ssize_t whole = report_main(r, i);
    if (whole < 0 || strcmp(evidence_text(&r->evidence, (size_t)whole, FIGURE_KIND), "measured") != 0)
        return;
    const struct evidence_wanted any = {.indicator = i->id,
                                        .country = r->country,
                                        .source = evidence_text(&r->evidence, (size_t)whole, FIGURE_SOURCE),
                                        .period = r->year,
                                        .statistic = indicator_main(i)->name,
                                        .cut = DIM_OPERATOR,
                                        .measured = true};
    struct evidence_wanted told = any;
    told.told = true;
    if (evidence_next(&r->evidence, &told, 0) < 0)
        return;
    _cleanup_text_ char *name = report_name(r, i);
    _cleanup_text_ char *of = phrase_fill(picture_text(c, "operators"), json_pack("{s:s}", "name", name));
    const bool simulated = pg_bool(r->evidence.rows, (size_t)whole, FIGURE_SIMULATED);
    _cleanup_text_ char *title = alloc_format("%s, %s%s%s", of, r->year, simulated ? " – " : "",
                                              simulated ? phrase(&r->words, "simulated_title") : "");
    begin(c, title);
    workbook_put_head(c->b, c->sheet, c->at + 1, heads, COUNT(heads));
    put_operator(c, i, c->at + HEADS, picture_text(c, "lines"), (size_t)whole);
    size_t rows = 1;
    for (ssize_t row = evidence_next(&r->evidence, &any, 0); row >= 0;
         row = evidence_next(&r->evidence, &any, (size_t)row + 1))
        put_operator(c, i, c->at + HEADS + (lxw_row_t)rows++, evidence_text(&r->evidence, (size_t)row, FIGURE_OPERATOR),
                     (size_t)row);
    lxw_chart *chart = make_chart(c, title, i->unit[r->words.lang]);
    draw_interval(c, chart, rows);
    end(c, chart, workbook_text(c->b, "operators_description"), rows);
}

/* ---- the years of what others publish ---- */

struct history {
    const char *sources[SOURCES_MAX];
    size_t source_count;
    int first, last; /* years */
};

/* A whole year; 0: another period. */
static int year_of(const char *period)
{
    char *after;
    const long year = strtol(period, &after, 10);
    return after == period + 4 && *after == '\0' ? (int)year : 0;
}

static size_t source_in(struct history *h, const char *source)
{
    for (size_t n = 0; n < h->source_count; n++)
        if (!strcmp(h->sources[n], source))
            return n;
    if (h->source_count < SOURCES_MAX)
        h->sources[h->source_count++] = source;
    return h->source_count - 1;
}

/* The next figure of the whole country and a whole year that others publish. */
static ssize_t next_year(const struct charts *c, const struct indicator *i, size_t from)
{
    const struct evidence *s = &c->b->r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .country = c->b->r->country, .told = true};
    ssize_t row = evidence_next(s, &w, from);
    while (row >= 0 && (strcmp(evidence_text(s, (size_t)row, FIGURE_KIND), "imported") != 0 ||
                        !year_of(evidence_text(s, (size_t)row, FIGURE_PERIOD))))
        row = evidence_next(s, &w, (size_t)row + 1);
    return row;
}

static void gather(const struct charts *c, const struct indicator *i, struct history *h)
{
    const struct evidence *s = &c->b->r->evidence;
    for (ssize_t row = next_year(c, i, 0); row >= 0; row = next_year(c, i, (size_t)row + 1)) {
        const int year = year_of(evidence_text(s, (size_t)row, FIGURE_PERIOD));
        source_in(h, evidence_text(s, (size_t)row, FIGURE_SOURCE));
        h->first = h->first == 0 || year < h->first ? year : h->first;
        h->last = year > h->last ? year : h->last;
    }
    if (h->last - h->first >= YEARS_MAX)
        h->first = h->last - YEARS_MAX + 1;
}

/* Each year from the first to the last, without a cell where a source has no figure of it: the line breaks there. */
static void put_years(struct charts *c, const struct indicator *i, struct history *h)
{
    struct workbook *b = c->b;
    const struct evidence *s = &b->r->evidence;
    for (int year = h->first; year <= h->last; year++) {
        _cleanup_text_ char *label = alloc_format("%d", year);
        workbook_put(b, c->sheet, c->at + HEADS + (lxw_row_t)(year - h->first), 0, label, b->prose);
    }
    for (ssize_t row = next_year(c, i, 0); row >= 0; row = next_year(c, i, (size_t)row + 1)) {
        const int year = year_of(evidence_text(s, (size_t)row, FIGURE_PERIOD));
        const char *source = evidence_text(s, (size_t)row, FIGURE_SOURCE);
        const size_t column = source_in(h, source);
        workbook_put(b, c->sheet, c->at + 1, (lxw_col_t)(1 + column), report_source(b->r, (size_t)row), b->head);
        if (year >= h->first && !strcmp(h->sources[column], source))
            workbook_put_number(b, c->sheet, c->at + HEADS + (lxw_row_t)(year - h->first), (lxw_col_t)(1 + column),
                                evidence_number(s, (size_t)row, FIGURE_VALUE), workbook_digits(b, i));
    }
}

/* Nothing of a single year. */
static void add_history(struct charts *c, const struct indicator *i)
{
    static const lxw_color_t colours[SOURCES_MAX] = {0x0b6b4f, 0xa04a00, 0x1f4e9c, 0x7a3b8f, 0x4a5158};
    struct history h = {0};
    gather(c, i, &h);
    if (h.first == h.last)
        return;
    const struct report *r = c->b->r;
    const size_t rows = (size_t)(h.last - h.first + 1);
    _cleanup_text_ char *name = report_name(r, i);
    _cleanup_text_ char *title = phrase_fill(workbook_text(c->b, "history"), json_pack("{s:s}", "name", name));
    begin(c, title);
    workbook_put(c->b, c->sheet, c->at + 1, 0, workbook_word(c->b, "head", "edition"), c->b->head);
    put_years(c, i, &h);
    lxw_chart *chart = make_chart(c, title, i->unit[r->words.lang]);
    for (size_t n = 0; n < h.source_count; n++) {
        lxw_chart_line line = {.color = colours[n], .width = 2};
        lxw_chart_fill fill = {.color = colours[n]};
        lxw_chart_series *series = add_series(c, chart, (lxw_col_t)(1 + n), rows);
        chart_series_set_line(series, &line);
        chart_series_set_marker_type(series, (uint8_t)(LXW_CHART_MARKER_SQUARE + n)); /* told apart in grey */
        chart_series_set_marker_fill(series, &fill);
    }
    end(c, chart, workbook_text(c->b, "history_description"), rows);
}

void workbook_add_charts(struct workbook *b)
{
    struct charts c = {.b = b, .name = workbook_text(b, "charts_name")};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        add_operators(&c, &all[i]);
        add_history(&c, &all[i]);
    }
}
