#include "collector/import/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/table.h"
#include "collector/import/kind.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/log.h"

/* ---- the file ---- */

void run_describe(struct import_run *run, const struct buf *text)
{
    uint8_t hash[HASH_SIZE];
    const char *bytes = text->len ? text->data : "";
    hash_make("", bytes, text->len, hash);
    hash_text(hash, run->sha256);
    run->octets = text->len;
    run->lines = 0;
    for (const char *at = bytes, *end = bytes + text->len; at < end; run->lines++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        at = stop ? stop + 1 : end;
    }
}

/* Its folder tells of who imports, not of the file. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* ---- storing ---- */

static int find_same(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT s, $3::boolean AND r.strict IS NOT TRUE, $4::date IS NOT NULL AND r.retrieved IS "
                      "DISTINCT FROM $4::date "
                      "FROM import_same($1, $2) s LEFT JOIN import_run r ON r.run = s",
                      4, (const char *const[]){run->word, run->sha256, run->remarks.strict ? "t" : "f", run->retrieved},
                      &rows, f);
    run->same = rc == 0 ? pg_int(rows, 0, 0) : 0;
    if (rc < 0 || !run->same)
        return rc;
    const char *option = pg_bool(rows, 0, 1) ? "--strict" : pg_bool(rows, 0, 2) ? "--retrieved" : NULL;
    if (option)
        return fault_set(f, -EBADMSG,
                         _("the very file stands as import %" PRId64
                           ", which was made without this %s; take it back first: import undo "
                           "%" PRId64),
                         run->same, option, run->same);
    return 0;
}

static int begin(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *octets = alloc_format("%zu", run->octets), *lines = alloc_format("%zu", run->lines);
    _cleanup_text_ char *name = alloc_text(name_of(run->path));
    form_tame(name); /* listed on terminals: a file may be called as nobody sees */
    const char *const params[] = {run->word, run->kind->whole ? "t" : "f", name, run->sha256, octets, lines, run->by};
    int rc = pg_query(pg, "SELECT import_begin($1, $2::boolean, $3, $4, $5::bigint, $6::bigint, $7)", COUNT(params),
                      params, &rows, f);
    if (rc == 0)
        snprintf(run->number, sizeof run->number, "%s", pg_text(rows, 0, 0));
    return rc;
}

static int end(struct pg *pg, const struct import_run *run, size_t count, struct fault *f)
{
    _cleanup_text_ char *entries = alloc_format("%zu", count);
    return pg_query(
        pg,
        "UPDATE import_run SET entries = $2::bigint, strict = $3::boolean, retrieved = $4::date WHERE run = $1::int", 4,
        (const char *const[]){run->number, entries, run->remarks.strict ? "t" : "f", run->retrieved}, NULL, f);
}

static int store_locked(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    int rc = find_same(pg, run, f);
    if (rc < 0 || run->same)
        return rc;
    rc = begin(pg, run, f);
    if (rc == 0)
        rc = run->kind->store(pg, run, list, ret_count, f);
    if (rc == 0)
        rc = remarks_end(&run->remarks, f);
    return rc < 0 ? rc : end(pg, run, *ret_count, f);
}

int run_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN; SELECT import_lock()", f);
    if (rc == 0)
        rc = store_locked(pg, run, list, ret_count, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

/* ---- taking back ---- */

static int refuse_later(struct pg *pg, const char *number, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg, "SELECT array_to_string(import_later($1::int), ', '), max(l) FROM unnest(import_later($1::int)) l", 1,
        &number, &rows, f);
    if (rc < 0)
        return rc;
    return fault_set(f, -EBUSY,
                     _("import %s is not taken back: later ones took the place of what it brought: %s; take those back "
                       "first, the last of them before: import undo %s"),
                     number, pg_text(rows, 0, 0), pg_text(rows, 0, 1));
}

