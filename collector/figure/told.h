/* What was shown of an indicator and year, in the database: owner-only, for the
 * next edition (past.h). */
#pragma once

#include "collector/db/pg.h"
#include "collector/figure/indicator.h"
#include "collector/figure/past.h"

/* Of another version of the method nothing is read: its numbers are other numbers. The caller frees *ret (past_free).
 */
int told_load(struct pg *pg, const struct indicator *i, const char *year, struct past **ret, struct fault *f) CHECKED;

/* keep: past_keep's, in the place of all that was there. */
int told_store(struct pg *pg, const struct indicator *i, const char *year, const json_t *keep, struct fault *f) CHECKED;
