/* Figures that analysts bring: the regulator's reports, tariffs, surveys, in
 * the project's own CSV. A file is taken whole or not at all; a line with the
 * key of a stored figure replaces it. The source is part of the key. */
#pragma once

#include <stddef.h>

#include "collector/import/cell.h"
#include "collector/import/remark.h"
#include "common/fault.h"

/* A million figures are some 120 MB. */
#define IMPORT_BYTES_MAX (256u << 20)

struct figure_line {
    size_t line;
    const char *cell[CELL_COLUMNS]; /* checked, without blanks around; NULL where it is empty */
};

typedef int (*figure_take)(void *ctx, const struct figure_line *line, struct fault *f);

/* Reads and checks the text of a CSV file, in memory that does not grow with it,
 * and hands each line to `take`, which may be NULL. remarks may be NULL. -EBADMSG
 * with the line, the column and the cure in f. */
int figures_read(const char *text, size_t len, struct remarks *remarks, figure_take take, void *ctx, size_t *ret_count,
                 struct fault *f) CHECKED;

/* The header and one example line. */
extern const char figures_template[];
