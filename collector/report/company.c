#include "collector/report/company.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/nearest.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is measured tells of its own year; what others published stands until they publish again. */
static bool is_of_year(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    return strcmp(evidence_text(s, row, FIGURE_KIND), "measured") != 0 ||
           !strncmp(evidence_text(s, row, FIGURE_PERIOD), r->year, 4);
}

const char **company_names(const struct report *r)
{
    const struct evidence *s = &r->evidence;
    const char **names = alloc_zero(evidence_count(s) + 1, sizeof *names);
    size_t count = 0, kept = 0;
    for (size_t row = 0; row < evidence_count(s); row++)
        if (s->cuts[row] == DIM_OPERATOR && !strcmp(evidence_text(s, row, FIGURE_COUNTRY), r->country) &&
            is_of_year(r, row))
            names[count++] = evidence_text(s, row, FIGURE_OPERATOR);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t n = 0; n < count; n++)
        if (!kept || strcmp(names[n], names[kept - 1]) != 0)
            names[kept++] = names[n];
    names[kept] = NULL;
    return names;
}

int company_find(const struct report *r, const char *word, const char **ret_name, struct fault *f)
{
    struct nearest near = {.word = word};
    const char **names = company_names(r), *found = NULL;
    for (size_t n = 0; names[n] && !found; n++) {
        if (lang_same(word, names[n]))
            found = names[n];
        nearest_offer(&near, names[n]);
    }
    free(names);
    if (found) {
        *ret_name = found;
        return 0;
    }
    _cleanup_text_ char *others = nearest_text(&near);
    if (!near.count)
        return fault_set(f, -ENOENT, _("no figure of %s is of an operator, and none of \"%.80s\""), r->year, word);
    return fault_set(f, -ENOENT, _("no figure of %s is of \"%.80s\"; nearest are: %s"), r->year, word, others);
}
