/* How indicators change from one year to the next: over the lines that measured
 * in both where they are enough, else over cells (schema/functions/change.sql). */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/cell.h"
#include "common/fault.h"

/* Makes the changes that end or begin in these years (a column of numbers), once
 * their figures are there. For the transaction of a refresh. */
int change_make(struct pg *pg, const struct pg_rows *years, struct fault *f) CHECKED;

struct change_years {
    const struct indicator *indicator;
    struct cells *from, *to;
};

/* Appends to `told` what the common lines of a country and source tell: country,
 * source, value_from, value_to, low, high, lines (their names). False, and nothing
 * is appended, when they are too few, or would tell of too few others, beside the
 * lines of `before` (an object of names), of which it was told last. */
bool change_over_lines(const struct change_years *y, const char *country, const char *source, const json_t *before,
                       json_t *told) CHECKED;
