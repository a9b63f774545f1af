#include "collector/db/pg.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "common/lang.h"
#include "common/log.h"

/* Statements that a connection keeps prepared; there are about ten in all. */
#define KEPT_MAX 32

struct pg {
    PGconn *conn;
    const char *kept[KEPT_MAX]; /* by address; the name on the server is the place */
    int kept_count;
    struct pg_rows *streamed; /* the row that pg_stream_next handed out */
    int watched;              /* pg_watch: -1 when nobody is */
    char *copied;             /* and pg_copy_next */
};

struct pg_rows {
    PGresult *result;
};

#define FULL_STATE "53100" /* disk_full */

static int from_state(const char *state)
{
    static const struct {
        const char *prefix;
        int code;
    } codes[] = {
        {"08", -ENOTCONN},     /* connection exception */
        {"57P", -ENOTCONN},    /* shutting down, crashed, starting up */
        {"57014", -ETIMEDOUT}, /* statement timeout */
        {"53300", -ENOTCONN},  /* too many connections */
        {FULL_STATE, -ENOSPC}, /* disk full */
        {"53", -ENOMEM},       /* out of memory, or of what its configuration allows */
        {"23505", -EEXIST},    /* unique violation */
        {"22", -EINVAL},       /* data exception */
        {"23", -EINVAL},       /* integrity constraint violation */
        {"40", -EAGAIN},       /* deadlock, serialization failure */
        {"55P03", -EAGAIN},    /* lock not available */
        {"42P01", -ENOENT},    /* no such table or view */
        {"42883", -ENOENT},    /* function */
        {"42703", -ENOENT},    /* column */
        {"42704", -ENOENT},    /* type or role */
    };
    for (size_t i = 0; state && i < COUNT(codes); i++)
        if (!strncmp(state, codes[i].prefix, strlen(codes[i].prefix)))
            return codes[i].code;
    return -EIO;
}

/* Fills f from what failed: the result when there is one, else the connection. */
static int failure(struct pg *pg, const PGresult *result, struct fault *f)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
    int code = PQstatus(pg->conn) == CONNECTION_BAD ? -ENOTCONN : from_state(state);
    if (!text || !*text)
        text = PQerrorMessage(pg->conn);
    int len = (int)strcspn(text, "\n");
    const char *cure = state && !strcmp(state, FULL_STATE) ? _("; the database's disk is full, make room on it") : "";
    return fault_set(f, code, "PostgreSQL: %.*s%s%s%s%s%s", len, len ? text : _("the connection was lost"),
                     detail ? "; " : "", detail ? detail : "", cure, state ? ", SQLSTATE " : "", state ? state : "");
}

static void notice(void *ctx, const PGresult *result)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_debug("PostgreSQL: %s", text ? text : "notice");
}

/* Defaults that a conninfo, which comes last, may override. */
#define CONNECT_NAMES            ((const char *const[]){"client_encoding", "application_name", "connect_timeout", "dbname", NULL})
#define CONNECT_VALUES(conninfo) ((const char *const[]){"UTF8", "internetmetre-collector", "10", conninfo, NULL})

enum pg_state pg_ping(const char *conninfo)
{
    switch (PQpingParams(CONNECT_NAMES, CONNECT_VALUES(conninfo), 1)) {
    case PQPING_OK:
        return PG_ACCEPTS;
    case PQPING_REJECT:
        return PG_REJECTS;
    default:
        return PG_SILENT;
    }
}

int pg_open(const char *conninfo, struct pg **ret, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = alloc_zero(1, sizeof *pg);
    pg->watched = -1;
    pg->conn = PQconnectdbParams(CONNECT_NAMES, CONNECT_VALUES(conninfo), 1);
    if (!pg->conn)
        return fault_set(f, -ENOMEM, _("PostgreSQL: no memory for a connection"));
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return failure(pg, NULL, f);
    PQsetNoticeReceiver(pg->conn, notice, NULL);
    int rc = pg_run(pg, "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'", f);
    if (rc < 0)
        return rc;
    *ret = TAKE(pg);
    return 0;
}

