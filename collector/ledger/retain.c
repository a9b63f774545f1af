/* A month goes in four steps, each of which a crash may interrupt:
 *
 *   1. its partition is detached and renamed to retained_…: readers do not see
 *      it any more, and what comes late makes a new partition;
 *   2. its rows are written to a folder MONTH.new, one file a probe, fsynced;
 *      a folder that a crash left is written again from the start;
 *   3. the rows written are counted against the table, and the folder gets its
 *      name (MONTH, or MONTH.2 when late rows of an archived month follow);
 *   4. the table is dropped.
 *
 * A table that is there at the start is one that a crash left before step 4;
 * it is archived first, in doubt a second time. Nothing is dropped that is not
 * on disk. */
#include "collector/ledger/retain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/zst.h"

#define BLOCK_BYTES (4u << 20) /* of text in a zstd frame */
#define TAR_BLOCK   512

struct archive {
    const char *parent; /* "result" or "batch_body" */
    char month[8];      /* "2026-08" */
    char *table;
    char *folder; /* under construction */
    FILE *out;    /* of the probe at hand */
    char probe[24];
    struct buf text; /* not yet compressed */
    int64_t rows;
};

static const char result_sql[] =
    "SELECT p.probe, row_to_json(x) FROM %s r JOIN probe p USING (probe_no) JOIN check_kind c USING (check_no) "
    "JOIN outcome o ON o.outcome_no = r.outcome JOIN task k USING (task_no) LEFT JOIN target t USING (target_no), "
    "LATERAL (SELECT p.probe, k.name AS task, c.name AS check, t.name AS target, host(r.addr) AS addr, r.af, r.at, "
    "o.word AS outcome, r.bytes, (SELECT json_object_agg(m.name, coalesce(to_json(u.exact), to_json(u.value))) "
    "FROM unnest(r.metrics, r.exact) WITH ORDINALITY AS u (value, exact, position) JOIN metric m ON m.check_no = "
    "r.check_no AND m.position = u.position WHERE u.value IS NOT "
    "NULL) AS metrics, r.batch_no, r.ordinal) x WHERE p.forgotten_at IS NULL ORDER BY r.probe_no, r.at";
static const char body_sql[] =
    "SELECT p.probe, encode(b.body, 'hex'), k.chain || '-' || lpad(k.seq::text, 8, '0') || '-' || "
    "left(encode(k.hash, 'hex'), 8) || '.batch' FROM %s b JOIN batch_key k USING (probe_no, batch_no) "
    "JOIN probe p USING (probe_no) WHERE p.forgotten_at IS NULL ORDER BY b.probe_no, b.batch_no";

static bool of_results(const struct archive *a)
{
    return a->parent[0] == 'r';
}

/* ---- files ---- */

static int put(struct archive *a, const void *bytes, size_t len, struct fault *f)
{
    if (fwrite(bytes, 1, len, a->out) != len)
        return fault_set(f, -errno, _("%s: cannot be written: %s"), a->folder, fault_errno(errno));
    return 0;
}

static int put_text(struct archive *a, struct fault *f)
{
    _cleanup_(buf_free) struct buf packed = {0};
    if (a->text.len == 0)
        return 0;
    zst_pack(a->text.data, a->text.len, &packed);
    buf_clear(&a->text);
    return put(a, packed.data, packed.len, f);
}

/* ustar (POSIX.1-1988): a header of 512 octets, then the content in blocks. */
static int put_tar(struct archive *a, const char *name, const void *bytes, size_t len, struct fault *f)
{
    char head[TAR_BLOCK] = {0}, zeros[TAR_BLOCK] = {0};
    snprintf(head, 100, "%s", name);
    memcpy(head + 100, "0000644", 8);
    memcpy(head + 108, "0000000", 8);
    memcpy(head + 116, "0000000", 8);
    snprintf(head + 124, 12, "%011zo", len);
    memcpy(head + 136, "00000000000", 12);
    memset(head + 148, ' ', 8);
    head[156] = '0';
    memcpy(head + 257,
           "ustar\0"
           "00",
           8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof head; i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 8, "%06o", sum);
    int rc = put(a, head, sizeof head, f);
    if (rc == 0)
        rc = put(a, bytes, len, f);
    if (rc == 0 && len % TAR_BLOCK)
        rc = put(a, zeros, TAR_BLOCK - len % TAR_BLOCK, f);
    return rc;
}

