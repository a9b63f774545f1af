/* The goals of the country (schema/functions/goal.sql) as the report tells them,
 * and where they stand at the end of its year. */
#pragma once

#include "collector/report/report.h"

/* Columns as goal_columns has them. */
enum aim_column {
    AIM_INDICATOR = 1,
    AIM_STATISTIC = 4,
    AIM_TECHNOLOGY,
    AIM_AGE_GROUP,
    AIM_COMPARED = 7,
    AIM_WANTED,
    AIM_BY_YEAR = 10,
    AIM_STANDING,
    AIM_SOURCE,
    AIM_PERIOD = 14,
    AIM_VALUE,
    AIM_GOAL_FR = 20,
    AIM_GOAL_EN,
};

/* The caller frees the rows. */
int aim_read(const struct report *r, struct pg_rows **ret, struct fault *f) CHECKED;
/* The line of indicators.csv that a goal's value stands on: of no part but a technology or an age. -1: it has none. */
ssize_t aim_row(const struct report *r, const struct pg_rows *aims, size_t a);
/* In the readers' words: a word of a table of the texts "goals"; the word itself where they have none. */
const char *aim_word(const struct report *r, const char *table, const char *word);
/* What goal a figure is held against, and how it stands: a sentence. NULL: it is held against none. The caller frees.
 */
char *aim_say(const struct report *r, const struct pg_rows *aims, size_t row) CHECKED;
