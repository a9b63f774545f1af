/* The columns of a published figure, the same in the API, the command line and
 * the pages. */
#pragma once

#include "collector/format/encode.h"

extern const struct encode_column figure_columns[];
extern const size_t figure_column_count;

/* Coarse cells before the finer ones that they hold. */
#define FIGURE_ORDER                                                                                                   \
    "indicator, period, country, source, operator NULLS FIRST, geo NULLS FIRST, technology NULLS FIRST, "              \
    "family NULLS FIRST, zone NULLS FIRST, sex NULLS FIRST, age_group NULLS FIRST, plan NULLS FIRST, item NULLS "      \
    "FIRST, statistic"

char *figure_select(void) CHECKED; /* the column list for a SELECT; the caller frees */
