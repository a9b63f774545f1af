/* A batch's rows are deleted and copied anew in one transaction, so that
 * readers see the old or the new ones. The rows that may be there are among
 * those that come: knowledge only grows, and a row's time does not change,
 * since a boot's offset is written once. The days that the new rows span
 * therefore bound the search for the old ones.
 *
 * A commit that a crash undoes is done again: the list still names the batch.
 * That is why these commits need not wait for the disk. */
#include "collector/ledger/again.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "collector/ledger/epoch.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"

/* Entries of the list that are read at once. */
#define STEP_SQL "SELECT probe_no, batch_no FROM project_again ORDER BY probe_no, batch_no LIMIT 500"

/* *out stays empty when there is no body. */
static int read_body(struct pg *pg, const char *probe_no, const char *batch_no, struct buf *out, struct fault *f)
{
    const char *const params[] = {probe_no, batch_no};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(pg,
                           "SELECT encode(body, 'hex') FROM batch_body WHERE probe_no = $1::int AND "
                           "batch_no = $2::bigint",
                           2, params, &rows, f);
    if (rc == 0 && pg_rows_count(rows) > 0)
        hex_add(pg_text(rows, 0, 0), out);
    return rc;
}

static int read_time(struct pg *pg, const char *probe_no, const char *boot, struct project_time *ret, struct fault *f)
{
    const char *const params[] = {probe_no, boot};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    *ret = (struct project_time){.now_us = clock_wall_us(&clock_system)};
    int rc = pg_query_kept(pg, "SELECT offset_us FROM boot WHERE probe_no = $1::int AND boot = $2", 2, params, &rows,
                           f);
    if (rc == 0 && pg_rows_count(rows) > 0) {
        ret->has_offset = true;
        ret->offset_us = pg_int(rows, 0, 0);
    }
    return rc;
}

/* Months that retention took, and this batch's rows with them: made again they would
 * be archived a second time. What came late, for a month that was gone already, lies
 * in the database until the next retention, or had no time yet. */
static int read_archived(struct pg *pg, const char *probe_no, const char *batch_no, struct buf *out, struct fault *f)
{
    static const char sql[] =
        "SELECT DISTINCT t.month - '1970-01-01'::date, (t.month + interval '1 month')::date - '1970-01-01'::date "
        "FROM retained t WHERE t.parent = 'result' AND NOT EXISTS (SELECT FROM result r WHERE r.probe_no = $1::int AND "
        "r.batch_no = $2::bigint AND r.at >= t.month::timestamp AT TIME ZONE 'UTC' AND r.at < (t.month + interval "
        "'1 month') AT TIME ZONE 'UTC') AND NOT EXISTS (SELECT FROM result_problem p WHERE p.probe_no = $1::int AND "
        "p.batch_no = $2::bigint AND p.reason = 'clock')";
    const char *const params[] = {probe_no, batch_no};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(pg, sql, 2, params, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        const int32_t month[2] = {(int32_t)pg_int(rows, r, 0), (int32_t)pg_int(rows, r, 1)};
        buf_add(out, month, sizeof month);
    }
    return rc;
}

static int32_t day_at(const struct buf *days, size_t i)
{
    int32_t day;
    memcpy(&day, days->data + i * sizeof day, sizeof day);
    return day;
}

static void day_text(int32_t day, char ret[static TIME_TEXT_SIZE])
{
    time_format(day * DAY_US, ret);
    ret[10] = '\0';
}

/* Before the transaction: the lock on the parent must end at once. */
static int make_partitions(struct pg *pg, const struct buf *days, struct fault *f)
{
    char last[8] = "", day[TIME_TEXT_SIZE];
    const char *date = day;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < days->len / sizeof(int32_t); i++) {
        day_text(day_at(days, i), day);
        if (strncmp(last, day, 7) == 0)
            continue;
        snprintf(last, sizeof last, "%.7s", day);
        rc = pg_query_kept(pg, "SELECT partition_make('result', $1::date)", 1, &date, NULL, f);
    }
    return rc;
}

