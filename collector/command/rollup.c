/* rollup: makes by hand what serve's upkeep makes by the clock. */
#include "collector/command/command.h"
#include "collector/command/days.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "common/lang.h"
#include "common/log.h"

static int make(const struct context *c, const struct days *days, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_session(&c->database, &d, &pg, f);
    if (rc == 0 && (days->from || days->to)) {
        const char *const params[] = {days->from, days->to};
        rc = pg_query(pg, "SELECT rollup_mark(coalesce($1, '1970-01-01')::date, coalesce($2, '9999-01-01')::date)", 2,
                      params, NULL, f);
    }
    if (rc == 0)
        rc = rollup_run(pg, f);
    if (rc == 0)
        rc = refresh_run(pg, f);
    return rc;
}

static int run(const struct invocation *in)
{
    struct days days;
    struct fault f = {0};
    if (days_read(in, &days, &f) < 0)
        return invocation_wrong(in, "%s", f.text);
    if (make(in->context, &days, &f) < 0) {
        log_error("%s", f.text);
        return EXIT_NOT_OK;
    }
    return EXIT_OK;
}

const struct command command_rollup = {
    .name = "rollup",
    .usage = N_("[--from DAY] [--to DAY]"),
    .help = N_("Make the days that changed, and the figures that depend on them; with dates, make those days again."),
    .options = days_options,
    .run = run,
};