int pg_conninfo_check(const char *conninfo, struct fault *f)
{
    char *why = NULL;
    PQconninfoOption *read = PQconninfoParse(conninfo, &why);
    int rc = read ? 0 : fault_set(f, -EINVAL, "%.*s", (int)strcspn(why ? why : "", "\n"), why ? why : "");
    PQconninfoFree(read);
    PQfreemem(why);
    return rc;
}

void pg_conninfo_add(struct buf *b, const char *key, const char *value)
{
    buf_addf(b, "%s%s='", b->len > 0 ? " " : "", key);
    for (const char *p = value; *p; p++) {
        if (*p == '\\' || *p == '\'')
            buf_add_char(b, '\\');
        buf_add_char(b, *p);
    }
    buf_add_char(b, '\'');
}

char *pg_conninfo_of(const char *conninfo, const char *database)
{
    PQconninfoOption *read = PQconninfoParse(conninfo, NULL);
    struct buf b = {0};
    for (const PQconninfoOption *o = read; o && o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") != 0)
            pg_conninfo_add(&b, o->keyword, o->val);
    if (read)
        pg_conninfo_add(&b, "dbname", database);
    PQconninfoFree(read);
    return read ? buf_take(&b) : NULL;
}

void pg_close(struct pg *pg)
{
    if (!pg)
        return;
    pg_rows_free(pg->streamed);
    PQfreemem(pg->copied);
    PQfinish(pg->conn);
    free(pg);
}

bool pg_usable(const struct pg *pg)
{
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return false;
    PGTransactionStatusType t = PQtransactionStatus(pg->conn);
    return t == PQTRANS_IDLE || t == PQTRANS_INTRANS;
}

bool pg_idle(const struct pg *pg)
{
    return PQstatus(pg->conn) == CONNECTION_OK && PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
}

static bool succeeded(const PGresult *result)
{
    ExecStatusType s = PQresultStatus(result);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY;
}

int pg_run(struct pg *pg, const char *sql, struct fault *f)
{
    PGresult *result = PQexec(pg->conn, sql);
    int rc = succeeded(result) ? 0 : failure(pg, result, f);
    PQclear(result);
    return rc;
}

static struct pg_rows *rows_new(PGresult *result)
{
    struct pg_rows *rows = alloc_zero(1, sizeof *rows);
    rows->result = result;
    return rows;
}

static int take_rows(struct pg *pg, PGresult *result, struct pg_rows **ret, struct fault *f)
{
    if (!succeeded(result)) {
        int rc = failure(pg, result, f);
        PQclear(result);
        return rc;
    }
    if (ret)
        *ret = rows_new(result);
    else
        PQclear(result);
    return 0;
}

int pg_query(struct pg *pg, const char *sql, int count, const char *const *params, struct pg_rows **ret,
             struct fault *f)
{
    return take_rows(pg, PQexecParams(pg->conn, sql, count, NULL, params, NULL, NULL, 0), ret, f);
}

/* The place of a statement, which is prepared when it is new. */
static int keep(struct pg *pg, const char *sql, struct fault *f)
{
    for (int i = 0; i < pg->kept_count; i++)
        if (pg->kept[i] == sql)
            return i;
    char name[16];
    snprintf(name, sizeof name, "kept%d", pg->kept_count);
    PGresult *result = PQprepare(pg->conn, name, sql, 0, NULL);
    int rc = succeeded(result) ? 0 : failure(pg, result, f);
    PQclear(result);
    if (rc < 0)
        return rc;
    pg->kept[pg->kept_count] = sql;
    return pg->kept_count++;
}

int pg_query_kept(struct pg *pg, const char *sql, int count, const char *const *params, struct pg_rows **ret,
                  struct fault *f)
{
    if (pg->kept_count == KEPT_MAX)
        return pg_query(pg, sql, count, params, ret, f);
    int place = keep(pg, sql, f);
    if (place < 0)
        return place;
    char name[16];
    snprintf(name, sizeof name, "kept%d", place);
    return take_rows(pg, PQexecPrepared(pg->conn, name, count, params, NULL, NULL, 0), ret, f);
}

void pg_rows_free(struct pg_rows *rows)
{
    if (!rows)
        return;
    PQclear(rows->result);
    free(rows);
}

struct pg_rows *pg_rows_of(const char *const *values, size_t rows, int columns)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc *described = alloc_zero((size_t)columns, sizeof *described);
    for (int c = 0; c < columns; c++)
        described[c].name = (char *)"";
    PQsetResultAttrs(result, columns, described);
    free(described);
    for (size_t v = 0; v < rows * (size_t)columns; v++)
        PQsetvalue(result, (int)(v / (size_t)columns), (int)(v % (size_t)columns), (char *)values[v],
                   values[v] ? (int)strlen(values[v]) : -1);
    return rows_new(result);
}

