/* key: the keys of analysts, and the succession of the collector's own. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "collector/database.h"
#include "collector/identity.h"
#include "collector/secret.h"
#include "collector/table.h"
#include "collector/user.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/lang.h"
#include "common/log.h"

static int create(struct pg *pg, const char *name, struct fault *f)
{
    char text[SECRET_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    if (!*name || strlen(name) > 100)
        return fault_set(f, -EINVAL, _("a name of 1 to 100 letters says whose key it is"));
    secret_make(SECRET_KEY, text);
    const char *const params[] = {secret_hash(text, hash), name};
    int rc = pg_query(pg, "INSERT INTO api_key (hash, name) VALUES (decode($1, 'hex'), $2)", 2, params, NULL, f);
    if (rc < 0)
        return rc;
    secret_show(text);
    return 0;
}

static int list(struct pg *pg, struct fault *f)
{
    return table_query(
        pg,
        "SELECT key_no AS no, name, level, to_char(created_at, 'YYYY-MM-DD') AS created, "
        "CASE WHEN revoked_at IS NULL THEN 'good' ELSE 'revoked' END AS state FROM api_key ORDER BY key_no",
        f);
}

static int revoke_key(struct pg *pg, const char *which, struct fault *f)
{
    int rc = secret_revoke(pg,
                           "UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE key_no::text = $1 OR "
                           "hash = decode($2, 'hex')",
                           which, f);
    return rc == 0 ? fault_set(f, -ENOENT, _("no key %s; see: key list"), which) : rc;
}

/* ---- the collector's own key ---- */

#define KEEP_DEFAULT_US (90 * INT64_C(86400000000))

static int read_recovery(const char *path, struct sign_key *ret, struct fault *f)
{
    USER_ROOT_SCOPE;
    return sign_key_read(path, ret, f);
}

/* Works on files alone; the collector that runs goes on with the old key. */
static int succeed(const struct context *c, int argc, char **argv, struct fault *f)
{
    static const struct option options[] = {
        {"keep", required_argument, NULL, 'k'}, {"recovery", required_argument, NULL, 'r'}, {0}};
    int64_t keep = KEEP_DEFAULT_US;
    const char *recovery = NULL;
    struct sign_key key;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'r')
            recovery = optarg;
        else if (o != 'k')
            return COMMAND_USAGE;
        else if (conf_parse_duration(optarg, &keep) < 0 || keep <= 0)
            return fault_set(f, -EINVAL, _("--keep %s: a duration such as 90d is wanted"), optarg);
    }
    if (argc - optind != 1)
        return COMMAND_USAGE;
    int rc = user_take_dir(c->state_dir, f);
    if (rc == 0 && recovery)
        rc = read_recovery(recovery, &key, f);
    if (rc == 0)
        rc = identity_succeed(c->state_dir, recovery ? &key : NULL, clock_wall_us(&clock_system) + keep, f);
    if (recovery)
        sign_key_wipe(&key);
    if (rc == 0)
        puts(_("The next key is made. Restart the collector: probes then learn of it by themselves."));
    return rc;
}

static int command_run(const struct context *c, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    struct fault f = {0};
    if (!strcmp(verb, "succeed")) {
        int rc = succeed(c, argc, argv, &f);
        if (rc < 0)
            log_error("%s", f.text);
        return rc < 0 ? 1 : rc;
    }
    bool creates = !strcmp(verb, "create"), lists = !strcmp(verb, "list"), revokes = !strcmp(verb, "revoke");
    if ((!creates && !lists && !revokes) || argc != (lists ? 2 : 3))
        return COMMAND_USAGE;
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_session(c, &d, &pg, &f);
    if (rc == 0)
        rc = creates ? create(pg, argv[2], &f) : lists ? list(pg, &f) : revoke_key(pg, argv[2], &f);
    if (rc < 0)
        log_error("%s", f.text);
    return rc < 0;
}

const struct command command_key = {
    .name = "key",
    .usage = N_("key create NAME\n"
                "key list\n"
                "key revoke NUMBER|KEY\n"
                "key succeed [--keep 90d] [--recovery FILE]"),
    .help = N_("Make, list and revoke the keys with which analysts read results; give the collector its next own key."),
    .run = command_run,
};
