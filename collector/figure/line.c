#include "collector/figure/line.h"

#include <stdlib.h>

static int by_line(const void *a, const void *b)
{
    const struct stat_sample *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static double say(const struct stat_what *what, const struct stat_sample *days, size_t count)
{
    const struct stat_what own = {STAT_QUANTILE, what->days > 0 ? what->days : 0.5};
    double value = stat_value(what->kind == STAT_MEAN ? what : &own, days, count, NULL);
    return what->kind != STAT_SHARE ? value : value >= 0.5 ? 100 : 0;
}

struct line *line_values(const struct stat_what *what, struct stat_sample *days, size_t count, size_t *ret_count)
{
    struct line *lines = alloc_zero(count, sizeof *lines);
    size_t lines_count = 0;
    if (count > 1)
        qsort(days, count, sizeof *days, by_line);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && days[to].cluster == days[from].cluster; to++)
            ;
        lines[lines_count++] = (struct line){days[from].cluster, say(what, days + from, to - from)};
    }
    *ret_count = lines_count;
    return lines;
}
