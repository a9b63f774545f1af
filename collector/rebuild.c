/* rebuild: the projection made again from the ledger, batch by batch, while
 * the collector runs. Memory is bounded by one batch and a page of keys. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/again.h"
#include "collector/database.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/log.h"

struct range { /* days on which batches were received, both inclusive */
    const char *from, *to;
};

static int check_day(const char *option, const char *text, struct fault *f)
{
    char moment[40];
    int64_t us;
    snprintf(moment, sizeof moment, "%.10sT00:00:00Z", text);
    if (strlen(text) != 10 || time_parse(moment, strlen(moment), &us) < 0)
        return fault_set(f, -EINVAL, _("%s %s: a day such as 2027-01-31 is wanted"), option, text);
    return 0;
}

/* What the ledger does not hold any more cannot be made again, and half a
 * range would look like the whole. */
static int check_held(struct pg *pg, const struct range *range, struct fault *f)
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

static int rebuild(struct pg *pg, const struct project_names *names, const struct range *range, struct fault *f)
{
    static const char sql[] =
        "SELECT probe_no, batch_no FROM batch_body WHERE received_at >= $1::date::timestamp AT TIME ZONE 'UTC' "
        "AND received_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC' "
        "AND (probe_no, batch_no) > ($3::int, $4::bigint) ORDER BY probe_no, batch_no LIMIT 1000";
    char probe_no[24] = "0", batch_no[24] = "0";
    int64_t batches = 0, results = 0;
    for (;;) {
        const char *const params[] = {range->from, range->to, probe_no, batch_no};
        _cleanup_rows_ struct pg_rows *rows = NULL;
        int rc = pg_query(pg, sql, 4, params, &rows, f);
        if (rc < 0)
            return rc;
        if (pg_rows_count(rows) == 0)
            break;
        for (size_t r = 0; r < pg_rows_count(rows); r++) {
            int64_t count;
            snprintf(probe_no, sizeof probe_no, "%s", pg_text(rows, r, 0));
            snprintf(batch_no, sizeof batch_no, "%s", pg_text(rows, r, 1));
            rc = again_batch(pg, names, probe_no, batch_no, &count, f);
            if (rc < 0)
                return rc;
            batches += count >= 0;
            results += count >= 0 ? count : 0;
        }
    }
    printf(_("batches projected again: %lld, results: %lld\n"), (long long)batches, (long long)results);
    return 0;
}

static int run(const struct context *c, const struct range *range, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    struct pg_pool *pool = NULL;
    struct pg *pg = NULL;
    int rc = database_session(c, &d, &pg, f);
    if (rc == 0)
        rc = check_held(pg, range, f);
    if (rc == 0)
        rc = pg_pool_new(database_conninfo(d), NULL, 1, &pool, f);
    if (rc == 0) {
        struct project_names names = {dictionary_new(pool, "target"), dictionary_new(pool, "task")};
        rc = rebuild(pg, &names, range, f);
        dictionary_free(names.targets);
        dictionary_free(names.tasks);
    }
    pg_pool_free(pool);
    pg_close(pg);
    return rc;
}

static int command_run(const struct context *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'}, {0}};
    struct range range = {"1970-01-01", "9999-01-01"};
    struct fault f = {0};
    int rc = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 'f' && o != 't')
            return COMMAND_USAGE;
        *(o == 'f' ? &range.from : &range.to) = optarg;
        if (rc == 0)
            rc = check_day(o == 'f' ? "--from" : "--to", optarg, &f);
    }
    if (optind != argc)
        return COMMAND_USAGE;
    if (rc == 0)
        rc = run(c, &range, &f);
    if (rc < 0)
        log_error("%s", f.text);
    return rc < 0;
}

const struct command command_rebuild = {
    .name = "rebuild",
    .usage = N_("rebuild [--from DAY] [--to DAY]"),
    .help = N_("Make the results again from the signed batches, all or those received on these days."),
    .run = command_run,
};
