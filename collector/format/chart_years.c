#include <math.h>
#include <stdio.h>

#include "collector/format/chart_draw.h"

#define HEIGHT      240
#define TOP         30
#define LOWER_EDGE  26
#define NAMES_PART  0.42 /* of the width, at most */
#define TO_NAME     16   /* from the lines' end to the names */
#define NAME_HEIGHT 14
#define YEAR_WIDTH  44 /* of a year below the axis, with the blank beside it */
#define MARK        3.5
#define DOT_EACH    6 /* marks of a line, at most, but the last */

struct years {
    const struct chart *c;
    struct chart_plane plane;
    int first, last;
    struct buf *out;
};

static double x_of(const struct years *y, int year)
{
    return y->plane.left + (double)(year - y->first) / (y->last - y->first) * (y->plane.right - y->plane.left);
}

/* "Bénin 34,0", or "Niger 18,1 (2023)" where others go on: the name gives way, not
 * the value. The caller frees. */
static char *end_text(const struct years *y, const struct chart_series *s)
{
    const struct chart_year *end = &s->points[s->count - 1];
    char number[NUMBER_TEXT_SIZE];
    lang_number(y->c->words->lang, end->value, y->c->decimals, number);
    _cleanup_text_ char *value = end->year < y->last ? alloc_format("%s (%d)", number, end->year) : alloc_text(number);
    double room = chart_width(y->c) * NAMES_PART - TO_NAME - chart_text_width(value, CHART_FONT, s->reference) - 4;
    _cleanup_text_ char *name = chart_fit(s->label, CHART_FONT, s->reference, room);
    return alloc_format("%s %s", name, value);
}

static double widest_end(const struct years *y, const struct chart_series *series, size_t count)
{
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        if (series[i].count == 0)
            continue;
        _cleanup_text_ char *text = end_text(y, &series[i]);
        widest = fmax(widest, chart_text_width(text, CHART_FONT, series[i].reference));
    }
    return widest;
}

/* What spans the lines that have points; false when none has one. */
static bool spans(const struct chart *c, const struct chart_series *series, size_t count, struct years *ret)
{
    double greatest = 0;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct chart_series *s = &series[i];
        for (size_t p = 0; p < s->count; p++)
            greatest = fmax(greatest, s->points[p].value);
        if (s->count == 0)
            continue;
        ret->first = any && ret->first < s->points[0].year ? ret->first : s->points[0].year;
        ret->last = any && ret->last > s->points[s->count - 1].year ? ret->last : s->points[s->count - 1].year;
        any = true;
    }
    if (ret->first == ret->last)
        ret->first--;
    int names = (int)ceil(widest_end(ret, series, count)) + TO_NAME;
    ret->plane = chart_plane_of(c, greatest, TOP, chart_room(c, HEIGHT), names, LOWER_EDGE);
    return any;
}

/* The axis' years are counted back from the last one. */
static void draw_years(const struct years *y)
{
    int span = y->last - y->first;
    int most = (y->plane.right - y->plane.left) / YEAR_WIDTH, step = (span + most - 1) / (most > 0 ? most : 1);
    chart_plane_values(y->c, &y->plane, y->out);
    for (int year = y->last; year >= y->first; year -= step > 0 ? step : 1) {
        char text[12];
        snprintf(text, sizeof text, "%d", year);
        chart_text(x_of(y, year), y->plane.bottom + 18, "middle", NULL, text, y->out);
    }
}

/* A shape for each line: the reference a circle; square, triangle, diamond, triangle on its head, cross. */
static void draw_mark(const struct years *y, size_t line, bool reference, double at_x, double at_y)
{
    static const char *const shapes[] = {
        "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z", "m-3 -3h6v6h-6Z", "m0 -4l4 7h-8Z",
        "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5Z",           "m0 4l4 -7h-8Z",  "m-3.5 -3.5l7 7m-7 0l7 -7",
    };
    buf_addf(y->out, "<path class=\"%s\" d=\"M%.1f %.1f%s\"/>", reference ? "mark-own" : "mark-other", at_x, at_y,
             shapes[reference ? 0 : 1 + line % (COUNT(shapes) - 1)]);
}

/* Years without a value break the line. */
static void draw_line(const struct years *y, const struct chart_series *s, size_t line)
{
    size_t each = 1 + s->count / DOT_EACH;
    buf_addf(y->out, "<path class=\"%s\" d=\"", s->reference ? "line" : "other");
    for (size_t i = 0; i < s->count; i++) {
        bool on = i > 0 && s->points[i].year == s->points[i - 1].year + 1;
        buf_addf(y->out, "%c%.1f %.1f", on ? 'L' : 'M', x_of(y, s->points[i].year),
                 chart_plane_y(&y->plane, s->points[i].value));
    }
    buf_add_text(y->out, "\"/>");
    for (size_t i = s->count; i > 0; i--) {
        const struct chart_year *p = &s->points[i - 1];
        bool alone = (i == 1 || p[-1].year != p->year - 1) && (i == s->count || p[1].year != p->year + 1);
        if (alone || (s->count - i) % each == 0)
            draw_mark(y, line, s->reference, x_of(y, p->year), chart_plane_y(&y->plane, p->value));
    }
}

/* The names at the right end, in the order of the lines' ends, from the top. */
static void write_names(const struct years *y, const struct chart_series *series, size_t count)
{
    size_t *order = alloc_zero(count + 1, sizeof *order), n = 0;
    double *middles = alloc_zero(count + 1, sizeof *middles), *sizes = alloc_zero(count + 1, sizeof *sizes);
    for (size_t i = 0; i < count; i++) {
        size_t at = n;
        if (series[i].count == 0)
            continue;
        double middle = chart_plane_y(&y->plane, series[i].points[series[i].count - 1].value);
        for (n++; at > 0 && middles[at - 1] > middle; at--) {
            middles[at] = middles[at - 1];
            order[at] = order[at - 1];
        }
        middles[at] = middle;
        order[at] = i;
    }
    for (size_t i = 0; i < n; i++)
        sizes[i] = NAME_HEIGHT;
    chart_part(middles, sizes, n, TOP - NAME_HEIGHT / 2.0, y->plane.bottom + LOWER_EDGE);
    for (size_t i = 0; i < n; i++) {
        const struct chart_series *s = &series[order[i]];
        const struct chart_year *end = &s->points[s->count - 1];
        _cleanup_text_ char *text = end_text(y, s);
        buf_addf(y->out, "<path class=\"lead\" d=\"M%.1f %.1fL%d %.1f\"/>", x_of(y, end->year) + MARK + 1,
                 chart_plane_y(&y->plane, end->value), y->plane.right + TO_NAME - 3, middles[i]);
        chart_text(y->plane.right + TO_NAME, middles[i] + 4, "start", s->reference ? "value" : "label", text, y->out);
    }
    free(order);
    free(middles);
    free(sizes);
}

void chart_years(const struct chart *c, const struct chart_series *series, size_t count, struct buf *out)
{
    struct years y = {.c = c, .out = out};
    if (!spans(c, series, count, &y))
        return;
    chart_open(c, y.plane.bottom + LOWER_EDGE, out);
    draw_years(&y);
    for (int own = 0; own < 2; own++) /* the reference above the others */
        for (size_t i = 0; i < count; i++)
            if (series[i].reference == (own == 1) && series[i].count > 0)
                draw_line(&y, &series[i], i);
    write_names(&y, series, count);
    chart_close(c, out);
}
