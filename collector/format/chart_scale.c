#include <math.h>
#include <stdlib.h>

#include "collector/format/chart_draw.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* From the step below the least to that above the greatest value, in as many steps as there may be classes. */
static struct chart_scale even(double min, double max)
{
    struct chart_scale s = {0};
    double spread = max > min ? max - min : fmax(fabs(max), 1), step = 0, low = 0;
    for (int most = CHART_CLASSES; most > 0; most--) {
        step = chart_step(spread, most);
        low = floor(min / step + 1e-9) * step;
        s.count = (size_t)fmax(ceil((max - low) / step - 1e-9), 1);
        if (s.count <= CHART_CLASSES)
            break;
    }
    for (size_t i = 0; i <= s.count; i++)
        s.edges[i] = low + (double)i * step;
    s.decimals = chart_step_decimals(step);
    return s;
}

/* A number of few digits between the two, to which the upper one belongs. */
static double between(double below, double above, int decimals)
{
    double unit = pow(10, decimals), middle = round((below + above) / 2 * unit) / unit;
    return middle > below && middle <= above ? middle : above;
}

static struct chart_scale quantiles(const double *sorted, size_t count, int decimals)
{
    struct chart_scale s = {.edges = {sorted[0]}, .decimals = decimals};
    for (size_t k = 1, last = 0; k < CHART_CLASSES; k++) {
        size_t at = k * count / CHART_CLASSES;
        if (at > last && sorted[at] > sorted[at - 1]) {
            s.edges[++s.count] = between(sorted[at - 1], sorted[at], decimals);
            last = at;
        }
    }
    s.edges[++s.count] = sorted[count - 1];
    return s;
}

struct chart_scale chart_scale_of(enum chart_classes classes, const double *values, size_t count, int decimals)
{
    struct chart_scale s = {0};
    double *sorted = alloc_zero(count + 1, sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[n++] = values[i];
    qsort(sorted, n, sizeof *sorted, by_value);
    if (n > 0)
        s = classes == CHART_QUANTILES ? quantiles(sorted, n, decimals) : even(sorted[0], sorted[n - 1]);
    free(sorted);
    return s;
}

size_t chart_scale_class(const struct chart_scale *s, double value)
{
    size_t class = 1;
    while (class < s->count && value >= s->edges[class] - 1e-9 * fabs(s->edges[class]))
        class ++;
    return class;
}
