/* The World Bank's CSV: a line a country and series, a column a year. Of both
 * kinds of download, a series of all countries and a country with all its series,
 * and of an extract of its DataBank. schema/sources/worldbank.tsv says which series is
 * which indicator; all others are left out, and lines of countries without a pack
 * that are no neighbour's either. A cell without a number is a year without a
 * figure: one that an earlier file gave is withdrawn. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/import/figures.h"
#include "common/buf.h"
#include "common/fault.h"

/* Whose figures these are: one name in all of them; texts for readers translate it. */
#define WORLDBANK_SOURCE "World Bank"

struct worldbank_found {
    char updated[11];           /* the day that the file says, or that was given; "" when neither does */
    size_t figures, empty;      /* cells of our countries and series */
    size_t strangers, unmapped; /* lines: of countries and regions that are not ours, of series that are no indicator */
    struct buf codes;           /* of the latter, each once: "IT.CEL.SETS.P2, …" */
};
void worldbank_found_free(struct worldbank_found *w);

/* take also gets the cells without a number, without a value. retrieved: "2026-01-31", or NULL for the file's own day.
 * -EBADMSG with the line, the column and the cure in f, also where nothing of it is for us. */
int worldbank_read(const char *text, size_t len, const char *retrieved, struct worldbank_found *ret, figure_take take,
                   void *ctx, struct fault *f) CHECKED;

/* Why a series is no indicator here, in the language of the caller; NULL when nobody said. */
const char *worldbank_why(const char *code);
