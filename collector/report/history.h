/* What one source has told of the whole country, year after year: the past of
 * an indicator, as far as others have published it. */
#pragma once

#include "collector/report/report.h"

#define HISTORY_MIN 3 /* years: of two a line says no more than their numbers */

/* Whose figures of the country reach over the most years, HISTORY_MIN or more; NULL: nobody's. */
const char *history_source(const struct report *r, const struct indicator *i);
/* The rows of a source on a country, by year, one a year; returns how many. The caller frees *ret_rows. */
size_t history_rows(const struct report *r, const struct indicator *i, const char *source, const char *country,
                    size_t **ret_rows);
/* The country's own rows of that source; returns how many, 0 where there is no history. The caller frees *ret_rows. */
size_t history_read(const struct report *r, const struct indicator *i, size_t **ret_rows);
/* "2013 4,9 2014 6,0", as HTML; nothing where there is no history. */
void history_write(const struct report *r, const struct indicator *i, struct buf *out);
