#include "collector/figure/goal.h"

#include "common/buf.h"

const struct encode_column goal_columns[GOAL_COLUMNS] = {
    {"country", ENCODE_TEXT},      {"indicator", ENCODE_TEXT},
    {"name_fr", ENCODE_TEXT},      {"name_en", ENCODE_TEXT},
    {"statistic", ENCODE_TEXT},    {"technology", ENCODE_TEXT}, /* of these lines alone */
    {"age_group", ENCODE_TEXT},                                 /* of these people alone */
    {"compared", ENCODE_TEXT},     {"wanted", ENCODE_NUMBER},
    {"unit", ENCODE_TEXT},         {"by_year", ENCODE_NUMBER},
    {"standing", ENCODE_TEXT},     {"source", ENCODE_TEXT}, /* of the value */
    {"simulated", ENCODE_BOOL},    {"period", ENCODE_TEXT},
    {"value", ENCODE_NUMBER},      {"value_age_group", ENCODE_TEXT},
    {"from_period", ENCODE_TEXT},                             /* where the pace begins */
    {"from_value", ENCODE_NUMBER}, {"needed", ENCODE_NUMBER}, /* to be on the way at the end of `period` */
    {"goal_fr", ENCODE_TEXT},      {"goal_en", ENCODE_TEXT},  /* whose goal it is */
    {"goal_url", ENCODE_TEXT},
};

char *goal_select(void)
{
    struct buf sql = {0};
    for (size_t c = 0; c < GOAL_COLUMNS; c++)
        buf_addf(&sql, "%s%s", c ? ", " : "SELECT ", goal_columns[c].name);
    buf_add_text(&sql, " FROM goal_standing(");
    return buf_take(&sql);
}
