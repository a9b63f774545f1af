/* Operators beside the whole, with intervals. */
#include "collector/report/picture.h"

#include <stdlib.h>

#include "common/lang.h"

static struct chart_bar bar_of(const struct report *r, size_t row, const char *label)
{
    return (struct chart_bar){.label = label,
                              .value = evidence_number(&r->evidence, row, FIGURE_VALUE),
                              .low = evidence_number(&r->evidence, row, FIGURE_LOW),
                              .high = evidence_number(&r->evidence, row, FIGURE_HIGH),
                              .instead = picture_instead(r, row)};
}

static int by_label(const void *a, const void *b)
{
    return lang_compare(((const struct chart_bar *)a)->label, ((const struct chart_bar *)b)->label);
}

/* Nothing where no operator has a figure. Those that have none stand in a picture that goes its own way; in the
 * document the table beside it names them. */
static int draw_operators(struct canvas *v, struct fault *f)
{
    const struct evidence *s = &v->r->evidence;
    const struct evidence_wanted w = picture_parts(v, DIM_OPERATOR);
    size_t count = 1, told = 0, room = 1;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        room++;
    struct chart_bar *bars = alloc_zero(room, sizeof *bars);
    bars[0] = bar_of(v->r, v->whole, picture_text(v->r, "lines"));
    bars[0].reference = true;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        bars[count] = bar_of(v->r, (size_t)row, evidence_text(s, (size_t)row, FIGURE_OPERATOR));
        told += !bars[count].instead;
        count += !bars[count].instead || v->chart.form != CHART_REPORT;
    }
    qsort(bars + 1, count - 1, sizeof *bars, by_label);
    if (told)
        chart_bars(&v->chart, bars, count, v->out);
    free(bars);
    return 0;
}

const struct picture_kind picture_operators = {DIM_OPERATOR, picture_measured, draw_operators};