static int refuse_gone(const char *word, const char *number, struct fault *f)
{
    if (!strcmp(word, "none"))
        return fault_set(f, -ENOENT, _("there is no import %s; see: import list"), number);
    if (!strcmp(word, "undone"))
        return fault_set(f, -EALREADY, _("import %s was taken back already; see: import list"), number);
    return 0;
}

int run_undo(struct pg *pg, const char *number, const char *by, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT import_undo($1::int, $2)", 2, (const char *const[]){number, by}, &rows, f);
    if (rc < 0)
        return rc;
    const char *word = pg_text(rows, 0, 0);
    if ((rc = refuse_gone(word, number, f)) < 0)
        return rc;
    if (!strcmp(word, "kept"))
        return fault_set(
            f, -EPERM, _("import %s brought comments that are answered, or of an adopted edition: they stay"), number);
    return strcmp(word, "later") ? 0 : refuse_later(pg, number, f);
}

/* ---- surveys without a visa ---- */

int run_admit(struct pg *pg, const char *number, const char *by, const char *why, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT import_admit($1::int, $2, $3)", 3, (const char *const[]){number, by, why}, &rows, f);
    if (rc < 0)
        return rc;
    const char *word = pg_text(rows, 0, 0);
    if ((rc = refuse_gone(word, number, f)) < 0)
        return rc;
    if (!strcmp(word, "known"))
        return fault_set(f, -EALREADY, _("import %s was let into reports already; see: import list"), number);
    return !strcmp(word, "done")
               ? 0
               : fault_set(f, -EINVAL, _("import %s has no survey that lacks a visa: reports use it as it is"), number);
}

/* ---- the list ---- */

#define STAMP "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'"

int run_list_table(struct pg *pg, struct fault *f)
{
    return table_query(pg,
                       "SELECT run AS import, kind, file, lines, entries, array_to_string(sources, ', ') AS sources, "
                       "by_whom AS by, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS at, "
                       "CASE WHEN undone_at IS NULL THEN 'stands' ELSE 'undone' END AS state FROM import_run "
                       "ORDER BY run DESC",
                       f);
}

static const struct encode_column columns[] = {
    {"import", ENCODE_NUMBER},     {"kind", ENCODE_TEXT},        {"file", ENCODE_TEXT},
    {"sha256", ENCODE_TEXT},       {"octets", ENCODE_NUMBER},    {"lines", ENCODE_NUMBER},
    {"entries", ENCODE_NUMBER},    {"sources", ENCODE_TEXT},     {"by", ENCODE_TEXT},
    {"at", ENCODE_TEXT},           {"state", ENCODE_TEXT},       {"undone_at", ENCODE_TEXT},
    {"undone_by", ENCODE_TEXT},    {"admitted_at", ENCODE_TEXT}, {"admitted_by", ENCODE_TEXT},
    {"admitted_why", ENCODE_TEXT},
};

int run_list(struct pg *pg, enum encode_format format, FILE *out, struct fault *f)
{
    static const char sql[] =
        "SELECT run, kind, file, sha256, octets, lines, entries, array_to_string(sources, '; '), by_whom, "
        "to_char(at AT TIME ZONE 'UTC', " STAMP "), CASE WHEN undone_at IS NULL THEN 'stands' ELSE 'undone' END, "
        "to_char(undone_at AT TIME ZONE 'UTC', " STAMP "), undone_by, "
        "to_char(admitted_at AT TIME ZONE 'UTC', " STAMP
        "), admitted_by, admitted_why FROM import_run ORDER BY run DESC";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_(buf_free) struct buf text = {0};
    struct encoder e = {format, columns, COUNT(columns), false};
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    encode_open(&e, &text);
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        const char *values[COUNT(columns)];
        for (size_t c = 0; c < COUNT(columns); c++)
            values[c] = pg_text(rows, r, (int)c);
        encode_row(&e, values, &text);
    }
    encode_close(&e, &text);
    fwrite(text.data, 1, text.len, out);
    return 0;
}
