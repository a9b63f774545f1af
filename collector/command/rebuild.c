/* rebuild: the projection made again from the ledger, batch by batch, while
 * the collector runs. Memory is bounded by one batch and a page of keys. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/ledger/again.h"
#include "collector/command/days.h"
#include "collector/command/session.h"
#include "common/lang.h"
#include "common/progress.h"

/* What the ledger does not hold any more cannot be made again, and half a
 * range would look like the whole. */
static int check_held(struct pg *pg, const struct days *range, struct fault *f)
{
    static const char sql[] =
        "SELECT string_agg(DISTINCT to_char(month, 'YYYY-MM'), ', '), (max(month) + interval '1 month')::date "
        "FROM retained WHERE month >= date_trunc('month', $1::date) AND month <= $2::date";
    const char *const params[] = {range->from, range->to};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 2, params, &rows, f);
    if (rc < 0 || !pg_text(rows, 0, 0))
        return rc;
    return fault_set(f, -ENODATA,
                     _("retention has emptied %s; nothing was rebuilt. Leave those months out: rebuild --from %s"),
                     pg_text(rows, 0, 0), pg_text(rows, 0, 1));
}

static int count_batches(struct pg *pg, const struct days *range, int64_t *ret, struct fault *f)
{
    const char *const params[] = {range->from, range->to};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT count(*) FROM batch_body WHERE received_at >= $1::date::timestamp AT TIME ZONE 'UTC' "
                      "AND received_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'",
                      2, params, &rows, f);
    if (rc == 0)
        *ret = pg_int(rows, 0, 0);
    return rc;
}

static int rebuild(struct pg *pg, const struct project_names *names, const struct days *range, struct fault *f)
{
    static const char sql[] =
        "SELECT probe_no, batch_no FROM batch_body WHERE received_at >= $1::date::timestamp AT TIME ZONE 'UTC' "
        "AND received_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC' "
        "AND (probe_no, batch_no) > ($3::int, $4::bigint) ORDER BY probe_no, batch_no LIMIT 1000";
    char probe_no[24] = "0", batch_no[24] = "0";
    int64_t batches = 0, results = 0, done = 0, whole = 0;
    struct progress progress = {0};
    int rc = progress_seen() ? count_batches(pg, range, &whole, f) : 0;
    while (rc == 0) {
        const char *const params[] = {range->from, range->to, probe_no, batch_no};
        _cleanup_rows_ struct pg_rows *rows = NULL;
        rc = pg_query(pg, sql, 4, params, &rows, f);
        if (rc < 0 || pg_rows_count(rows) == 0)
            break;
        for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++, done++) {
            int64_t count;
            snprintf(probe_no, sizeof probe_no, "%s", pg_text(rows, r, 0));
            snprintf(batch_no, sizeof batch_no, "%s", pg_text(rows, r, 1));
            progress_show(&progress, _("batches"), done, whole > done ? whole : done);
            rc = again_batch(pg, names, probe_no, batch_no, &count, f);
            batches += rc == 0 && count >= 0;
            results += rc == 0 && count >= 0 ? count : 0;
        }
    }
    progress_end(&progress);
    if (rc < 0)
        return rc;
    printf(_("batches projected again: %lld, results: %lld\n"), (long long)batches, (long long)results);
    return 0;
}

static int rebuild_range(const struct session *s, struct fault *f)
{
    const struct days *range = s->data;
    struct pg_pool *pool = NULL;
    int rc = check_held(s->pg, range, f);
    if (rc == 0)
        rc = pg_pool_new(database_conninfo(s->database), NULL, 1, 0, &pool, f);
    if (rc == 0) {
        struct project_names names = {dictionary_new(pool, "target"), dictionary_new(pool, "task")};
        rc = rebuild(s->pg, &names, range, f);
        dictionary_free(names.targets);
        dictionary_free(names.tasks);
    }
    pg_pool_free(pool);
    return rc;
}

static int run(const struct invocation *in)
{
    struct days range;
    struct fault f = {0};
    if (days_read(in, &range, &f) < 0)
        return invocation_wrong(in, "%s", f.text);
    range.from = range.from ? range.from : "1970-01-01";
    range.to = range.to ? range.to : "9999-01-01";
    return session_do(in, rebuild_range, &range);
}

const struct command command_rebuild = {
    .name = "rebuild",
    .usage = N_("[--from DAY] [--to DAY]"),
    .help = N_("Make the results again from the signed batches, all or those received on these days."),
    .options = days_options,
    .run = run,
};
