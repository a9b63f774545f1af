#include <math.h>

#include "collector/format/chart_draw.h"

#define ROW      42
#define TOP      34 /* the axis and its unit */
#define NAME_Y   13 /* of a row, as the following */
#define BOX_Y    20
#define BOX      12
#define KEY_ROW  15 /* a line of the words below */
#define EDGE     2  /* beside the plane */
#define NAME_X   8
#define TICKS    5
#define KEY_MOST 3

struct rows {
    const struct chart *c;
    double max, top, row;
    struct buf *out;
};

static double x_of(const struct rows *r, double value)
{
    return EDGE + fmax(value, 0) / r->max * (chart_width(r->c) - 2 * EDGE);
}

static double greatest_of(const struct chart_spread *spreads, size_t count)
{
    double greatest = 0;
    for (size_t i = 0; i < count; i++)
        if (!spreads[i].instead)
            greatest = fmax(greatest, spreads[i].p90);
    return greatest > 0 ? greatest : 1;
}

static void draw_axis(const struct rows *r, size_t count)
{
    char text[NUMBER_TEXT_SIZE];
    double step = chart_step(r->max, TICKS), last = -INFINITY;
    chart_text(0, CHART_FONT, "start", "unit", r->c->unit, r->out);
    for (int i = 0; i * step <= r->max * (1 + 1e-9); i++) {
        double x = x_of(r, i * step);
        lang_number(r->c->words->lang, i * step, chart_step_decimals(step), text);
        double half = chart_text_width(text, CHART_FONT, false) / 2;
        buf_addf(r->out, "<path class=\"%s\" d=\"M%.1f %.1fV%.1f\"/>", i ? "grid" : "axis", x, r->top,
                 r->top + (double)count * r->row);
        double middle = fmin(fmax(x, half), chart_width(r->c) - half);
        if (middle - half < last + 4) /* no room beside the one before */
            continue;
        chart_text(middle, r->top - 4, "middle", NULL, text, r->out);
        last = middle + half;
    }
}

/* A line from the 10th to the 90th percentile, on it a box of the middle half, in it the median with its value. */
static void draw_spread(const struct rows *r, const struct chart_spread *s, double y)
{
    char number[NUMBER_TEXT_SIZE];
    double middle = y + BOX_Y + BOX / 2.0;
    if (s->instead) {
        chart_text(NAME_X, middle + 4, "start", NULL, s->instead, r->out);
        return;
    }
    buf_addf(r->out, "<path class=\"range\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv8M%.1f %.1fv8\"/>", x_of(r, s->p10), middle,
             x_of(r, s->p90), x_of(r, s->p10), middle - 4, x_of(r, s->p90), middle - 4);
    buf_addf(r->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
             s->reference ? "box-ref" : "box", x_of(r, s->p25), y + BOX_Y, fmax(x_of(r, s->p75) - x_of(r, s->p25), 1),
             BOX);
    buf_addf(r->out, "<path class=\"median\" d=\"M%.1f %.1fv%d\"/>", x_of(r, s->p50), y + BOX_Y - 2, BOX + 4);
    lang_number(r->c->words->lang, s->p50, r->c->decimals, number);
    chart_text(chart_width(r->c), y + NAME_Y, "end", "value", number, r->out);
}

void chart_spreads(const struct chart *c, const struct chart_spread *spreads, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    char *key[KEY_MOST];
    size_t lines = chart_wrap(phrase(c->words, "spread_key"), CHART_FONT, false, chart_width(c), KEY_MOST, key);
    double below = (double)lines * KEY_ROW + 6;
    struct rows r = {.c = c, .max = greatest_of(spreads, count), .top = TOP, .out = out};
    r.row = chart_row(c, count, ROW, TOP + below);
    int height = (int)ceil(TOP + (double)count * r.row + below);
    chart_open(c, height, out);
    draw_axis(&r, count);
    for (size_t i = 0; i < count; i++) {
        double y = r.top + (double)i * r.row;
        _cleanup_text_ char *name = chart_fit(spreads[i].label, CHART_FONT, spreads[i].reference,
                                              chart_width(c) * 0.75);
        chart_text(NAME_X, y + NAME_Y, "start", spreads[i].reference ? "label strong" : "label", name, out);
        draw_spread(&r, &spreads[i], y);
    }
    for (size_t i = 0; i < lines; i++) {
        chart_text(0, height - below + (double)(i + 1) * KEY_ROW, "start", NULL, key[i], out);
        free(key[i]);
    }
    chart_close(c, out);
}
