#include "collector/format/chart.h"

#include <math.h>
#include <stdbool.h>

#include "collector/format/chart_draw.h"
#include "collector/format/date.h"

#define LINE_HEIGHT 196
#define LINE_TOP    30
#define RIGHT_EDGE  12 /* beside and below the lines */
#define LOWER_EDGE  26
#define LINE_DAYS   14 /* the least that the axis spans */
#define DAY_LABELS  4

struct frame {
    int32_t first, last;
    struct chart_plane plane;
};

static double x_of(const struct frame *f, int32_t day)
{
    const struct chart_plane *p = &f->plane;
    return p->left + (double)(day - f->first) / (f->last - f->first) * (p->right - p->left);
}

static double y_of(const struct frame *f, double value)
{
    return chart_plane_y(&f->plane, value);
}

static struct frame frame_of(const struct chart *c, const struct chart_point *points, size_t count)
{
    struct frame f = {.first = points[0].day, .last = points[count - 1].day};
    double greatest = 0;
    if (f.last - f.first < LINE_DAYS - 1)
        f.first = f.last - (LINE_DAYS - 1);
    for (size_t i = 0; i < count; i++)
        greatest = fmax(greatest, isnan(points[i].high) ? points[i].value : points[i].high);
    f.plane = chart_plane_of(c, greatest, LINE_TOP, chart_room(c, LINE_HEIGHT), RIGHT_EDGE, LOWER_EDGE);
    return f;
}

static void draw_axes(const struct chart *c, const struct frame *f, struct buf *out)
{
    char date[DATE_TEXT_SIZE];
    chart_plane_values(c, &f->plane, out);
    for (int i = 0; i < DAY_LABELS; i++) {
        int32_t day = f->first + (f->last - f->first) * i / (DAY_LABELS - 1);
        const char *anchor = i == 0 ? "start" : i == DAY_LABELS - 1 ? "end" : "middle";
        chart_text(x_of(f, day), f->plane.bottom + 18, anchor, NULL, date_short(c->words, day, date), out);
    }
}

/* One stretch of days without a gap: its band, then its line. A lone day is a dot. */
static void draw_stretch(const struct frame *f, const struct chart_point *p, size_t count, struct buf *out)
{
    size_t band = 0;
    while (band < count && !isnan(p[band].low))
        band++;
    if (band == count && count > 1) {
        buf_add_text(out, "<path class=\"band\" d=\"");
        for (size_t i = 0; i < count; i++)
            buf_addf(out, "%c%.4g %.4g", i ? 'L' : 'M', x_of(f, p[i].day), y_of(f, p[i].high));
        for (size_t i = count; i > 0; i--)
            buf_addf(out, "L%.4g %.4g", x_of(f, p[i - 1].day), y_of(f, p[i - 1].low));
        buf_add_text(out, "Z\"/>");
    }
    if (count == 1) {
        buf_addf(out, "<circle class=\"dot\" cx=\"%.4g\" cy=\"%.4g\" r=\"4\"/>", x_of(f, p->day), y_of(f, p->value));
        return;
    }
    buf_add_text(out, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%c%.4g %.4g", i ? 'L' : 'M', x_of(f, p[i].day), y_of(f, p[i].value));
    buf_add_text(out, "\"/>");
}

static void draw_break(const struct chart *c, const struct frame *f, struct buf *out)
{
    if (c->break_day <= f->first || c->break_day > f->last)
        return;
    double x = x_of(f, c->break_day);
    buf_addf(out, "<path class=\"break\" d=\"M%.4g %dV%d\"/>", x, LINE_TOP, f->plane.bottom);
    bool right = x > (f->plane.left + f->plane.right) / 2.0;
    chart_text(right ? x - 4 : x + 4, LINE_TOP + CHART_FONT, right ? "end" : "start", NULL, c->break_label, out);
}

void chart_line(const struct chart *c, const struct chart_point *points, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    struct frame f = frame_of(c, points, count);
    chart_open(c, f.plane.bottom + LOWER_EDGE, out);
    draw_axes(c, &f, out);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && points[to].day == points[to - 1].day + 1 && points[to].day != c->break_day;
             to++)
            ;
        draw_stretch(&f, points + from, to - from, out);
    }
    draw_break(c, &f, out);
    /* The latest value in words, clear of the line. */
    const struct chart_point *last = &points[count - 1];
    char number[NUMBER_TEXT_SIZE], date[DATE_TEXT_SIZE];
    _cleanup_text_ char *text = phrase_fill(
        phrase(c->words, "last_value"), json_pack("{s:s, s:s}", "date", date_short(c->words, last->day, date), "value",
                                                  lang_number(c->words->lang, last->value, c->decimals, number)));
    chart_text(f.plane.right, CHART_FONT, "end", "value", text, out);
    chart_close(c, out);
}
