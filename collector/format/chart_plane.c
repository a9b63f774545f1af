#include <math.h>

#include "collector/format/chart_draw.h"

#define TICKS       4
#define LEFT        40 /* of a page's charts, and the least elsewhere */
#define TO_NUMBER   6  /* from the plane to the numbers beside it */
#define NUMBER_HALF 4  /* from a number's foot to the middle of its digits */

static double edge_step(double max)
{
    return chart_step(max, TICKS);
}

/* Room for the widest number at the axis; in a page 40, as its style was made for. */
static int left_for(const struct chart *c, double max)
{
    char text[NUMBER_TEXT_SIZE];
    double step = edge_step(max), wide = 0;
    for (int i = 0; i * step <= max * (1 + 1e-9); i++) {
        lang_number(c->words->lang, i * step, chart_step_decimals(step), text);
        wide = fmax(wide, chart_text_width(text, CHART_FONT, false));
    }
    return c->form == CHART_PAGE ? LEFT : (int)fmax(LEFT, ceil(wide) + TO_NUMBER);
}

struct chart_plane chart_plane_of(const struct chart *c, double greatest, int top, int height, int right_edge,
                                  int lower_edge)
{
    double max = greatest > 0 ? greatest : 1;
    max = ceil(max / edge_step(max) - 1e-9) * edge_step(max);
    return (struct chart_plane){left_for(c, max), chart_width(c) - right_edge, top, height - lower_edge, max};
}

double chart_plane_y(const struct chart_plane *p, double value)
{
    return p->bottom - value / p->max * (p->bottom - p->top);
}

void chart_plane_values(const struct chart *c, const struct chart_plane *p, struct buf *out)
{
    double step = edge_step(p->max);
    char text[NUMBER_TEXT_SIZE];
    for (int i = 0; i * step <= p->max * (1 + 1e-9); i++) {
        double y = chart_plane_y(p, i * step);
        buf_addf(out, "<path class=\"%s\" d=\"M%d %.4gH%d\"/>", i ? "grid" : "axis", p->left, y, p->right);
        chart_text(p->left - TO_NUMBER, y + NUMBER_HALF, "end", NULL,
                   lang_number(c->words->lang, i * step, chart_step_decimals(step), text), out);
    }
    chart_text(0, CHART_FONT, "start", "unit", c->unit, out);
}
