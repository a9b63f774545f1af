#include "collector/figure/rollup.h"

#include <inttypes.h>

#include "common/lang.h"
#include "common/log.h"

/* Probe-days in one transaction: a few seconds of work, so that the dirty list
 * is not locked for long. */
#define ROLLUP_STEP_SQL "SELECT rollup_some(1000)"

/* Probe-days that came too late to count, once each. */
static int tell_late(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "WITH told AS (UPDATE rollup_late SET told = true WHERE NOT told RETURNING 1) SELECT count(*) "
                      "FROM told",
                      0, NULL, &rows, f);
    if (rc == 0 && pg_int(rows, 0, 0) > 0)
        log_warn(_("%lld probe-days came after retention had taken their month: their results are kept and archived, "
                   "their days and figures stay as they are; probe show names them"),
                 (long long)pg_int(rows, 0, 0));
    return rc;
}

int rollup_run(struct pg *pg, struct fault *f)
{
    for (bool any = false;; any = true) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        int rc = pg_query(pg, ROLLUP_STEP_SQL, 0, NULL, &rows, f);
        if (rc < 0 || pg_int(rows, 0, 0) == 0)
            return rc == 0 && any ? tell_late(pg, f) : rc;
        log_debug("rollup: %" PRId64 " probe-days made", pg_int(rows, 0, 0));
    }
}
