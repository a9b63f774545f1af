#include "collector/figure/line.h"

#include <stdlib.h>

static int by_line(const void *a, const void *b)
{
    const struct stat_sample *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
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
        lines[lines_count++] = (struct line){days[from].cluster, stat_value(what, days + from, to - from, 1, NULL)};
    }
    *ret_count = lines_count;
    return lines;
}
