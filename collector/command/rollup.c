/* rollup: makes by hand what serve's upkeep makes by the clock. */
#include "collector/command/days.h"
#include "collector/command/session.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "common/lang.h"

static int make(const struct session *s, struct fault *f)
{
    const struct days *days = s->data;
    const char *const params[] = {days->from, days->to};
    int rc = 0;
    if (days->from || days->to)
        rc = pg_query(s->pg, "SELECT rollup_mark(coalesce($1, '1970-01-01')::date, coalesce($2, '9999-01-01')::date)",
                      2, params, NULL, f);
    if (rc == 0)
        rc = rollup_run_shown(s->pg, f);
    if (rc == 0)
        rc = refresh_run(s->pg, f);
    return rc;
}

static int run(const struct invocation *in)
{
    struct days days;
    struct fault f = {0};
    if (days_read(in, &days, &f) < 0)
        return invocation_wrong(in, "%s", f.text);
    return session_do(in, make, &days);
}

const struct command command_rollup = {
    .name = "rollup",
    .usage = N_("[--from DAY] [--to DAY]"),
    .help = N_("Make the days that changed, and the figures that depend on them; with dates, make those days again."),
    .options = days_options,
    .run = run,
};
