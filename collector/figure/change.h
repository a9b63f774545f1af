/* How indicators change from one year to the next: over the lines that measured
 * in both where they are enough, else over cells (schema/functions/change.sql). */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/panel.h"
#include "common/fault.h"

/* Makes the changes that end or begin in these years (a column of numbers), once
 * their figures are there. For the transaction of a refresh. */
int change_make(struct pg *pg, const struct pg_rows *years, struct fault *f) CHECKED;

struct change_years {
    const struct indicator *indicator;
    struct cells *from, *to;
};

/* What is out of lines of either year (panel.h): all changes that were told from it and to it. */
struct change_told {
    const json_t *from, *to;
};

/* Appends to `told` what the common lines of a country and source tell: country,
 * source, value_from, value_to, low, high, lines (their names), and by line the marks
 * of what they said in either year, marks_from and marks_to. False, and nothing
 * is appended, when they are too few, or would tell of too few others beside what is out. */
bool change_over_lines(const struct change_years *y, const char *country, const char *source,
                       const struct change_told *out, json_t *told) CHECKED;
