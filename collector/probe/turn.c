#include "collector/probe/turn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/lang.h"

int turn_take(struct pg *pg, const char *probe, int64_t turn, struct fault *f)
{
    char number[24];
    const char *const params[] = {probe, number};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    snprintf(number, sizeof number, "%" PRId64, turn);
    int rc = pg_query(pg, "SELECT probe_turn($1, $2::bigint)", 2, params, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 0))
        return rc;
    return fault_set(f, -ESTALE, _("probe %s has asked for something else since"), probe);
}

int turn_refuse(struct http_request *request, struct http_reply *reply)
{
    return http_problem(
        request, reply, 409, "stale", N_("This wish is an old one"),
        N_("the probe has asked for something else since; if this is the probe, set its clock right and try again"));
}
