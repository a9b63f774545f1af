/* Closed years. Figures of an open year are provisional, and made again in
 * place. Somebody closes it when it is over: from then on what is published of
 * it stays, in versions, and what comes late makes the next one
 * (schema/functions/closing.sql). */
#pragma once

#include "collector/db/pg.h"
#include "common/buf.h"
#include "common/fault.h"

/* Takes the list of years whose figures have to be made again: one a row. */
int closing_take(struct pg *pg, struct pg_rows **ret, struct fault *f) CHECKED;

/* After the figures were made, in the same transaction: the next version of each
 * closed year of which something is told otherwise, but none sooner than
 * patience_s after the last that was made so. */
int closing_follow(struct pg *pg, unsigned patience_s, struct fault *f) CHECKED;

/* Brings a year's figures up to date and closes it in somebody's name. -EPERM
 * when it cannot be closed, with why in f. Outside a transaction. */
int closing_close(struct pg *pg, const char *year, const char *by, struct fault *f) CHECKED;

/* Why a version was made, for people: "late results, another method", of the
 * database's words between blanks. */
void closing_reasons(const char *words, struct buf *out);
