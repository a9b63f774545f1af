/* What a cell says day by day, and on which days that may be shown. */
#pragma once

#include <jansson.h>

#include "collector/disclosure/calendar.h"
#include "collector/disclosure/cellset.h"
#include "collector/disclosure/transport.h"
#include "collector/figure/past.h"
#include "collector/figure/tally.h"

/* An array of objects, a day each: day, value, n_probes, n_networks, and of a
 * quantile low and high (interval.h). Days that tell of too few lines are
 * left out (beside the figure of all days as well, which counts lines otherwise), and those that were told before
 * (past): a day is shown once, by what was there then. past NULL: the floor is lifted, all are in it. Each row stands
 * for its own day alone; they are put in the order of their days. places: what is shown beside them, or NULL; days
 * that would tell of too few together with that are left out; parts: by the places of rows, in which figures they lie,
 * or NULL: means are held against those in what lines give as well. A metric's series tell of the same days, and of
 * what was there by then (functions/apart.sql): a line that came later is in no point, and a day of which they said
 * anything else has none. The caller owns the array. */
json_t *day_figures(struct tally_day *rows, size_t count, const struct stat_what *what, const struct past_days *past,
                    const struct calendar *places, const struct cellsets *parts) CHECKED;

/* What points of all these days tell, of a mean, beside parts that rows' places lie in, where they have lines enough
 * and but for rows that are late; of lines that `out` told of already they may (NULL: of none). The caller frees it. */
struct transport *day_beside(struct tally_day *rows, size_t count, const struct stat_what *what,
                             const struct cellsets *parts, const struct transport *out, bool *ret_tells) CHECKED;
