/* What probes gave on the days of a period for one indicator, as its own SQL
 * (indicator.h) has it: a value, or sketches joined one after the other, of which
 * the median is the value. A year's buckets are millions, and in SQL each would
 * be a row. */
#pragma once

#include "collector/db/copy.h"
#include "collector/db/copy_out.h"
#include "collector/figure/indicator.h"

/* Lays them down in pg_temp.given (day, probe_no, family, value, samples, failed) in the place
 * of what is there, within a transaction. period: its first day, and the day after its last. */
/* Whether its SELECT would give what given_make takes; nothing is run. */
int given_check(struct pg *pg, const struct indicator *i, struct fault *f) CHECKED;
int given_make(struct pg *pg, const struct indicator *i, const char *const *period, struct fault *f) CHECKED;

/* What probes found of objects that are no lines: in pg_temp.voice (functions/object.sql). It asks for line_year and
 * place_year of the period. */
int given_voices(struct pg *pg, const struct indicator *i, const char *const *period, struct fault *f) CHECKED;

/* Makes a row of pg_temp.given of one with sketches; `room` is between them, for the caller to free. */
void given_row(struct copy_out *in, struct buf *room, struct copy_rows *out);
