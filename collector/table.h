/* Rows of a query as an aligned table for a terminal. */
#pragma once

#include <stdio.h>

#include "collector/pg.h"

/* The query's column names are the heads. */
void table_print(const struct pg_rows *rows, FILE *out);
