#include "collector/rollup.h"

#include <getopt.h>
#include <inttypes.h>

#include "collector/database.h"
#include "collector/refresh.h"
#include "common/lang.h"
#include "common/log.h"

/* Probe-days in one transaction: a few seconds of work, so that the dirty list
 * is not locked for long. */
#define ROLLUP_STEP_SQL "SELECT rollup_some(1000)"

int rollup_run(struct pg *pg, struct fault *f)
{
    for (;;) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        int rc = pg_query(pg, ROLLUP_STEP_SQL, 0, NULL, &rows, f);
        if (rc < 0 || pg_int(rows, 0, 0) == 0)
            return rc;
        log_debug("rollup: %" PRId64 " probe-days made", pg_int(rows, 0, 0));
    }
}

static int run(const struct context *c, const char *from, const char *to, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_session(c, &d, &pg, f);
    if (rc == 0 && (from || to)) {
        const char *const params[] = {from, to};
        rc = pg_query(pg, "SELECT rollup_mark(coalesce($1, '1970-01-01')::date, coalesce($2, '9999-01-01')::date)", 2,
                      params, NULL, f);
    }
    if (rc == 0)
        rc = rollup_run(pg, f);
    if (rc == 0)
        rc = refresh_run(pg, f);
    return rc;
}

static int command_run(const struct context *c, int argc, char **argv)
{
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'}, {0}};
    const char *from = NULL, *to = NULL;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o != 'f' && o != 't')
            return COMMAND_USAGE;
        *(o == 'f' ? &from : &to) = optarg;
    }
    if (optind != argc)
        return COMMAND_USAGE;
    struct fault f = {0};
    if (run(c, from, to, &f) < 0) {
        log_error("%s", f.text);
        return 1;
    }
    return 0;
}

const struct command command_rollup = {
    .name = "rollup",
    .usage = N_("rollup [--from DAY] [--to DAY]"),
    .help = N_("Make the days that changed, and the figures that depend on them; with dates, make those days again."),
    .run = command_run,
};
