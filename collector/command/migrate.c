/* migrate: the schema of a database, and the version of the private cluster. */
#include <errno.h>

#include "collector/db/cluster.h"
#include "collector/command/command.h"
#include "collector/db/migrate.h"
#include "common/lang.h"
#include "common/log.h"

static int upgrade_cluster(const struct context *c, struct fault *f)
{
    struct cluster_options options = {.state_dir = c->state_dir};
    unsigned from = 0, to = 0;
    if (c->settings.database && *c->settings.database)
        return fault_set(f, -EINVAL, _("--upgrade-cluster is for the private cluster; here database = %s is set"),
                         c->settings.database);
    int rc = cluster_upgrade(&options, &from, &to, f);
    if (rc == 0 && from == to)
        log_info(_("PostgreSQL %u is the newest installed; the cluster stays"), to);
    else if (rc == 0)
        log_info(
            _("the cluster moved from PostgreSQL %u to %u; the old data stays in %s/postgresql.%u until you remove it"),
            from, to, c->state_dir, from);
    return rc;
}

static const struct option options[] = {
    {"upgrade-cluster", NULL, N_("first move the private cluster to the newest PostgreSQL that is installed")},
    {0},
};

static int run(const struct invocation *in)
{
    const struct context *c = in->context;
    struct fault f = {0};
    unsigned applied = 0;
    int rc = invocation_flag(in, "upgrade-cluster") ? upgrade_cluster(c, &f) : 0;
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    if (rc == 0)
        rc = database_reach(&c->database, &d, &f);
    if (rc == 0)
        rc = database_connect(d, &pg, &f);
    if (rc == 0)
        rc = migrate_run(pg, true, &applied, &f);
    if (rc < 0) {
        log_error("%s", f.text);
        return 1;
    }
    log_info(_("the schema is up to date; migrations applied: %u"), applied);
    return 0;
}

const struct command command_migrate = {
    .name = "migrate",
    .usage = N_("[--upgrade-cluster]"),
    .help = N_("Bring the database to this version's schema; move the private cluster to a later PostgreSQL."),
    .options = options,
    .run = run,
};
