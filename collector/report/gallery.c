#include "collector/report/gallery.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/typography.h"
#include "collector/report/picture.h"

#define FAMILY_LETTERS 3 /* of an indicator's name: its area (part.h) */

/* A picture that can be drawn. */
struct hanging {
    const struct indicator *i;
    enum picture kind;
    struct buf svg;
    bool chosen;
};

struct stock {
    struct hanging *hangings;
    size_t count;
};

static void stock_free(struct stock *s)
{
    for (size_t h = 0; h < s->count; h++)
        buf_free(&s->hangings[h].svg);
    free(s->hangings);
}

/* A picture whose values are all alike tells nothing, and one of lines has to say of how many. */
static bool tells(const struct report *r, const struct indicator *i, enum picture kind)
{
    const struct evidence *s = &r->evidence;
    const ssize_t whole = picture_measured(r, i);
    if (kind == PICTURE_years)
        return true;
    if (whole < 0 || !evidence_text(s, (size_t)whole, FIGURE_N_PROBES))
        return false;
    const struct evidence_wanted w = {.indicator = i->id,
                                      .country = r->country,
                                      .source = evidence_text(s, (size_t)whole, FIGURE_SOURCE),
                                      .period = r->year,
                                      .statistic = indicator_main(i)->name,
                                      .cut = picture_cut(kind),
                                      .measured = true,
                                      .told = true};
    const ssize_t first = evidence_next(s, &w, 0);
    bool varies = kind == PICTURE_days;
    for (ssize_t row = first; row >= 0 && !varies; row = evidence_next(s, &w, (size_t)row + 1))
        varies = strcmp(evidence_text(s, (size_t)row, FIGURE_VALUE), evidence_text(s, (size_t)first, FIGURE_VALUE)) !=
                 0;
    return varies;
}

static int fill(const struct report *r, struct stock *s, struct fault *f)
{
    static const enum picture kinds[] = {PICTURE_operators, PICTURE_departments, PICTURE_years, PICTURE_days};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < count * COUNT(kinds); n++) {
        const struct indicator *i = &all[n % count];
        const enum picture kind = kinds[n / count];
        _cleanup_(buf_free) struct buf drawn = {0};
        _cleanup_text_ char *title = NULL;
        if (!tells(r, i, kind))
            continue;
        rc = picture_draw(r, i, kind, CHART_SQUARE, &drawn, &title, f);
        if (rc < 0 || !title)
            continue;
        s->hangings = alloc_resize(s->hangings, s->count + 1, sizeof *s->hangings);
        s->hangings[s->count++] = (struct hanging){i, kind, drawn, false};
        drawn = (struct buf){0};
    }
    return rc;
}

/* How much it is like those that were chosen: the same indicator most, then the same kind, then the same area. */
static unsigned likeness(const struct stock *s, const struct hanging *wanted)
{
    unsigned alike = wanted->i->key ? 0 : 1; /* what the framework marks comes before the rest */
    for (size_t h = 0; h < s->count; h++)
        if (s->hangings[h].chosen)
            alike += 200u * (s->hangings[h].i == wanted->i) + 20u * (s->hangings[h].kind == wanted->kind) +
                     2u * (unsigned)!strncmp(s->hangings[h].i->id, wanted->i->id, FAMILY_LETTERS);
    return alike;
}

/* NULL: all are chosen. */
static struct hanging *next(struct stock *s)
{
    struct hanging *found = NULL;
    unsigned least = 0;
    for (size_t h = 0; h < s->count; h++) {
        if (s->hangings[h].chosen)
            continue;
        const unsigned alike = likeness(s, &s->hangings[h]);
        if (!found || alike < least) {
            found = &s->hangings[h];
            least = alike;
        }
    }
    return found;
}

int gallery_write(const struct report *r, const struct outlet *to, size_t *ret_count, struct fault *f)
{
    _cleanup_(stock_free) struct stock stock = {0};
    int rc = fill(r, &stock, f);
    size_t count = 0;
    for (; rc == 0 && count < GALLERY_PICTURES; count++) {
        struct hanging *chosen = next(&stock);
        if (!chosen)
            break;
        chosen->chosen = true;
        _cleanup_(buf_free) struct buf svg = {0};
        _cleanup_text_ char *name = alloc_format(GALLERY_FOLDER "/%s-%s.svg", chosen->i->id,
                                                 picture_word(chosen->kind));
        typography_set(r->words.lang, chosen->svg.data, chosen->svg.len, &svg);
        rc = to->keep(to->of, name, &svg, f);
    }
    *ret_count = count;
    return rc;
}
