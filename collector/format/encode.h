/* Rows of a query written as JSON (a bare array of objects), NDJSON or CSV. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"

enum encode_format { ENCODE_JSON, ENCODE_NDJSON, ENCODE_CSV };

#define ENCODE_COLUMNS_MAX 256

struct encode_column {
    const char *name;
    enum { ENCODE_TEXT, ENCODE_NUMBER, ENCODE_BOOL } type;
};

struct encoder {
    enum encode_format format;
    const struct encode_column *columns;
    size_t count;
    bool begun; /* has a row been written? */
};

int encode_format_parse(const char *word, enum encode_format *ret) CHECKED; /* "json", "ndjson", "csv" */
const char *encode_media_type(enum encode_format format);

void encode_open(const struct encoder *e, struct buf *out); /* the header or the bracket */
void encode_close(const struct encoder *e, struct buf *out);

/* What stands before a row; a writer of its own calls it too. */
void encode_next(struct encoder *e, struct buf *out);
void encode_end_row(const struct encoder *e, struct buf *out);

/* values as PostgreSQL writes them ("t" and "f" for booleans), NULL for SQL
 * NULL: null in JSON, nothing in CSV. */
void encode_row(struct encoder *e, const char *const *values, struct buf *out);
