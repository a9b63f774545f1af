#include "collector/report/picture.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/date.h"

#define DAYS_MAX  366
#define AREAS_MIN 2 /* departments with a figure: of a lone one a map tells nothing */

static const struct {
    const char *word;
    unsigned cut;
} pictures[PICTURE_COUNT] = {{"days", 0}, {"operators", DIM_OPERATOR}, {"departments", DIM_DEPARTMENT}};

const char *picture_word(enum picture p)
{
    return pictures[p].word;
}

unsigned picture_cut(enum picture p)
{
    return pictures[p].cut;
}

/* What a picture is drawn of. */
struct canvas {
    const struct report *r;
    const struct indicator *i;
    size_t whole; /* the figure of all lines */
    struct chart chart;
    struct buf *out;
};

static const char *text_of(const struct report *r, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(r->words.texts, "pictures"), name));
    return text ? text : "";
}

static struct evidence_wanted parts_of(const struct canvas *v, unsigned cut)
{
    return (struct evidence_wanted){.indicator = v->i->id,
                                    .country = v->r->country,
                                    .source = evidence_text(&v->r->evidence, v->whole, FIGURE_SOURCE),
                                    .period = v->r->year,
                                    .statistic = indicator_main(v->i)->name,
                                    .cut = cut,
                                    .measured = true};
}

/* In the place of a number that is not shown; NULL where it is. */
static const char *instead_of(const struct report *r, size_t row)
{
    const char *floor = evidence_text(&r->evidence, row, FIGURE_FLOOR);
    if (evidence_text(&r->evidence, row, FIGURE_VALUE))
        return NULL;
    return phrase(&r->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small");
}

/* ---- the year, day by day ---- */

static int draw_days(struct canvas *v, struct fault *f)
{
    struct chart_point points[DAYS_MAX];
    size_t count = 0;
    bool varies = false; /* else a line says no more than its number: median lines are never cut off */
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *const params[] = {v->i->id, v->r->country, evidence_text(&v->r->evidence, v->whole, FIGURE_SOURCE),
                                  v->r->year};
    int rc = pg_query(v->r->pg,
                      "SELECT day, value, low, high FROM public_indicator_day WHERE indicator = $1 AND country = $2 "
                      "AND source = $3 AND extract(year FROM day) = $4::int AND value IS NOT NULL ORDER BY day",
                      COUNT(params), params, &rows, f);
    if (rc < 0)
        return rc;
    for (size_t r = 0; r < pg_rows_count(rows) && count < DAYS_MAX; r++) {
        points[count] = (struct chart_point){0, pg_double(rows, r, 1), pg_double(rows, r, 2), pg_double(rows, r, 3)};
        if (date_read(pg_text(rows, r, 0), &points[count].day) == 0)
            varies |= points[count++].value != points[0].value;
    }
    if (varies)
        chart_line(&v->chart, points, count, v->out);
    return 0;
}

/* ---- operators ---- */

static struct chart_bar bar_of(const struct report *r, size_t row, const char *label)
{
    return (struct chart_bar){.label = label,
                              .value = evidence_number(&r->evidence, row, FIGURE_VALUE),
                              .low = evidence_number(&r->evidence, row, FIGURE_LOW),
                              .high = evidence_number(&r->evidence, row, FIGURE_HIGH),
                              .instead = instead_of(r, row)};
}

/* Nothing where no operator has a figure. Those that have none stand in a picture that goes its own way; in the
 * document the table beside it names them. */
static void draw_operators(struct canvas *v)
{
    const struct evidence *s = &v->r->evidence;
    const struct evidence_wanted w = parts_of(v, DIM_OPERATOR);
    size_t count = 1, told = 0, room = 1;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        room++;
    struct chart_bar *bars = alloc_zero(room, sizeof *bars);
    bars[0] = bar_of(v->r, v->whole, text_of(v->r, "lines"));
    bars[0].reference = true;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        bars[count] = bar_of(v->r, (size_t)row, evidence_text(s, (size_t)row, FIGURE_OPERATOR));
        told += !bars[count].instead;
        count += !bars[count].instead || v->chart.form != CHART_REPORT;
    }
    if (told)
        chart_bars(&v->chart, bars, count, v->out);
    free(bars);
}

/* ---- departments ---- */

static void draw_departments(struct canvas *v)
{
    const struct evidence *s = &v->r->evidence;
    const struct evidence_wanted w = parts_of(v, DIM_DEPARTMENT);
    struct chart_area areas[MAP_AREAS_MAX];
    size_t count = 0, told = 0;
    for (ssize_t row = evidence_next(s, &w, 0); v->r->map && row >= 0 && count < MAP_AREAS_MAX;
         row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *iso = evidence_text(s, (size_t)row, FIGURE_GEO);
        areas[count] = (struct chart_area){.iso = iso,
                                           .name = report_department(v->r, iso),
                                           .value = evidence_number(s, (size_t)row, FIGURE_VALUE),
                                           .instead = instead_of(v->r, (size_t)row)};
        told += !areas[count++].instead;
    }
    if (told >= AREAS_MIN)
        chart_map(&v->chart, v->r->map, CHART_QUANTILES, areas, count, v->out);
}

/* ---- any of them ---- */

static int draw(struct canvas *v, enum picture p, struct fault *f)
{
    switch (p) {
    case PICTURE_OPERATORS:
        draw_operators(v);
        return 0;
    case PICTURE_DEPARTMENTS:
        draw_departments(v);
        return 0;
    default:
        return draw_days(v, f);
    }
}

/* "n = 100–199 sondes"; the caller frees. */
static char *base_of(const struct report *r, size_t row)
{
    _cleanup_text_ char *step = phrase_step(pg_int(r->evidence.rows, row, FIGURE_N_PROBES));
    return phrase_fill(text_of(r, "base"), json_pack("{s:s}", "n", step));
}

int picture_draw(const struct report *r, const struct indicator *i, enum picture p, enum chart_form form,
                 struct buf *out, char **ret_title, struct fault *f)
{
    const ssize_t row = report_main(r, i);
    *ret_title = NULL;
    if (row < 0 || strcmp(evidence_text(&r->evidence, (size_t)row, FIGURE_KIND), "measured") != 0)
        return 0;
    _cleanup_text_ char *name = report_name(r, i), *id = alloc_format("%s-%s", i->id, picture_word(p));
    _cleanup_text_ char *base = base_of(r, (size_t)row);
    _cleanup_text_ char *title = phrase_fill(text_of(r, picture_word(p)), json_pack("{s:s}", "name", name));
    _cleanup_text_ char *description_name = alloc_format("%s_description", picture_word(p));
    const struct chart_frame frame = {
        .subtitle = i->unit[r->words.lang],
        .mark = pg_bool(r->evidence.rows, (size_t)row, FIGURE_SIMULATED) ? phrase(&r->words, "simulated_title") : NULL,
        .source = phrase(&r->words, "site"),
        .date = r->year,
        .base = base};
    struct canvas v = {.r = r,
                       .i = i,
                       .whole = (size_t)row,
                       .out = out,
                       .chart = {.id = id,
                                 .title = title,
                                 .description = text_of(r, description_name),
                                 .words = &r->words,
                                 .decimals = i->decimals,
                                 .unit = i->unit[r->words.lang],
                                 .form = form,
                                 .frame = form == CHART_REPORT ? NULL : &frame}};
    int rc = draw(&v, p, f);
    if (rc == 0 && out->len)
        *ret_title = TAKE(title);
    return rc;
}
