#include "collector/disclosure/cellset.h"

#include <string.h>

#include "common/alloc.h"

uint32_t cellsets_number(struct cellsets *s, const size_t *cells, size_t count, uint32_t hint)
{
    for (size_t i = 0; i <= s->count; i++) {
        size_t n = i == 0 ? hint : i - 1;
        if (n < s->count && s->list[n].count == count &&
            (count == 0 || !memcmp(s->list[n].cells, cells, count * sizeof *cells)))
            return (uint32_t)n;
    }
    s->list = alloc_resize(s->list, s->count + 1, sizeof *s->list);
    struct cellset *set = &s->list[s->count];
    *set = (struct cellset){alloc_zero(count, sizeof *cells), count};
    if (count > 0)
        memcpy(set->cells, cells, count * sizeof *cells);
    return (uint32_t)s->count++;
}

void cellsets_free(struct cellsets *s)
{
    for (size_t n = 0; n < s->count; n++)
        free(s->list[n].cells);
    free(s->list);
    *s = (struct cellsets){0};
}
