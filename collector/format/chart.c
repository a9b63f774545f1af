#include "collector/format/chart.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "collector/format/date.h"
#include "collector/format/template.h"

/* A unit of the drawing is about a pixel on a phone, where text must be read
 * without zooming. */
#define WIDTH     400
#define FONT_SIZE 12

double chart_step(double max, int most)
{
    double power = pow(10, floor(log10(max / most)));
    static const double factors[] = {1, 2, 5, 10};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (factors[i] * power * most >= max * (1 - 1e-9))
            return factors[i] * power;
    return 10 * power;
}

static void open_chart(const struct chart *c, int height, struct buf *out)
{
    buf_addf(
        out,
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
        WIDTH, height, c->id, c->id, c->id);
    template_escape(c->title, strlen(c->title), out);
    buf_addf(out, "</title><desc id=\"%s-d\">", c->id);
    template_escape(c->description, strlen(c->description), out);
    buf_add_text(out, "</desc>");
}

/* anchor: "start", "middle" or "end". */
static void text_at(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out)
{
    buf_addf(out, "<text x=\"%.4g\" y=\"%.4g\"", x, y);
    if (strcmp(anchor, "start") != 0)
        buf_addf(out, " text-anchor=\"%s\"", anchor);
    if (class)
        buf_addf(out, " class=\"%s\"", class);
    buf_add_char(out, '>');
    template_escape(text, strlen(text), out);
    buf_add_text(out, "</text>");
}

/* ---- line ---- */

#define LINE_HEIGHT 196
#define LINE_LEFT   40
#define LINE_RIGHT  (WIDTH - 12)
#define LINE_TOP    30
#define LINE_BOTTOM (LINE_HEIGHT - 26)
#define LINE_TICKS  4
#define LINE_DAYS   14 /* the least that the axis spans */
#define DAY_LABELS  4

struct frame {
    int32_t first, last;
    double top; /* value at the upper edge */
};

static double x_of(const struct frame *f, int32_t day)
{
    return LINE_LEFT + (double)(day - f->first) / (f->last - f->first) * (LINE_RIGHT - LINE_LEFT);
}

static double y_of(const struct frame *f, double value)
{
    return LINE_BOTTOM - value / f->top * (LINE_BOTTOM - LINE_TOP);
}

static struct frame frame_of(const struct chart_point *points, size_t count)
{
    struct frame f = {points[0].day, points[count - 1].day, 0};
    if (f.last - f.first < LINE_DAYS - 1)
        f.first = f.last - (LINE_DAYS - 1);
    for (size_t i = 0; i < count; i++)
        f.top = fmax(f.top, isnan(points[i].high) ? points[i].value : points[i].high);
    if (f.top <= 0)
        f.top = 1;
    f.top = ceil(f.top / chart_step(f.top, LINE_TICKS) - 1e-9) * chart_step(f.top, LINE_TICKS);
    return f;
}

/* Decimals that the step of an axis needs. */
static int step_decimals(double step)
{
    int decimals = 0;
    while (decimals < 6 && fabs(step - round(step)) > 1e-6) {
        step *= 10;
        decimals++;
    }
    return decimals;
}

static void draw_axes(const struct chart *c, const struct frame *f, struct buf *out)
{
    double step = chart_step(f->top, LINE_TICKS);
    char text[NUMBER_TEXT_SIZE], date[DATE_TEXT_SIZE];
    for (int i = 0; i * step <= f->top * (1 + 1e-9); i++) {
        double y = y_of(f, i * step);
        buf_addf(out, "<path class=\"%s\" d=\"M%d %.4gH%d\"/>", i ? "grid" : "axis", LINE_LEFT, y, LINE_RIGHT);
        text_at(LINE_LEFT - 6, y + 4, "end", NULL, lang_number(c->words->lang, i * step, step_decimals(step), text),
                out);
    }
    text_at(0, FONT_SIZE, "start", "unit", c->unit, out);
    for (int i = 0; i < DAY_LABELS; i++) {
        int32_t day = f->first + (f->last - f->first) * i / (DAY_LABELS - 1);
        const char *anchor = i == 0 ? "start" : i == DAY_LABELS - 1 ? "end" : "middle";
        text_at(x_of(f, day), LINE_BOTTOM + 18, anchor, NULL, date_short(c->words, day, date), out);
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
    buf_addf(out, "<path class=\"break\" d=\"M%.4g %dV%d\"/>", x, LINE_TOP, LINE_BOTTOM);
    bool right = x > (LINE_LEFT + LINE_RIGHT) / 2.0;
    text_at(right ? x - 4 : x + 4, LINE_TOP + FONT_SIZE, right ? "end" : "start", NULL, c->break_label, out);
}

void chart_line(const struct chart *c, const struct chart_point *points, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    struct frame f = frame_of(points, count);
    open_chart(c, LINE_HEIGHT, out);
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
    text_at(LINE_RIGHT, FONT_SIZE, "end", "value", text, out);
    buf_add_text(out, "</svg>");
}

/* ---- bars ---- */

#define BAR_ROW    38
#define BAR_TOP    20 /* of the bar in its row, under the label */
#define BAR_HEIGHT 10
#define BAR_RIGHT  (WIDTH - 60) /* room for the value behind the longest */

static double bars_max(const struct chart_bar *bars, size_t count)
{
    double max = 0;
    for (size_t i = 0; i < count; i++)
        if (!bars[i].instead)
            max = fmax(max, isnan(bars[i].high) ? bars[i].value : bars[i].high);
    return max > 0 ? max : 1;
}

static void draw_bar(const struct chart *c, const struct chart_bar *bar, double top, double max, struct buf *out)
{
    char text[NUMBER_TEXT_SIZE];
    text_at(0, top + 14, "start", bar->reference ? "label strong" : "label", bar->label, out);
    double y = top + BAR_TOP, middle = y + BAR_HEIGHT / 2.0, end = 0;
    if (bar->instead) {
        text_at(0, y + BAR_HEIGHT, "start", "muted", bar->instead, out);
        return;
    }
    double width = fmax(bar->value / max * BAR_RIGHT, 1);
    buf_addf(out, "<rect class=\"%s\" x=\"0\" y=\"%.4g\" width=\"%.4g\" height=\"%d\"/>",
             bar->reference ? "ref" : "bar", y, width, BAR_HEIGHT);
    end = width;
    if (!isnan(bar->low) && bar->high > bar->low) {
        double low = fmax(bar->low, 0) / max * BAR_RIGHT, high = bar->high / max * BAR_RIGHT;
        buf_addf(out, "<path class=\"whisker\" d=\"M%.4g %.4gH%.4gM%.4g %.4gv6M%.4g %.4gv6\"/>", low, middle, high, low,
                 middle - 3, high, middle - 3);
        end = fmax(end, high);
    }
    text_at(end + 6, middle + 4, "start", "value", lang_number(c->words->lang, bar->value, c->decimals, text), out);
}

void chart_bars(const struct chart *c, const struct chart_bar *bars, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    double max = bars_max(bars, count);
    open_chart(c, (int)count * BAR_ROW, out);
    for (size_t i = 0; i < count; i++)
        draw_bar(c, &bars[i], (double)i * BAR_ROW, max, out);
    buf_add_text(out, "</svg>");
}
