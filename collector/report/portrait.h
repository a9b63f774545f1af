/* What is told of one part of a country (a department, an operator, women) as
 * the rows of a template: of the year what is measured, of others' figures the
 * latest of each source. What is not told has no row. */
#pragma once

#include <jansson.h>

#include "collector/report/report.h"

/* One part, or a part and its like: women and men. */
struct portrait {
    unsigned dimension; /* that tells parts apart, alone */
    enum figure_column column;
    const char *word;  /* that the part has in this column */
    const char *other; /* that stands beside it; NULL: the whole country does */
};

/* Its rows {id, name, unit, value, interval, range, sample, beside, beside_range, source, shortfall}: numbers are HTML,
 * "beside" is of the same source, period and statistic; a range is null where the value has no interval. The caller
 * owns the array. */
json_t *portrait_rows(const struct report *r, const struct portrait *s) CHECKED;

/* The source that all rows have, which is then said once, in the caption. NULL: they differ, or there is none. It is
 * the rows'. */
const char *portrait_common(const json_t *rows);

/* One sheet of many: adds {id, name, rows, common, sources, columns} to out's "sheets" and {id, name} to its "parts",
 * or the name to its "untold" where it has no row. */
void portrait_add(const struct report *r, const struct portrait *s, const char *id, const char *name, json_t *out);

/* A sheet by itself: the same in out, and as "unknown" {id, name} of the framework's indicators that should tell of
 * that part and do not. "any" and "some" say whether there are. */
void portrait_tell(const struct report *r, const struct portrait *s, json_t *out);

/* Gives a row its "shortfall", and back: an index is not told without what it failed at. */
json_t *portrait_shortfall(const struct report *r, size_t row, json_t *out) CHECKED;
/* "60–69 sondes", or of persons that were asked; the caller frees. */
char *portrait_sample(const struct report *r, size_t row) CHECKED;
/* Who says it, and of when: "InternetMetre, 2026"; the caller frees. */
char *portrait_source(const struct report *r, size_t row) CHECKED;
/* "12,0 – 18,5", or a dash; the caller frees. */
char *portrait_interval(const struct report *r, size_t row) CHECKED;
