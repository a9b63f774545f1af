#include "collector/figure/rollup.h"

#include <inttypes.h>

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
