#include "collector/disclosure/echelon.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/modular.h"
#include "common/alloc.h"

struct echelon {
    size_t width;
    uint32_t **rows; /* by the column of their first number, which is 1 */
    size_t *pivots;
    size_t count;
};

struct echelon *echelon_new(size_t width)
{
    struct echelon *e = alloc_zero(1, sizeof *e);
    e->width = width;
    return e;
}

void echelon_free(struct echelon *e)
{
    if (!e)
        return;
    for (size_t r = 0; r < e->count; r++)
        free(e->rows[r]);
    free(e->rows);
    free(e->pivots);
    free(e);
}

size_t echelon_reduce(const struct echelon *e, uint32_t *row)
{
    for (size_t r = 0; r < e->count; r++)
        if (row[e->pivots[r]])
            modular_subtract(row, e->rows[r], row[e->pivots[r]], e->width);
    size_t first = 0;
    while (first < e->width && !row[first])
        first++;
    return first;
}

void echelon_add(struct echelon *e, uint32_t *row)
{
    size_t pivot = echelon_reduce(e, row), at = e->count;
    if (pivot == e->width)
        return;
    e->rows = alloc_resize(e->rows, e->count + 1, sizeof *e->rows);
    e->pivots = alloc_resize(e->pivots, e->count + 1, sizeof *e->pivots);
    for (; at > 0 && e->pivots[at - 1] > pivot; at--) {
        e->rows[at] = e->rows[at - 1];
        e->pivots[at] = e->pivots[at - 1];
    }
    e->rows[at] = alloc_zero(e->width, sizeof *row);
    e->pivots[at] = pivot;
    modular_scale(row, modular_inverse(row[pivot]), e->width);
    memcpy(e->rows[at], row, e->width * sizeof *row);
    e->count++;
}
