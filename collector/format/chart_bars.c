#include "collector/format/chart.h"

#include <math.h>
#include <stdbool.h>

#include "collector/format/chart_draw.h"

#define BAR_ROW    38
#define BAR_TOP    20 /* of the bar in its row, under the label */
#define BAR_HEIGHT 10
#define RIGHT_EDGE 60 /* room for the value behind the longest */

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
    double room = chart_width(c) - RIGHT_EDGE;
    char text[NUMBER_TEXT_SIZE];
    chart_text(0, top + 14, "start", bar->reference ? "label strong" : "label", bar->label, out);
    double y = top + BAR_TOP, middle = y + BAR_HEIGHT / 2.0, end = 0;
    if (bar->instead) {
        chart_text(0, y + BAR_HEIGHT, "start", "muted", bar->instead, out);
        return;
    }
    double width = fmax(bar->value / max * room, 1);
    buf_addf(out, "<rect class=\"%s\" x=\"0\" y=\"%.4g\" width=\"%.4g\" height=\"%d\"/>",
             bar->reference ? "ref" : "bar", y, width, BAR_HEIGHT);
    end = width;
    if (!isnan(bar->low) && bar->high > bar->low) {
        double low = fmax(bar->low, 0) / max * room, high = bar->high / max * room;
        buf_addf(out, "<path class=\"whisker\" d=\"M%.4g %.4gH%.4gM%.4g %.4gv6M%.4g %.4gv6\"/>", low, middle, high, low,
                 middle - 3, high, middle - 3);
        end = fmax(end, high);
    }
    chart_text(end + 6, middle + 4, "start", "value", lang_number(c->words->lang, bar->value, c->decimals, text), out);
}

void chart_bars(const struct chart *c, const struct chart_bar *bars, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    double max = bars_max(bars, count), row = chart_row(c, count, BAR_ROW, 0);
    chart_open(c, (int)ceil((double)count * row), out);
    for (size_t i = 0; i < count; i++)
        draw_bar(c, &bars[i], (double)i * row, max, out);
    chart_close(c, out);
}
