#include "collector/db/database.h"

#include <errno.h>

#include "collector/db/migrate.h"
#include "common/log.h"

struct database {
    struct cluster *cluster; /* NULL on a server */
    char *conninfo;
};

static int reach(const struct database_options *o, bool supervise, struct database **ret, struct fault *f)
{
    _cleanup_database_ struct database *d = alloc_zero(1, sizeof *d);
    if (o->address && *o->address) {
        d->conninfo = alloc_text(o->address);
    } else {
        struct cluster_options options = {.state_dir = o->state_dir, .supervise = supervise};
        int rc = cluster_open(&options, &d->cluster, f);
        if (rc < 0)
            return rc;
        d->conninfo = alloc_text(cluster_conninfo(d->cluster));
    }
    *ret = TAKE(d);
    return 0;
}

static int bring_up_to_date(struct database *d, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    unsigned applied;
    int rc = database_connect(d, &pg, f);
    if (rc == 0)
        rc = d->cluster ? migrate_run(pg, false, &applied, f) : migrate_check(pg, f);
    return rc;
}

int database_reach(const struct database_options *o, struct database **ret, struct fault *f)
{
    return reach(o, false, ret, f);
}

int database_open(const struct database_options *o, struct database **ret, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    int rc = database_reach(o, &d, f);
    if (rc == 0)
        rc = bring_up_to_date(d, f);
    if (rc == 0)
        *ret = TAKE(d);
    return rc;
}

int database_serve(const struct database_options *o, struct database **ret, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    int rc = reach(o, true, &d, f);
    if (rc == 0)
        rc = bring_up_to_date(d, f);
    if (rc == 0)
        *ret = TAKE(d);
    return rc;
}

void database_close(struct database *d)
{
    if (!d)
        return;
    cluster_close(d->cluster);
    free(d->conninfo);
    free(d);
}

const char *database_conninfo(const struct database *d)
{
    return d->conninfo;
}

int database_connect(const struct database *d, struct pg **ret, struct fault *f)
{
    return pg_open(d->conninfo, ret, f);
}

int database_session(const struct database_options *o, struct database **ret, struct pg **ret_pg, struct fault *f)
{
    int rc = database_open(o, ret, f);
    return rc < 0 ? rc : database_connect(*ret, ret_pg, f);
}

void database_wake(const struct database *d)
{
    if (d && d->cluster)
        cluster_wake(d->cluster);
}

int database_watch(struct database *d, struct fault *f)
{
    return d->cluster ? cluster_watch(d->cluster, f) : 0;
}

int database_role(struct pg *pg, const char *role, const char **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT 1 FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER')", 1, &role, &rows,
                      f);
    if (rc == 0)
        *ret = pg_rows_count(rows) ? role : NULL;
    return rc;
}
