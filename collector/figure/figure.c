#include "collector/figure/figure.h"

#include "common/buf.h"

const struct encode_column figure_columns[FIGURE_COLUMNS] = {
    [FIGURE_INDICATOR] = {"indicator", ENCODE_TEXT},
    [FIGURE_NAME_FR] = {"name_fr", ENCODE_TEXT},
    [FIGURE_NAME_EN] = {"name_en", ENCODE_TEXT},
    [FIGURE_PERIOD] = {"period", ENCODE_TEXT},
    [FIGURE_STATISTIC] = {"statistic", ENCODE_TEXT},
    [FIGURE_COUNTRY] = {"country", ENCODE_TEXT},
    [FIGURE_GEO] = {"geo", ENCODE_TEXT},
    [FIGURE_OPERATOR] = {"operator", ENCODE_TEXT},
    [FIGURE_TECHNOLOGY] = {"technology", ENCODE_TEXT},
    [FIGURE_FAMILY] = {"family", ENCODE_TEXT},
    [FIGURE_ZONE] = {"zone", ENCODE_TEXT},
    [FIGURE_SEX] = {"sex", ENCODE_TEXT},
    [FIGURE_AGE_GROUP] = {"age_group", ENCODE_TEXT},
    [FIGURE_PLAN] = {"plan", ENCODE_TEXT},
    [FIGURE_ITEM] = {"item", ENCODE_TEXT}, /* what an imported one is of: a barrier, a speed tier */
    [FIGURE_VALUE] = {"value", ENCODE_NUMBER},
    [FIGURE_UNIT] = {"unit", ENCODE_TEXT},
    [FIGURE_LOW] = {"low", ENCODE_NUMBER},
    [FIGURE_HIGH] = {"high", ENCODE_NUMBER},
    [FIGURE_INTERVAL_KIND] = {"interval_kind", ENCODE_TEXT},
    [FIGURE_INTERVAL_WHY] = {"interval_why", ENCODE_TEXT}, /* there is none: lines, alike */
    [FIGURE_INTERVAL_LINES] = {"interval_lines", ENCODE_NUMBER},
    [FIGURE_RANK_LOW] = {"rank_low", ENCODE_NUMBER}, /* of an operator, a department */
    [FIGURE_RANK_HIGH] = {"rank_high", ENCODE_NUMBER},
    [FIGURE_CHANGE_FROM] = {"change_from", ENCODE_TEXT}, /* of the figure of all lines */
    [FIGURE_CHANGE] = {"change", ENCODE_NUMBER},
    [FIGURE_CHANGE_LOW] = {"change_low", ENCODE_NUMBER},
    [FIGURE_CHANGE_HIGH] = {"change_high", ENCODE_NUMBER},
    [FIGURE_CHANGE_WHY] = {"change_why", ENCODE_TEXT},
    [FIGURE_N_SAMPLES] = {"n_samples", ENCODE_NUMBER},
    [FIGURE_N_FAILED] = {"n_failed", ENCODE_NUMBER},
    [FIGURE_N_DAYS] = {"n_days", ENCODE_NUMBER},
    [FIGURE_N_PROBES] = {"n_probes", ENCODE_NUMBER},
    [FIGURE_N_NETWORKS] = {"n_networks", ENCODE_NUMBER},
    [FIGURE_N_SILENT] = {"n_silent", ENCODE_NUMBER},
    [FIGURE_FLOOR] = {"floor", ENCODE_TEXT},
    [FIGURE_SPEAKS_OF] = {"speaks_of", ENCODE_TEXT}, /* lines, country */
    [FIGURE_KIND] = {"kind", ENCODE_TEXT},
    [FIGURE_STATUS] = {"status", ENCODE_TEXT},
    [FIGURE_BETTER] = {"better", ENCODE_TEXT},
    [FIGURE_SOURCE] = {"source", ENCODE_TEXT},
    [FIGURE_SIMULATED] = {"simulated", ENCODE_BOOL},
    [FIGURE_METHOD] = {"method", ENCODE_TEXT},
    [FIGURE_METHOD_VERSION] = {"method_version", ENCODE_NUMBER},
    [FIGURE_TARGET_SET] = {"target_set", ENCODE_NUMBER},
    [FIGURE_SOURCE_URL] = {"source_url", ENCODE_TEXT},
    [FIGURE_RETRIEVED] = {"retrieved", ENCODE_TEXT},
    [FIGURE_AS_OF] = {"as_of", ENCODE_TEXT},
    [FIGURE_NOTE] = {"note", ENCODE_TEXT},
    [FIGURE_VISA] = {"visa", ENCODE_TEXT},         /* of a survey, where the country asks for one */
    [FIGURE_ADMITTED] = {"admitted", ENCODE_BOOL}, /* may reports use it? */
    [FIGURE_VERSION] = {"version", ENCODE_NUMBER}, /* 0: the year is open */
    [FIGURE_EDITION] = {"edition", ENCODE_TEXT},
};

char *figure_select(void)
{
    struct buf list = {0};
    for (size_t i = 0; i < FIGURE_COLUMNS; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", figure_columns[i].name);
    return buf_take(&list);
}
