/* A cell's day made of its lines' sketches (schema/migrations/0032_cell.sql): of
 * each metric a median a line, over all targets, the kinds of targets, and each
 * target. Lines that did not change are taken from the cell's rows as they were. */
#pragma once

#include "collector/db/copy.h"

struct cell_day_sketch {
    int32_t probe_no, target_no; /* target_no 0: none */
    int16_t check_no, position;
    const char *kind; /* of the target, not terminated */
    size_t kind_len, count;
    const int32_t *buckets, *counts;
};

struct cell_day;
struct cell_day *cell_day_new(void);
void cell_day_free(struct cell_day *c);
static inline void cell_day_freep(struct cell_day **c)
{
    cell_day_free(*c);
}

/* One line's sketches come after another's. */
void cell_day_add(struct cell_day *c, const struct cell_day_sketch *s);

struct cell_day_row {  /* of rollup_cell_day, sorted by probe; texts are not terminated */
    int32_t target_no; /* 0: none */
    int16_t check_no, position;
    const char *scope, *kind;
    size_t scope_len, kind_len, count;
    const int32_t *probes, *samples;
    const float *medians;
};

/* All lines of the row but the changed ones, whose numbers are sorted. */
void cell_day_keep(struct cell_day *c, const struct cell_day_row *r, const int32_t *changed, size_t changed_count);

#define CELL_DAY_SQL                                                                                                   \
    "COPY rollup_cell_day (day, cell_no, check_no, position, scope, kind, target_no, probes, samples, medians) FROM "  \
    "STDIN (FORMAT binary)"

/* Appends the rows of the cell on that day (since 2000-01-01), and is empty after. */
void cell_day_write(struct cell_day *c, int32_t day, int32_t cell_no, struct copy_rows *rows);

/* Makes some of the days of cells that are listed, within a transaction.
 * *ret_taken: how many left the list; 0 at its end. */
int cell_day_make(struct pg *pg, size_t *ret_taken, struct fault *f) CHECKED;
