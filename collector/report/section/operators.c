/* A sheet an operator: what is told of its lines, beside all of them. */
#include <stdlib.h>
#include <string.h>

#include "collector/report/document.h"
#include "collector/report/portrait.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of each figure of an operator, told or not, its name, sorted; ends in NULL. The caller frees the list alone. */
static const char **names_of(const struct report *r)
{
    const struct evidence *s = &r->evidence;
    const char **names = alloc_zero(evidence_count(s) + 1, sizeof *names);
    size_t count = 0;
    for (size_t row = 0; row < evidence_count(s); row++)
        if (s->cuts[row] == DIM_OPERATOR && !strcmp(evidence_text(s, row, FIGURE_COUNTRY), r->country) &&
            !strncmp(evidence_text(s, row, FIGURE_PERIOD), r->year, 4))
            names[count++] = evidence_text(s, row, FIGURE_OPERATOR);
    qsort(names, count, sizeof *names, by_name);
    return names;
}

static int read_operators(struct report *r, json_t *out, struct fault *f)
{
    const char **names = names_of(r);
    size_t sheets = 0;
    for (size_t n = 0; names[n]; n++) {
        if (n && !strcmp(names[n], names[n - 1]))
            continue;
        _cleanup_text_ char *id = alloc_format("operator-%zu", ++sheets);
        portrait_add(r, &(struct portrait){DIM_OPERATOR, FIGURE_OPERATOR, names[n], NULL}, id, names[n], out);
    }
    free(names);
    return 0;
}

const struct section section_operators = {"operators", read_operators};
