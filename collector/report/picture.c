#include "collector/report/picture.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/source.h"

#define PICTURE_LIST(word) {#word, &picture_##word},
static const struct {
    const char *word;
    const struct picture_kind *kind;
} pictures[PICTURE_COUNT] = {PICTURES(PICTURE_LIST)};

const char *picture_word(enum picture p)
{
    return pictures[p].word;
}

unsigned picture_cut(enum picture p)
{
    return pictures[p].kind->cut;
}

const char *picture_text(const struct report *r, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(r->words.texts, "pictures"), name));
    return text ? text : "";
}

ssize_t picture_measured(const struct report *r, const struct indicator *i)
{
    const ssize_t row = report_main(r, i);
    return row >= 0 && !strcmp(evidence_text(&r->evidence, (size_t)row, FIGURE_KIND), "measured") ? row : -1;
}

struct evidence_wanted picture_parts(const struct canvas *v, unsigned cut)
{
    return (struct evidence_wanted){.indicator = v->i->id,
                                    .country = v->r->country,
                                    .source = evidence_text(&v->r->evidence, v->whole, FIGURE_SOURCE),
                                    .period = v->r->year,
                                    .statistic = indicator_main(v->i)->name,
                                    .cut = cut,
                                    .measured = true};
}

const char *picture_instead(const struct report *r, size_t row)
{
    const char *floor = evidence_text(&r->evidence, row, FIGURE_FLOOR);
    if (evidence_text(&r->evidence, row, FIGURE_VALUE))
        return NULL;
    return phrase(&r->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small");
}

/* "n = 100–199 sondes", or nothing of what is not measured; the caller frees. */
static char *base_of(const struct report *r, size_t row)
{
    if (!evidence_text(&r->evidence, row, FIGURE_N_PROBES))
        return alloc_text("");
    _cleanup_text_ char *step = phrase_step(r->words.lang, pg_int(r->evidence.rows, row, FIGURE_N_PROBES));
    return phrase_fill(picture_text(r, "base"), json_pack("{s:s}", "n", step));
}

/* Of a picture that goes from phone to phone also how many were asked, or that nobody says it, and the licence. */
static char *whole_base_of(const struct report *r, size_t row)
{
    const struct evidence *s = &r->evidence;
    _cleanup_text_ char *probes = base_of(r, row);
    _cleanup_text_ char *persons = evidence_text(s, row, FIGURE_N_SAMPLES)
                                       ? phrase_count(&r->words, pg_int(s->rows, row, FIGURE_N_SAMPLES), "persons",
                                                      "persons")
                                       : alloc_text(picture_text(r, "no_base"));
    return alloc_format("%s · %s", *probes ? probes : persons, picture_text(r, "licence"));
}

/* What stands around it where it goes its own way. */
static struct chart_frame frame_of(const struct report *r, const char *unit, size_t row, const char *base)
{
    const struct evidence *s = &r->evidence;
    const bool imported = !strcmp(evidence_text(s, row, FIGURE_KIND), "imported");
    return (struct chart_frame){.subtitle = unit,
                                .mark = pg_bool(s->rows, row, FIGURE_SIMULATED) ? phrase(&r->words, "simulated_title")
                                                                                : NULL,
                                .source = imported ? source_name(evidence_text(s, row, FIGURE_SOURCE), r->words.lang)
                                                   : phrase(&r->words, "site"),
                                .date = evidence_text(s, row, FIGURE_PERIOD),
                                .base = base};
}

int picture_draw(const struct report *r, const struct indicator *i, enum picture p, enum chart_form form,
                 struct buf *out, char **ret_title, struct fault *f)
{
    const struct picture_kind *kind = pictures[p].kind;
    const ssize_t row = kind->whole(r, i);
    *ret_title = NULL;
    if (row < 0)
        return 0;
    _cleanup_text_ char *name = report_name(r, i), *unit = report_unit(r, i),
                        *id = alloc_format("%s-%s", i->id, picture_word(p));
    _cleanup_text_ char *base = form == CHART_SQUARE ? whole_base_of(r, (size_t)row) : base_of(r, (size_t)row);
    _cleanup_text_ char *title = phrase_fill(picture_text(r, picture_word(p)), json_pack("{s:s}", "name", name));
    _cleanup_text_ char *description_name = alloc_format("%s_description", picture_word(p));
    const struct chart_frame frame = frame_of(r, unit, (size_t)row, base);
    struct canvas v = {.r = r,
                       .i = i,
                       .whole = (size_t)row,
                       .out = out,
                       .chart = {.id = id,
                                 .title = title,
                                 .description = picture_text(r, description_name),
                                 .words = &r->words,
                                 .decimals = i->decimals,
                                 .unit = unit,
                                 .form = form,
                                 .frame = form == CHART_REPORT ? NULL : &frame}};
    int rc = kind->draw(&v, f);
    if (rc == 0 && out->len)
        *ret_title = TAKE(title);
    return rc;
}
