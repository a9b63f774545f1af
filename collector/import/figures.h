/* Figures that analysts bring: the regulator's reports, tariffs, surveys, in
 * the project's own CSV. A file is taken whole or not at all; a line with the
 * key of a stored figure replaces it. The source is part of the key. */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "common/fault.h"

/* A file of quarterly figures for every operator and department is 2 MB. */
#define IMPORT_BYTES_MAX (64u << 20)

/* Reads and checks the text of a CSV file: an array of objects whose members
 * are columns of indicator_value, and "line". The caller owns it. -EBADMSG with
 * the line, the column and the cure in f. */
int import_read(const char *text, size_t len, json_t **ret, struct fault *f) CHECKED;

/* Stores rows of import_read as what the run of that number brought, within a
 * transaction. -EBADMSG names the line of a department that the country does not
 * have. */
int import_store(struct pg *pg, const char *run, const json_t *rows, struct fault *f) CHECKED;

/* The header and one example line. */
extern const char import_template[];
