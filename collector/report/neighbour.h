/* The country beside its neighbours: of one source and one period, as different
 * ones cannot be compared. */
#pragma once

#include "collector/report/report.h"

/* As the pack calls it; its code where the pack has none. */
const char *neighbour_name(const struct report *r, const char *iso);
/* The whole countries of a source and a period in the order of the pack, ours first: rows {country, value, own}, where
 * a value is HTML. The caller owns the array. */
json_t *neighbour_rows(const struct report *r, const struct indicator *i, const char *source,
                       const char *period) CHECKED;
/* Which of them stand better than a figure of others, and which do not: sentences as HTML. NULL: its source tells of no
 * neighbour for its period. The caller frees. */
char *neighbour_say(const struct report *r, const struct indicator *i, size_t row) CHECKED;
