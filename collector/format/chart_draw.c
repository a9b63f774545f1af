#include "collector/format/chart_draw.h"

#include <math.h>
#include <string.h>

#include "collector/format/template.h"

double chart_step(double max, int most)
{
    double power = pow(10, floor(log10(max / most)));
    static const double factors[] = {1, 2, 5, 10};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (factors[i] * power * most >= max * (1 - 1e-9))
            return factors[i] * power;
    return 10 * power;
}

int chart_step_decimals(double step)
{
    int decimals = 0;
    while (decimals < 6 && fabs(step - round(step)) > 1e-6) {
        step *= 10;
        decimals++;
    }
    return decimals;
}

void chart_hatch(const struct chart *c, struct buf *out)
{
    buf_addf(
        out,
        "<defs><pattern id=\"%s-none\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect class=\"ground\" "
        "width=\"6\" height=\"6\"/><path class=\"hatch\" d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\"/></pattern></defs>",
        c->id);
}

void chart_text(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out)
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
