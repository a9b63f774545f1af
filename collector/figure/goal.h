/* What a country set out to reach, and how it stands, in columns that the API
 * and the command line share. The rule is in schema/functions/goal.sql. */
#pragma once

#include "collector/format/encode.h"

#define GOAL_COLUMNS 23
extern const struct encode_column goal_columns[GOAL_COLUMNS];

/* The statement up to the year, an int, at whose end goals are looked at. */
char *goal_select(void) CHECKED; /* "SELECT … FROM goal_standing("; the caller frees */
