/* The one adapter to PostgreSQL (libpq). One struct pg is one connection and
 * belongs to one thread at a time.
 *
 * Failures: -ENOTCONN when the server is away or went away (try later), -EEXIST
 * on a unique violation, -EINVAL on data the server refuses (SQLSTATE classes
 * 22 and 23), -EAGAIN when the transaction lost against another one (class 40),
 * -ETIMEDOUT when it took longer than its pool allows, -ENOENT when a statement
 * names what the schema does not have, -ENOSPC and -ENOMEM when it has no room,
 * -EIO otherwise; f carries the server's message. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

struct pg;
struct pg_rows;
struct pg_pool;

/* conninfo: a postgresql:// URI or key=value text. */
int pg_open(const char *conninfo, struct pg **ret, struct fault *f) CHECKED;
/* Is it written as libpq reads it? Nothing is connected. -EINVAL. */
int pg_conninfo_check(const char *conninfo, struct fault *f) CHECKED;
/* Appends key='value', quoted as libpq wants it. */
void pg_conninfo_add(struct buf *conninfo, const char *key, const char *value);
/* The same, but to that database; NULL when it is not written as libpq reads it.
 * The caller frees: there may be a password in it. */
char *pg_conninfo_of(const char *conninfo, const char *database) CHECKED;
void pg_close(struct pg *pg);
static inline void pg_closep(struct pg **pg)
{
    pg_close(*pg);
}

/* What a server says before anybody is let in. */
enum pg_state {
    PG_ACCEPTS, /* also when it would not take this very connection: it is up */
    PG_REJECTS, /* it is there, and starts, recovers or ends */
    PG_SILENT,
};
enum pg_state pg_ping(const char *conninfo);

bool pg_usable(const struct pg *pg); /* connected and outside a broken transaction */
bool pg_idle(const struct pg *pg);   /* connected and outside any transaction */

/* Statements without parameters or rows; several may be joined by ';'. */
int pg_run(struct pg *pg, const char *sql, struct fault *f) CHECKED;
/* One statement with text parameters (NULL for SQL NULL). *ret may be NULL
 * when the rows do not matter. */
int pg_query(struct pg *pg, const char *sql, int count, const char *const *params, struct pg_rows **ret,
             struct fault *f) CHECKED;

/* The same for a statement that is used again and again: the server parses and
 * plans it once a connection. `sql` must be static text. */
int pg_query_kept(struct pg *pg, const char *sql, int count, const char *const *params, struct pg_rows **ret,
                  struct fault *f) CHECKED;

void pg_rows_free(struct pg_rows *rows);
static inline void pg_rows_freep(struct pg_rows **rows)
{
    pg_rows_free(*rows);
}
#define _cleanup_rows_ _cleanup_(pg_rows_freep)
/* Rows that no server gave, for who tests what reads some: values row by row, NULL for SQL NULL. */
struct pg_rows *pg_rows_of(const char *const *values, size_t rows, int columns) CHECKED;
size_t pg_rows_count(const struct pg_rows *rows);
int64_t pg_rows_affected(const struct pg_rows *rows);
int pg_columns(const struct pg_rows *rows);
const char *pg_column_name(const struct pg_rows *rows, int column);
bool pg_column_is_bool(const struct pg_rows *rows, int column);
const char *pg_text(const struct pg_rows *rows, size_t row, int column); /* NULL for SQL NULL; borrowed */
int64_t pg_int(const struct pg_rows *rows, size_t row, int column);      /* 0 for NULL */
double pg_double(const struct pg_rows *rows, size_t row, int column);    /* NaN for NULL */
bool pg_bool(const struct pg_rows *rows, size_t row, int column);

/* COPY … FROM STDIN; `sql` is the whole statement. */
int pg_copy_start(struct pg *pg, const char *sql, struct fault *f) CHECKED;
int pg_copy_put(struct pg *pg, const void *bytes, size_t len, struct fault *f) CHECKED;
int pg_copy_end(struct pg *pg, struct fault *f) CHECKED;

/* COPY … TO STDOUT. Next sets *ret to NULL at the end; what it hands out, a
 * row at a time, is valid until the next call. Stop early with pg_stream_stop. */
int pg_copy_out(struct pg *pg, const char *sql, struct fault *f) CHECKED;
int pg_copy_next(struct pg *pg, const void **ret, size_t *ret_len, struct fault *f) CHECKED;

/* Rows one by one, memory bounded by one row. Next sets *ret to NULL at the
 * end; a row is valid until the next call. Stop early with pg_stream_stop. */
int pg_stream_start(struct pg *pg, const char *sql, int count, const char *const *params, struct fault *f) CHECKED;
int pg_stream_next(struct pg *pg, const struct pg_rows **ret, struct fault *f) CHECKED;
void pg_stream_stop(struct pg *pg);
/* The socket of whoever the rows are for, until the connection goes back to its
 * pool: when the other side has gone, the statement is cancelled and next
 * returns -ECANCELED. -1: nobody's. */
void pg_watch(struct pg *pg, int fd);

/* A pool that many threads share. A statement may take statement_ms, 0: as long
 * as it likes. Take waits at most timeout_ms for a connection and reopens broken
 * ones: -EBUSY when all are taken, -ENOTCONN when the server is away. Give rolls
 * back what was left open. */
int pg_pool_new(const char *conninfo, const char *role, unsigned size, int64_t statement_ms, struct pg_pool **ret,
                struct fault *f) CHECKED;
void pg_pool_free(struct pg_pool *pool);
/* How long a request waits for its turn. */
#define PG_TAKE_WAIT_MS 5000
int pg_pool_take(struct pg_pool *pool, int timeout_ms, struct pg **ret, struct fault *f) CHECKED;
void pg_pool_give(struct pg_pool *pool, struct pg *pg);
