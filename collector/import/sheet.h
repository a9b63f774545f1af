/* A table in CSV with named columns, in any order, as people save it from a
 * spreadsheet. Nothing is said of what its lines mean. */
#pragma once

#include <stddef.h>

#include "collector/import/cell.h"
#include "common/fault.h"

#define SHEET_COLUMNS_MAX 32

struct sheet {
    const struct cell_column *columns;
    size_t count;
    const char *word; /* of `import WORD --template`, which prints one */
};

/* cells: a column each, checked, without blanks around; NULL where it is empty. Valid during the call. */
typedef int (*sheet_take)(void *ctx, size_t line, const char **cells, struct fault *f);

/* Reads and checks a file's text, in memory that does not grow with it, and
 * hands each line to `take`. -EBADMSG with the line, the column and the cure in f. */
int sheet_read(const struct sheet *s, const char *text, size_t len, sheet_take take, void *ctx, size_t *ret_count,
               struct fault *f) CHECKED;
