/* Figures on their way into indicator_value: a table of the transaction takes
 * them, what can only be said of all of them together is checked there, and one
 * statement stores them. */
#pragma once

#include <stddef.h>

#include "collector/db/pg.h"
#include "collector/import/figures.h"
#include "collector/import/run.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/progress.h"

struct stage {
    struct pg *pg;
    size_t whole, count; /* lines in all, and that were put */
    bool series; /* years of a publisher's own series, which are as they are: no leap in them is remarked, and a line
                  * without a value takes away what an earlier file said */
    struct buf rows; /* in COPY's text form, not sent yet */
    struct progress progress;
};

int stage_open(struct stage *s, struct fault *f) CHECKED;
int stage_put(void *stage, const struct figure_line *line, struct fault *f) CHECKED; /* a figure_take */
/* In any case, with what came of putting; returns that, or what fails here. */
int stage_close(struct stage *s, int rc, struct fault *f) CHECKED;

/* Checks them, says what is unusual, and stores them. -EBADMSG with the line and
 * the cure in f. */
int stage_store(struct stage *s, struct import_run *run, struct fault *f) CHECKED;

/* Operators in a table of the transaction, with columns line, country and
 * operator: each becomes the one that is known. -EBADMSG: there is none. */
int stage_operators(struct pg *pg, const char *table, struct fault *f) CHECKED;
