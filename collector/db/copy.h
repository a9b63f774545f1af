/* Rows in the binary form of COPY (PostgreSQL's manual, "COPY"; the types'
 * recv functions): the number of fields in 16 bits, then per field its length
 * in 32 bits (-1 for NULL) and its octets; all big-endian. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/fault.h"
#include "collector/db/pg.h"

/* Where timestamptz and date count from: 2000-01-01. */
#define PG_EPOCH_US  INT64_C(946684800000000)
#define PG_EPOCH_DAY 10957

struct copy_rows {
    struct buf bytes;   /* without COPY's header and trailer */
    struct buf offsets; /* of uint32_t: where each row begins */
    size_t count;
};

/* Begins a row of at most size_max octets; fields are written at the pointer
 * that comes back, and copy_row_end takes the pointer after the last. */
char *copy_row_begin(struct copy_rows *rows, size_t size_max, int fields);
void copy_row_end(struct copy_rows *rows, const char *to);

/* Writes `value` into every row's first field, a bigint. */
void copy_rows_number(struct copy_rows *rows, int64_t value);

void copy_rows_clear(struct copy_rows *rows); /* keeps the memory */
void copy_rows_free(struct copy_rows *rows);

/* Sends header, the rows of each element, trailer; `sql` is the COPY
 * statement. Without any row nothing is sent. */
int copy_send(struct pg *pg, const char *sql, const struct copy_rows *const *rows, size_t count,
              struct fault *f) CHECKED;
/* One element, for a command: a terminal shows how far it is. what: "prefixes", translated. */
int copy_send_shown(struct pg *pg, const char *sql, const struct copy_rows *rows, const char *what,
                    struct fault *f) CHECKED;

/* Fields; each returns the place after. */
char *copy_null(char *to);
char *copy_int2(char *to, int value);
char *copy_int4(char *to, int32_t value);
char *copy_int8(char *to, int64_t value);
char *copy_double(char *to, double value);
char *copy_bytes(char *to, const void *bytes, size_t len); /* text, bytea */
char *copy_inet(char *to, const char *addr, size_t len);   /* NULL when it is no address */
/* A prefix of that many bits; its address has no bits beyond. */
char *copy_cidr(char *to, const char *addr, size_t len, unsigned bits);
/* Arrays as long as the last value that is present; bit i of present says that
 * values[i] is there, else NULL. real[], and double precision[], which is
 * NULL itself without any value. */
char *copy_reals(char *to, const double *values, uint64_t present);
char *copy_doubles(char *to, const double *values, uint64_t present);
/* Arrays of `count` elements, none of them NULL: smallint[], int[]. */
char *copy_int2s(char *to, const int16_t *values, size_t count);
char *copy_int4s(char *to, const int32_t *values, size_t count);
/* Arrays of `count` elements, at most 64; values[i] is NULL where bit i of
 * present is not set. */
char *copy_reals_of(char *to, const float *values, uint64_t present, size_t count);
char *copy_doubles_of(char *to, const double *values, uint64_t present, size_t count);
/* real[] of `count` values that lie `stride` octets apart. */
char *copy_floats(char *to, const float *first, size_t stride, size_t count);

/* Octets that such a field takes at most, for copy_row_begin. */
#define COPY_ARRAY_SIZE(count, element) (24 + (size_t)(count) * (4 + (element)))
