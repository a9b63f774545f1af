/* What tests look at of a file of figures. */
#pragma once

#include "collector/import/figures.h"
#include "common/buf.h"

/* Appends a line to a buf: its number, and its cells between bars. */
static inline int keep(void *ctx, const struct figure_line *line, struct fault *f)
{
    struct buf *out = ctx;
    buf_addf(out, "%zu", line->line);
    for (size_t c = 0; c < CELL_COLUMNS; c++)
        buf_addf(out, "|%s", line->cell[c] ? line->cell[c] : "");
    buf_add_char(out, '\n');
    return 0;
}
