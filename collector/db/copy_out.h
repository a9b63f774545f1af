/* Rows that COPY … TO STDOUT (FORMAT binary) sends, in the form that copy.h
 * writes. Fields are read one after the other, as the statement lists them; what
 * is NULL, or not there, is the value that the caller gives. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/fault.h"
#include "collector/db/pg.h"

struct copy_out {
    struct pg *pg;
    const unsigned char *at, *end; /* of the row at hand */
    bool begun;                    /* the header was read */
};

int copy_out_start(struct copy_out *o, struct pg *pg, const char *sql, struct fault *f) CHECKED;
/* *ret_more is false after the last row. */
int copy_out_next(struct copy_out *o, bool *ret_more, struct fault *f) CHECKED;

int64_t copy_out_int(struct copy_out *o,
                     int64_t otherwise); /* smallint, int, bigint, date, timestamptz; boolean as 0 or 1 */
/* The octets of text or of any other type; NULL for NULL. */
const unsigned char *copy_out_bytes(struct copy_out *o, size_t *ret_len);

/* Arrays of one dimension, of which at most `max` elements are read. Return how
 * many there are; bit i of *present is set where the element is not NULL. */
size_t copy_out_reals(struct copy_out *o, float *values, uint64_t *present, size_t max);
size_t copy_out_doubles(struct copy_out *o, double *values, uint64_t *present, size_t max);
/* real[], smallint[] or int[] without NULLs. */
size_t copy_out_floats(struct copy_out *o, float *values, size_t max);
size_t copy_out_ints(struct copy_out *o, int32_t *values, size_t max);
