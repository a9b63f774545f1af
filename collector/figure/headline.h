/* What an indicator's headline says of a figure, as HTML: the sentence of
 * schema/indicators/, with whose figure it is, of what it speaks, and its numbers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/figure/indicator.h"
#include "collector/format/phrase.h"
#include "common/buf.h"

struct headline {
    const struct indicator *indicator;
    const struct words *words;
    const char *in;     /* "in Benin" */
    const char *item;   /* what it is of, in the readers' words; NULL: of no item */
    const char *source; /* whose figure it is, where it is not ours; NULL: ours */
    bool of_country;    /* not only of the lines that were measured */
    int64_t lines;      /* these: the lower end of a step */
    /* Writes the number of a statistic as HTML; false where there is none. */
    bool (*number)(const void *of, const char *statistic, struct buf *out);
    const void *of;
};

/* A number that stands nowhere is a dash; none is parted from its unit. */
void headline_write(const struct headline *h, struct buf *out);

/* "in Benin", as its pack says; "(ZZ)" where it does not. The caller frees. */
char *headline_in(const json_t *pack, const char *country, enum lang lang) CHECKED;
/* Of what a sentence speaks: "in Benin" or "on 10–19 measured lines in Benin".
 * lines is the lower end of a step. The caller frees. */
char *headline_where(const struct words *w, const char *in, bool country, int64_t lines) CHECKED;
