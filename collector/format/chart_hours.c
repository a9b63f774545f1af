#include <math.h>
#include <stdio.h>

#include "collector/format/chart_draw.h"

#define HEIGHT     220
#define TOP        30
#define RIGHT_EDGE 12
#define LOWER_EDGE 26
#define EACH_HOURS 6 /* a label below the axis */

struct day {
    const struct chart *c;
    struct chart_plane plane;
    struct buf *out;
};

/* hour: 0 to 24; a value stands in the middle of its hour. */
static double x_of(const struct day *d, double hour)
{
    return d->plane.left + hour / CHART_HOURS * (d->plane.right - d->plane.left);
}

static double greatest_of(const struct chart_hour *hours)
{
    double greatest = -INFINITY;
    for (int h = 0; h < CHART_HOURS; h++)
        if (!isnan(hours[h].value))
            greatest = fmax(greatest, isnan(hours[h].high) ? hours[h].value : hours[h].high);
    return greatest;
}

/* From hour `from` to before `to`. */
static void shade(const struct day *d, int from, int to, bool peak)
{
    buf_addf(d->out, "<rect ");
    if (peak)
        buf_add_text(d->out, "class=\"peak\" ");
    else
        buf_addf(d->out, "fill=\"url(#%s-none)\" ", d->c->id);
    buf_addf(d->out, "x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", x_of(d, from), d->plane.top,
             x_of(d, to) - x_of(d, from), d->plane.bottom - d->plane.top);
}

static bool is_peak(uint32_t peak, int hour)
{
    return peak >> hour & 1;
}

/* The hours from `from` on that are all of the peak, or all not: where they end. */
static int run_end(uint32_t peak, int from)
{
    int to = from + 1;
    while (to < CHART_HOURS && is_peak(peak, to) == is_peak(peak, from))
        to++;
    return to;
}

/* Above the longest stretch of the peak. */
static void name_peak(const struct day *d, uint32_t peak)
{
    int best = 0, longest = 0;
    for (int from = 0; from < CHART_HOURS; from = run_end(peak, from))
        if (is_peak(peak, from) && run_end(peak, from) - from > longest) {
            best = from;
            longest = run_end(peak, from) - from;
        }
    if (longest == 0)
        return;
    const char *words = phrase(d->c->words, "peak_hours");
    double half = chart_text_width(words, CHART_FONT, false) / 2;
    double middle = fmin(fmax(x_of(d, best + longest / 2.0), half + d->plane.left), chart_width(d->c) - half);
    chart_text(middle, d->plane.top - 6, "middle", "label", words, d->out);
}

/* The peak's hours have an edge from top to bottom; hours of which nothing is known are hatched. */
static void draw_ground(const struct day *d, const struct chart_hour *hours, uint32_t peak)
{
    for (int from = 0, to; from < CHART_HOURS; from = to) {
        to = run_end(peak, from);
        if (!is_peak(peak, from))
            continue;
        shade(d, from, to, true);
        buf_addf(d->out, "<path class=\"peak-edge\" d=\"M%.1f %dV%dM%.1f %dV%d\"/>", x_of(d, from), d->plane.top,
                 d->plane.bottom, x_of(d, to), d->plane.top, d->plane.bottom);
    }
    name_peak(d, peak);
    for (int h = 0; h < CHART_HOURS; h++)
        if (isnan(hours[h].value))
            shade(d, h, h + 1, false);
}

static void draw_axes(const struct day *d)
{
    chart_plane_values(d->c, &d->plane, d->out);
    for (int h = 0; h <= CHART_HOURS; h += EACH_HOURS) {
        char text[12];
        snprintf(text, sizeof text, "%d", h);
        _cleanup_text_ char *label = phrase_fill(phrase(d->c->words, "hour"), json_pack("{s:s}", "n", text));
        chart_text(x_of(d, h), d->plane.bottom + 18, h == CHART_HOURS ? "end" : "middle", NULL, label, d->out);
    }
}

/* Hours from `from` to before `to` have a value. */
static void draw_stretch(const struct day *d, const struct chart_hour *hours, int from, int to)
{
    bool band = to - from > 1;
    for (int h = from; h < to; h++)
        band = band && !isnan(hours[h].low);
    if (band) {
        buf_add_text(d->out, "<path class=\"band\" d=\"");
        for (int h = from; h < to; h++)
            buf_addf(d->out, "%c%.1f %.1f", h > from ? 'L' : 'M', x_of(d, h + 0.5),
                     chart_plane_y(&d->plane, hours[h].high));
        for (int h = to - 1; h >= from; h--)
            buf_addf(d->out, "L%.1f %.1f", x_of(d, h + 0.5), chart_plane_y(&d->plane, hours[h].low));
        buf_add_text(d->out, "Z\"/>");
    }
    buf_add_text(d->out, "<path class=\"line\" d=\"");
    for (int h = from; h < to; h++)
        buf_addf(d->out, "%c%.1f %.1f", h > from ? 'L' : 'M', x_of(d, h + 0.5),
                 chart_plane_y(&d->plane, hours[h].value));
    buf_add_text(d->out, "\"/>");
    for (int h = from; h < to; h++)
        buf_addf(d->out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>", x_of(d, h + 0.5),
                 chart_plane_y(&d->plane, hours[h].value), to - from == 1 ? "4" : "2");
}

void chart_hours(const struct chart *c, const struct chart_hour hours[static CHART_HOURS], uint32_t peak,
                 struct buf *out)
{
    double greatest = greatest_of(hours);
    struct day d = {.c = c, .out = out};
    if (greatest < 0) /* no value at all */
        return;
    d.plane = chart_plane_of(c, greatest, TOP, chart_room(c, HEIGHT), RIGHT_EDGE, LOWER_EDGE);
    chart_open(c, d.plane.bottom + LOWER_EDGE, out);
    chart_hatch(c, out);
    draw_ground(&d, hours, peak);
    draw_axes(&d);
    for (int from = 0, to; from < CHART_HOURS; from = to) {
        for (to = from + 1; to < CHART_HOURS && isnan(hours[to].value) == isnan(hours[from].value); to++)
            ;
        if (!isnan(hours[from].value))
            draw_stretch(&d, hours, from, to);
    }
    chart_close(c, out);
}
