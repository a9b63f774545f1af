#include "collector/report/company.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/nearest.h"

static int by_name(const void *a, const void *b)
{
    const char *const one = *(const char *const *)a, *const other = *(const char *const *)b;
    const int order = lang_compare(one, other);
    return order ? order : strcmp(one, other);
}

/* May be the one: 2 by its whole name, 1 by some of its first words, as "MTN" is of "MTN Bénin (Spacetel)". */
static int meets(const char *word, const char *name)
{
    if (lang_same(word, name))
        return 2;
    for (const char *blank = strchr(name, ' '); blank; blank = strchr(blank + 1, ' ')) {
        _cleanup_text_ char *words = alloc_text_n(name, (size_t)(blank - name));
        if (lang_same(word, words))
            return 1;
    }
    return 0;
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
    int best = 0, alike = 0;
    for (size_t n = 0; names[n]; n++) {
        const int met = meets(word, names[n]);
        alike = met > best ? 1 : alike + (met && met == best);
        if (met > best) {
            best = met;
            found = names[n];
        }
        nearest_offer(&near, names[n]);
    }
    free(names);
    if (alike == 1 || best == 2) {
        *ret_name = found;
        return 0;
    }
    _cleanup_text_ char *others = nearest_text(&near);
    if (!near.count)
        return fault_set(f, -ENOENT, _("no figure of %s is of an operator, and none of \"%.80s\""), r->year, word);
    return fault_set(f, -ENOENT, _("no figure of %s is of \"%.80s\"; nearest are: %s"), r->year, word, others);
}