static int close_file(struct archive *a, struct fault *f)
{
    static const char end[2 * TAR_BLOCK];
    if (!a->out)
        return 0;
    int rc = of_results(a) ? put_text(a, f) : put(a, end, sizeof end, f);
    if (rc == 0 && (fflush(a->out) != 0 || fsync(fileno(a->out)) < 0))
        rc = fault_set(f, -errno, _("%s: cannot be written: %s"), a->folder, fault_errno(errno));
    fclose(a->out);
    a->out = NULL;
    return rc;
}

static int open_file(struct archive *a, const char *probe, struct fault *f)
{
    int rc = close_file(a, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *path = alloc_format("%s/%s.%s", a->folder, probe, of_results(a) ? "ndjson.zst" : "tar");
    snprintf(a->probe, sizeof a->probe, "%s", probe);
    a->out = fopen(path, "we");
    return a->out ? 0 : fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static int put_row(struct archive *a, const struct pg_rows *row, struct fault *f)
{
    const char *probe = pg_text(row, 0, 0), *value = pg_text(row, 0, 1);
    int rc = !a->out || strcmp(a->probe, probe) != 0 ? open_file(a, probe, f) : 0;
    if (rc < 0)
        return rc;
    a->rows++;
    if (of_results(a)) {
        buf_add_text(&a->text, value);
        buf_add_char(&a->text, '\n');
        return a->text.len >= BLOCK_BYTES ? put_text(a, f) : 0;
    }
    buf_clear(&a->text);
    for (; value[0] && value[1]; value += 2)
        buf_add_char(&a->text, (char)(nibble(value[0]) << 4 | nibble(value[1])));
    return put_tar(a, pg_text(row, 0, 2), a->text.data, a->text.len, f);
}

/* ---- a month ---- */

static int empty_folder(const char *folder, struct fault *f)
{
    _cleanup_text_ char *pattern = alloc_format("%s/*", folder);
    glob_t found;
    int rc = file_match(pattern, &found, f);
    for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
        if (unlink(found.gl_pathv[i]) < 0)
            rc = fault_set(f, -errno, "%s: %s", found.gl_pathv[i], fault_errno(errno));
    globfree(&found);
    return rc;
}

static int write_rows(struct pg *pg, struct archive *a, struct fault *f)
{
    _cleanup_text_ char *sql = of_results(a) ? alloc_format(result_sql, a->table) : alloc_format(body_sql, a->table);
    const struct pg_rows *row;
    int rc = pg_stream_start(pg, sql, 0, NULL, f);
    if (rc < 0)
        return rc;
    while ((rc = pg_stream_next(pg, &row, f)) == 0 && row && (rc = put_row(a, row, f)) == 0)
        ;
    pg_stream_stop(pg);
    int closed = close_file(a, f);
    return rc < 0 ? rc : closed;
}

static int check_count(struct pg *pg, const struct archive *a, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *sql = alloc_format(
        "SELECT count(*) FROM %s r JOIN probe p USING (probe_no) WHERE p.forgotten_at IS NULL", a->table);
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc == 0 && pg_int(rows, 0, 0) != a->rows)
        rc = fault_set(f, -EIO, _("%s holds %" PRId64 " rows, but %" PRId64 " were archived; it stays"), a->table,
                       pg_int(rows, 0, 0), a->rows);
    return rc;
}

static int put_in_place(const struct archive *a, const char *base, char **ret_name, struct fault *f)
{
    for (int n = 1;; n++) {
        char *name = n == 1 ? alloc_format("%s/%s", base, a->month) : alloc_format("%s/%s.%d", base, a->month, n);
        if (access(name, F_OK) < 0 && rename(a->folder, name) == 0) {
            *ret_name = name;
            return file_sync_dir(base, f);
        }
        int error = errno;
        bool taken = access(name, F_OK) == 0;
        if (!taken)
            fault_set(f, -error, "%s: %s", name, fault_errno(error));
        free(name);
        if (!taken)
            return -error;
    }
}

static int drop(struct pg *pg, const struct archive *a, const char *folder, struct fault *f)
{
    _cleanup_text_ char *rows = alloc_format("%" PRId64, a->rows);
    _cleanup_text_ char *day = alloc_format("%s-01", a->month);
    _cleanup_text_ char *sql = alloc_format("DROP TABLE %s", a->table);
    const char *const params[] = {a->parent, day, folder, rows};
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = pg_query(pg,
                      "UPDATE retained SET folder = $3, rows = $4::bigint, dropped_at = now() WHERE parent = $1 AND "
                      "month = $2::date AND folder = ''",
                      4, params, NULL, f);
    if (rc == 0)
        rc = pg_run(pg, sql, f);
    return rc < 0 ? rc : pg_run(pg, "COMMIT", f);
}

static int archive_month(struct pg *pg, const char *root, const char *parent, const char *table, struct fault *f)
{
    _cleanup_text_ char *base = alloc_format("%s/%s", root, parent);
    _cleanup_text_ char *name = NULL;
    struct archive a = {.parent = parent, .table = alloc_text(table)};
    snprintf(a.month, sizeof a.month, "%.4s-%.2s", table + strlen(table) - 7, table + strlen(table) - 2);
    a.folder = alloc_format("%s/%s.new", base, a.month);
    int rc = file_make_dir(a.folder, 0750, f);
    if (rc == 0)
        rc = empty_folder(a.folder, f);
    if (rc == 0)
        rc = write_rows(pg, &a, f);
    if (rc == 0)
        rc = check_count(pg, &a, f);
    if (rc == 0)
        rc = file_sync_dir(a.folder, f);
    if (rc == 0)
        rc = put_in_place(&a, base, &name, f);
    if (rc == 0)
        rc = drop(pg, &a, name, f);
    if (rc == 0)
        log_info(_("retention: %" PRId64 " rows of %s %s are in %s"), a.rows, parent, a.month, name);
    buf_free(&a.text);
    free(a.table);
    free(a.folder);
    return rc;
}

/* ---- all of them ---- */

static int archive_detached(struct pg *pg, const char *root, const char *parent, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ ('^retained_' || $1 || "
                      "'_[0-9]{4}_[0-9]{2}$') ORDER BY 1",
                      1, &parent, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        rc = archive_month(pg, root, parent, pg_text(rows, r, 0), f);
    return rc;
}

static int retain(struct pg *pg, const char *root, const char *parent, int64_t keep_us, struct fault *f)
{
    char from[TIME_TEXT_SIZE];
    const char *const params[] = {parent, time_format(clock_wall_us(&clock_system) - keep_us, from)};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = archive_detached(pg, root, parent, f);
    if (rc < 0 || keep_us == 0)
        return rc;
    rc = pg_query(pg, "SELECT month FROM retain_ripe($1, $2::timestamptz)", 2, params, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        const char *const month[] = {parent, pg_text(rows, r, 0)};
        rc = pg_query(pg, "SELECT retain_detach($1, $2::date)", 2, month, NULL, f);
        if (rc == 0)
            rc = archive_detached(pg, root, parent, f);
    }
    return rc;
}

int retain_run(struct pg *pg, const struct retain_options *o, struct fault *f)
{
    int rc = retain(pg, o->archive, "result", o->keep_results_us, f);
    if (rc == 0)
        rc = retain(pg, o->archive, "batch_body", o->keep_bodies_us, f);
    return rc < 0 ? rc : pg_query(pg, "SELECT watch_retain(), network_retain(), hour_retain()", 0, NULL, NULL, f);
}
