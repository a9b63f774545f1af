/* Rows of a query as an aligned table for a terminal. */
#pragma once

#include <stdio.h>

#include "collector/db/pg.h"

/* So many rows of so many texts, the first of them the heads; one that is NULL or empty is "-". */
void table_write(const char *const *cells, size_t rows, size_t columns, FILE *out);
/* The query's column names are the heads. */
void table_print(const struct pg_rows *rows, FILE *out);
/* Runs a query without parameters and prints what it says on stdout. */
int table_query(struct pg *pg, const char *sql, struct fault *f) CHECKED;