static int delete_rows(struct pg *pg, const char *probe_no, const char *batch_no, const struct buf *days,
                       struct fault *f)
{
    const char *const batch[] = {probe_no, batch_no};
    int rc = pg_query_kept(pg, "DELETE FROM result_problem WHERE probe_no = $1::int AND batch_no = $2::bigint", 2,
                           batch, NULL, f);
    if (rc == 0)
        rc = pg_query_kept(pg, "DELETE FROM delegation_server WHERE probe_no = $1::int AND batch_no = $2::bigint", 2,
                           batch, NULL, f);
    if (rc == 0)
        rc = pg_query_kept(pg, "DELETE FROM edns_server WHERE probe_no = $1::int AND batch_no = $2::bigint", 2, batch,
                           NULL, f);
    if (rc < 0 || days->len == 0)
        return rc;
    int32_t first = day_at(days, 0), last = first;
    for (size_t i = 1; i < days->len / sizeof first; i++) {
        int32_t day = day_at(days, i);
        first = day < first ? day : first;
        last = day > last ? day : last;
    }
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
    const char *const params[] = {probe_no, batch_no, time_format(first * DAY_US, from),
                                  time_format((last + 1) * DAY_US, to)};
    return pg_query_kept(pg,
                         "DELETE FROM result WHERE probe_no = $1::int AND batch_no = $2::bigint AND "
                         "at >= $3::timestamptz AND at < $4::timestamptz",
                         4, params, NULL, f);
}

static int mark_days(struct pg *pg, const char *probe_no, const struct buf *days, struct fault *f)
{
    char day[TIME_TEXT_SIZE];
    const char *const params[] = {day, probe_no};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < days->len / sizeof(int32_t); i++) {
        day_text(day_at(days, i), day);
        rc = pg_query_kept(pg, "INSERT INTO rollup_dirty (day, probe_no, again) VALUES ($1::date, $2::int, true)", 2,
                           params, NULL, f);
    }
    return rc;
}

static int strike_off(struct pg *pg, const char *probe_no, const char *batch_no, struct fault *f)
{
    const char *const params[] = {probe_no, batch_no};
    return pg_query_kept(pg, "DELETE FROM project_again WHERE probe_no = $1::int AND batch_no = $2::bigint", 2, params,
                         NULL, f);
}

/* Nobody else may be at it, and the probe not forgotten since the body was
 * read: the body's row is locked. Whoever forgets the probe locks its row, and
 * then the bodies (probe_forget): so it is locked first here as well, or a new
 * epoch would ask for it with the body in hand, and each would wait for the
 * other. */
static int replace_rows(struct pg *pg, const struct projection *p, struct buf *epochs, const char *probe_no,
                        const char *batch_no, struct fault *f)
{
    const struct copy_rows *const results = &p->results, *const problems = &p->problems, *const servers = &p->servers;
    const struct copy_rows *const edns = &p->edns;
    const char *const params[] = {probe_no, batch_no};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(pg, "SELECT 1 FROM probe WHERE probe_no = $1::int FOR KEY SHARE", 1, params, NULL, f);
    if (rc == 0)
        rc = pg_query_kept(pg, "SELECT 1 FROM batch_body WHERE probe_no = $1::int AND batch_no = $2::bigint FOR UPDATE",
                           2, params, &rows, f);
    if (rc < 0 || pg_rows_count(rows) == 0)
        return rc;
    rc = delete_rows(pg, probe_no, batch_no, &p->days, f);
    if (rc == 0)
        rc = copy_send(pg, PROJECT_RESULT_SQL, &results, 1, f);
    if (rc == 0)
        rc = copy_send(pg, PROJECT_PROBLEM_SQL, &problems, 1, f);
    if (rc == 0)
        rc = copy_send(pg, DELEGATION_SERVER_SQL, &servers, 1, f);
    if (rc == 0)
        rc = copy_send(pg, EDNS_SERVER_SQL, &edns, 1, f);
    if (rc == 0)
        rc = epoch_note(pg, epochs, f);
    return rc < 0 ? rc : mark_days(pg, probe_no, &p->days, f);
}

