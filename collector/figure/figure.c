#include "collector/figure/figure.h"

#include "common/buf.h"

const struct encode_column figure_columns[] = {
    {"indicator", ENCODE_TEXT},
    {"name_fr", ENCODE_TEXT},
    {"name_en", ENCODE_TEXT},
    {"period", ENCODE_TEXT},
    {"statistic", ENCODE_TEXT},
    {"country", ENCODE_TEXT},
    {"geo", ENCODE_TEXT},
    {"operator", ENCODE_TEXT},
    {"technology", ENCODE_TEXT},
    {"family", ENCODE_TEXT},
    {"zone", ENCODE_TEXT},
    {"sex", ENCODE_TEXT},
    {"age_group", ENCODE_TEXT},
    {"plan", ENCODE_TEXT},
    {"item", ENCODE_TEXT}, /* what an imported one is of: a barrier, a speed tier */
    {"value", ENCODE_NUMBER},
    {"unit", ENCODE_TEXT},
    {"low", ENCODE_NUMBER},
    {"high", ENCODE_NUMBER},
    {"interval_kind", ENCODE_TEXT},
    {"interval_why", ENCODE_TEXT}, /* there is none: lines, alike */
    {"interval_lines", ENCODE_NUMBER},
    {"rank_low", ENCODE_NUMBER}, /* of an operator, a department */
    {"rank_high", ENCODE_NUMBER},
    {"change_from", ENCODE_TEXT}, /* of the figure of all lines */
    {"change", ENCODE_NUMBER},
    {"change_low", ENCODE_NUMBER},
    {"change_high", ENCODE_NUMBER},
    {"change_why", ENCODE_TEXT},
    {"n_samples", ENCODE_NUMBER},
    {"n_failed", ENCODE_NUMBER},
    {"n_days", ENCODE_NUMBER},
    {"n_probes", ENCODE_NUMBER},
    {"n_networks", ENCODE_NUMBER},
    {"n_silent", ENCODE_NUMBER},
    {"floor", ENCODE_TEXT},
    {"speaks_of", ENCODE_TEXT}, /* lines, country */
    {"kind", ENCODE_TEXT},
    {"status", ENCODE_TEXT},
    {"better", ENCODE_TEXT},
    {"source", ENCODE_TEXT},
    {"simulated", ENCODE_BOOL},
    {"method", ENCODE_TEXT},
    {"method_version", ENCODE_NUMBER},
    {"target_set", ENCODE_NUMBER},
    {"source_url", ENCODE_TEXT},
    {"retrieved", ENCODE_TEXT},
    {"as_of", ENCODE_TEXT},
    {"note", ENCODE_TEXT},
    {"visa", ENCODE_TEXT},      /* of a survey, where the country asks for one */
    {"admitted", ENCODE_BOOL},  /* may reports use it? */
    {"version", ENCODE_NUMBER}, /* 0: the year is open */
    {"edition", ENCODE_TEXT},
};
const size_t figure_column_count = COUNT(figure_columns);

char *figure_select(void)
{
    struct buf list = {0};
    for (size_t i = 0; i < figure_column_count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", figure_columns[i].name);
    return buf_take(&list);
}
