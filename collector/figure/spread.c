#include "collector/figure/spread.h"

#include <math.h>
#include <stdlib.h>

#include "common/alloc.h"

struct spread {
    uint64_t turn;
    uint64_t seen[]; /* by network: the last turn in which it was counted */
};

struct spread *spread_new(uint32_t networks)
{
    return alloc_zero(1, sizeof(struct spread) + ((size_t)networks + 1) * sizeof(uint64_t));
}

void spread_free(struct spread *s)
{
    free(s);
}

static int line_order(const void *a, const void *b)
{
    const struct spread_line *x = a, *y = b;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

void spread_sort(struct spread_line *lines, size_t count)
{
    if (count > 1)
        qsort(lines, count, sizeof *lines, line_order);
}

/* Between the two closest ranks. */
static double quantile_of(const struct spread_line *lines, size_t count, double quantile)
{
    double rank = quantile * (double)(count - 1), first = floor(rank);
    double below = lines[(size_t)first].value, above = lines[(size_t)ceil(rank)].value;
    return below + (rank - first) * (above - below);
}

size_t spread_point(struct spread *s, const struct spread_line *lines, size_t count, const double *quantiles,
                    size_t quantile_count, struct spread_point *ret)
{
    *ret = (struct spread_point){.subject = lines[0].subject};
    s->turn++;
    for (; ret->lines < count && lines[ret->lines].subject == ret->subject; ret->lines++) {
        const struct spread_line *l = &lines[ret->lines];
        ret->samples += l->samples;
        ret->networks += l->network && s->seen[l->network] != s->turn;
        s->seen[l->network] = s->turn;
    }
    for (size_t q = 0; q < quantile_count; q++)
        ret->values[q] = quantile_of(lines, ret->lines, quantiles[q]);
    return ret->lines;
}