static int replace(struct pg *pg, const struct projection *p, struct buf *epochs, const char *probe_no,
                   const char *batch_no, struct fault *f)
{
    int rc = make_partitions(pg, &p->days, f);
    if (rc == 0)
        rc = pg_run(pg, "BEGIN; SET LOCAL synchronous_commit = off", f);
    if (rc == 0)
        rc = replace_rows(pg, p, epochs, probe_no, batch_no, f);
    if (rc == 0)
        rc = strike_off(pg, probe_no, batch_no, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
        rc = -ENOTCONN;
    return rc;
}

int again_batch(struct pg *pg, const struct project_names *names, const char *probe_no, const char *batch_no,
                int64_t *ret_results, struct fault *f)
{
    _cleanup_(buf_free) struct buf body = {0}, epochs = {0}, archived = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    _cleanup_(project_free) struct projection p = {0};
    struct project_time time;
    *ret_results = -1;
    int rc = read_body(pg, probe_no, batch_no, &body, f);
    if (rc < 0)
        return rc;
    if (body.len == 0)
        return strike_off(pg, probe_no, batch_no, f);
    if (batch_read(body.data, body.len, &batch, f) != BATCH_FINE) {
        fault_prefix(f, _("batch %s of the ledger: "), batch_no);
        return -EBADMSG;
    }
    rc = read_time(pg, probe_no, batch.header.boot, &time, f);
    if (rc == 0)
        rc = read_archived(pg, probe_no, batch_no, &archived, f);
    time.archived = &archived;
    if (rc == 0)
        rc = project_batch(&batch, (int32_t)strtol(probe_no, NULL, 10), names, &time, &p, f);
    if (rc < 0)
        return rc;
    project_number(&p, strtoll(batch_no, NULL, 10));
    epoch_write(&batch, (int32_t)strtol(probe_no, NULL, 10), &epochs);
    rc = replace(pg, &p, &epochs, probe_no, batch_no, f);
    if (rc == 0)
        *ret_results = (int64_t)p.results.count;
    return rc;
}

/* One that cannot be read must not hold up the others for ever. */
static int again_listed(struct pg *pg, const struct project_names *names, const struct pg_rows *rows, size_t r,
                        struct fault *f)
{
    int64_t results;
    const char *probe_no = pg_text(rows, r, 0), *batch_no = pg_text(rows, r, 1);
    int rc = again_batch(pg, names, probe_no, batch_no, &results, f);
    if (rc != -EBADMSG)
        return rc;
    log_error(_("%s; its results stay as they are"), f->text);
    return strike_off(pg, probe_no, batch_no, f);
}

static int count_listed(struct pg *pg, int64_t *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT count(*) FROM project_again", 0, NULL, &rows, f);
    if (rc == 0)
        *ret = pg_int(rows, 0, 0);
    return rc;
}

int again_run(struct pg *pg, const struct project_names *names, bool shown, struct fault *f)
{
    struct progress progress = {0};
    int64_t done = 0, whole = 0;
    size_t count = 1;
    int rc = shown ? count_listed(pg, &whole, f) : 0;
    while (rc == 0 && count > 0) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        rc = pg_query(pg, STEP_SQL, 0, NULL, &rows, f);
        count = rc == 0 ? pg_rows_count(rows) : 0;
        for (size_t r = 0; rc == 0 && r < count; r++, done++) {
            if (shown)
                progress_show(&progress, _("batches"), done, whole > done ? whole : done);
            rc = again_listed(pg, names, rows, r, f);
        }
    }
    progress_end(&progress);
    if (rc == 0 && done > 0)
        log_info(_("batches projected again: %" PRId64), done);
    return rc;
}