size_t pg_rows_count(const struct pg_rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

int64_t pg_rows_affected(const struct pg_rows *rows)
{
    return strtoll(PQcmdTuples(rows->result), NULL, 10);
}

int pg_columns(const struct pg_rows *rows)
{
    return PQnfields(rows->result);
}

const char *pg_column_name(const struct pg_rows *rows, int column)
{
    return PQfname(rows->result, column);
}

#define BOOL_OID 16 /* catalog/pg_type.dat */

bool pg_column_is_bool(const struct pg_rows *rows, int column)
{
    return PQftype(rows->result, column) == BOOL_OID;
}

const char *pg_text(const struct pg_rows *rows, size_t row, int column)
{
    return PQgetisnull(rows->result, (int)row, column) ? NULL : PQgetvalue(rows->result, (int)row, column);
}

int64_t pg_int(const struct pg_rows *rows, size_t row, int column)
{
    return strtoll(PQgetvalue(rows->result, (int)row, column), NULL, 10);
}

double pg_double(const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    return text ? strtod(text, NULL) : (double)NAN;
}

bool pg_bool(const struct pg_rows *rows, size_t row, int column)
{
    return PQgetvalue(rows->result, (int)row, column)[0] == 't';
}

int pg_copy_start(struct pg *pg, const char *sql, struct fault *f)
{
    PGresult *result = PQexec(pg->conn, sql);
    int rc = PQresultStatus(result) == PGRES_COPY_IN ? 0 : failure(pg, result, f);
    PQclear(result);
    return rc;
}

int pg_copy_put(struct pg *pg, const void *bytes, size_t len, struct fault *f)
{
    /* libpq takes an int: a piece at a time. */
    const size_t piece_max = 1u << 20;
    for (const char *at = bytes; len > 0;) {
        size_t piece = len < piece_max ? len : piece_max;
        if (PQputCopyData(pg->conn, at, (int)piece) != 1)
            return failure(pg, NULL, f);
        at += piece;
        len -= piece;
    }
    return 0;
}

int pg_copy_end(struct pg *pg, struct fault *f)
{
    if (PQputCopyEnd(pg->conn, NULL) != 1)
        return failure(pg, NULL, f);
    int rc = 0;
    for (PGresult *result; (result = PQgetResult(pg->conn)) != NULL; PQclear(result))
        if (!succeeded(result) && rc == 0)
            rc = failure(pg, result, f);
    return rc;
}

/* Until libpq has read more, while somebody waits for it. */
static int wait_bytes(struct pg *pg, struct fault *f)
{
    struct pollfd fds[] = {{.fd = PQsocket(pg->conn), .events = POLLIN}, {.fd = pg->watched, .events = POLLRDHUP}};
    if (poll(fds, COUNT(fds), -1) < 0 && errno != EINTR)
        return fault_set(f, -errno, _("PostgreSQL cannot be waited for: %s"), strerror(errno));
    if (fds[1].revents)
        return fault_set(f, -ECANCELED, _("nobody waits for the rows any more"));
    if (fds[0].revents && !PQconsumeInput(pg->conn))
        return failure(pg, NULL, f);
    return 0;
}

/* Until libpq has a row, or the end, to give without blocking. */
static int wait_row(struct pg *pg, struct fault *f)
{
    int rc = 0;
    while (rc == 0 && pg->watched >= 0 && PQisBusy(pg->conn))
        rc = wait_bytes(pg, f);
    return rc;
}

int pg_copy_out(struct pg *pg, const char *sql, struct fault *f)
{
    if (!PQsendQuery(pg->conn, sql))
        return failure(pg, NULL, f);
    int rc = wait_row(pg, f);
    if (rc == 0) {
        PGresult *result = PQgetResult(pg->conn);
        rc = PQresultStatus(result) == PGRES_COPY_OUT ? 0 : failure(pg, result, f);
        PQclear(result);
    }
    if (rc < 0)
        pg_stream_stop(pg);
    return rc;
}

int pg_copy_next(struct pg *pg, const void **ret, size_t *ret_len, struct fault *f)
{
    int len, rc = 0;
    PQfreemem(pg->copied);
    pg->copied = NULL;
    while ((len = PQgetCopyData(pg->conn, &pg->copied, pg->watched >= 0)) == 0 && rc == 0)
        rc = wait_bytes(pg, f);
    if (len == -2) /* it may still be in COPY: what is left is dropped, and not asked for results */
        rc = failure(pg, NULL, f);
    if (rc < 0) {
        pg_stream_stop(pg);
        return rc;
    }
    if (len > 0) {
        *ret = pg->copied;
        *ret_len = (size_t)len;
        return 0;
    }
    for (PGresult *result; (result = PQgetResult(pg->conn)) != NULL; PQclear(result))
        if (!succeeded(result) && rc == 0)
            rc = failure(pg, result, f);
    if (rc == 0)
        *ret = NULL;
    return rc;
}

int pg_stream_start(struct pg *pg, const char *sql, int count, const char *const *params, struct fault *f)
{
    if (!PQsendQueryParams(pg->conn, sql, count, NULL, params, NULL, NULL, 0))
        return failure(pg, NULL, f);
    if (!PQsetSingleRowMode(pg->conn)) {
        pg_stream_stop(pg);
        return fault_set(f, -EIO, _("PostgreSQL: rows cannot be streamed"));
    }
    return 0;
}

static void drop_streamed(struct pg *pg)
{
    pg_rows_free(pg->streamed);
    pg->streamed = NULL;
}

void pg_watch(struct pg *pg, int fd)
{
    pg->watched = fd;
}

int pg_stream_next(struct pg *pg, const struct pg_rows **ret, struct fault *f)
{
    drop_streamed(pg);
    int waited = wait_row(pg, f);
    if (waited < 0) {
        pg_stream_stop(pg);
        return waited;
    }
    PGresult *result = PQgetResult(pg->conn);
    ExecStatusType status = PQresultStatus(result);
    if (result && status == PGRES_SINGLE_TUPLE) {
        pg->streamed = rows_new(result);
        *ret = pg->streamed;
        return 0;
    }
    /* The end, or a failure; either way what is left is empty. */
    int rc = !result || succeeded(result) ? 0 : failure(pg, result, f);
    PQclear(result);
    pg_stream_stop(pg);
    if (rc == 0)
        *ret = NULL;
    return rc;
}

/* What COPY … TO STDOUT had sent before it was cancelled. */
static void drop_copied(struct pg *pg)
{
    int len;
    do {
        PQfreemem(pg->copied);
        pg->copied = NULL;
        len = PQgetCopyData(pg->conn, &pg->copied, 0);
    } while (len > 0);
}

void pg_stream_stop(struct pg *pg)
{
    drop_streamed(pg);
    if (PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE) {
        char why[256];
        PGcancel *cancel = PQgetCancel(pg->conn);
        if (cancel && !PQcancel(cancel, why, sizeof why))
            log_debug("PostgreSQL: a query could not be cancelled: %s", why);
        PQfreeCancel(cancel);
    }
    for (PGresult *result; (result = PQgetResult(pg->conn)) != NULL;) {
        /* A connection left in COPY would answer the same for ever. */
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN)
            PQputCopyEnd(pg->conn, "stopped");
        else if (status == PGRES_COPY_OUT)
            drop_copied(pg);
    }
}
