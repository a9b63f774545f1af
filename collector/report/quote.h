/* What stands in the document for what an author's text says of figures: a
 * number with its line, "no data", a picture with its table ({{picture PER1
 * operators}}, alone in its paragraph), or, of what is not understood, a sentence
 * that is marked, which the terminal tells with file and line. */
#pragma once

#include "collector/report/reference.h"

#define QUOTE_TOLD_MAX     20  /* messages about one report */
#define QUOTE_PICTURES_MAX 100 /* a map of a country has 100 kB: what reads the document has to hold them all */

struct quotes {
    const struct report *r;
    struct references *references;
    const char *path; /* of the text */
    size_t broken;    /* so far, of all texts */
    size_t pictures;  /* likewise: each has ids of its own */
    int rc;           /* of what failed, for want of the database */
    struct fault *f;
};

/* As markdown_ways has it; of: struct quotes. */
bool quote_write(void *of, const char *reference, int line, bool alone, struct buf *out);
/* How many were not told. */
void quote_end(const struct quotes *q);
