/* The columns of a published figure, the same in the API, the command line and
 * the pages. */
#pragma once

#include "collector/format/encode.h"

/* Where each stands in a row. */
enum figure_column {
    FIGURE_INDICATOR,
    FIGURE_NAME_FR,
    FIGURE_NAME_EN,
    FIGURE_PERIOD,
    FIGURE_STATISTIC,
    FIGURE_COUNTRY,
    FIGURE_GEO,
    FIGURE_OPERATOR,
    FIGURE_TECHNOLOGY,
    FIGURE_FAMILY,
    FIGURE_ZONE,
    FIGURE_SEX,
    FIGURE_AGE_GROUP,
    FIGURE_PLAN,
    FIGURE_ITEM,
    FIGURE_VALUE,
    FIGURE_UNIT,
    FIGURE_LOW,
    FIGURE_HIGH,
    FIGURE_INTERVAL_KIND,
    FIGURE_INTERVAL_WHY,
    FIGURE_INTERVAL_LINES,
    FIGURE_RANK_LOW,
    FIGURE_RANK_HIGH,
    FIGURE_CHANGE_FROM,
    FIGURE_CHANGE,
    FIGURE_CHANGE_LOW,
    FIGURE_CHANGE_HIGH,
    FIGURE_CHANGE_WHY,
    FIGURE_N_SAMPLES,
    FIGURE_N_FAILED,
    FIGURE_N_DAYS,
    FIGURE_N_PROBES,
    FIGURE_N_NETWORKS,
    FIGURE_N_SILENT,
    FIGURE_FLOOR,
    FIGURE_SPEAKS_OF,
    FIGURE_KIND,
    FIGURE_STATUS,
    FIGURE_BETTER,
    FIGURE_SOURCE,
    FIGURE_SIMULATED,
    FIGURE_METHOD,
    FIGURE_METHOD_VERSION,
    FIGURE_TARGET_SET,
    FIGURE_SOURCE_URL,
    FIGURE_RETRIEVED,
    FIGURE_AS_OF,
    FIGURE_NOTE,
    FIGURE_VISA,
    FIGURE_ADMITTED,
    FIGURE_VERSION,
    FIGURE_EDITION,
    FIGURE_COLUMNS
};

extern const struct encode_column figure_columns[FIGURE_COLUMNS];

/* Coarse cells before the finer ones that they hold. */
#define FIGURE_ORDER                                                                                                   \
    "indicator, period, country, source, operator NULLS FIRST, geo NULLS FIRST, technology NULLS FIRST, "              \
    "family NULLS FIRST, zone NULLS FIRST, sex NULLS FIRST, age_group NULLS FIRST, plan NULLS FIRST, item NULLS "      \
    "FIRST, statistic"

char *figure_select(void) CHECKED; /* the column list for a SELECT; the caller frees */
