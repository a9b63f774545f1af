/* key: the keys of analysts, and the succession of the collector's own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/probe/identity.h"
#include "collector/probe/secret.h"
#include "collector/db/table.h"
#include "collector/db/user.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/lang.h"

static int create(const struct session *s, struct fault *f)
{
    char text[SECRET_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    secret_make(SECRET_KEY, text);
    const char *const params[] = {secret_hash(text, hash), s->in->args[0]};
    return secret_give(s->pg, "INSERT INTO api_key (hash, name) VALUES (decode($1, 'hex'), $2)", 2, params, text, f);
}

static int list(const struct session *s, struct fault *f)
{
    return table_query(
        s->pg,
        "SELECT key_no AS no, name, level, to_char(created_at, 'YYYY-MM-DD') AS created, "
        "CASE WHEN revoked_at IS NULL THEN 'good' ELSE 'revoked' END AS state FROM api_key ORDER BY key_no",
        f);
}

static int revoke_key(const struct session *s, struct fault *f)
{
    const char *which = s->in->args[0];
    int rc = secret_revoke(s->pg,
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
static int succeed(const struct session *s, struct fault *f)
{
    const char *state_dir = s->context->state_dir;
    int64_t keep = invocation_number(s->in, "keep", KEEP_DEFAULT_US);
    const char *recovery = invocation_text(s->in, "recovery");
    struct sign_key key;
    int rc = user_take_dir(state_dir, f);
    if (rc == 0 && recovery)
        rc = read_recovery(recovery, &key, f);
    if (rc == 0)
        rc = identity_succeed(state_dir, recovery ? &key : NULL, clock_wall_us(&clock_system) + keep, f);
    if (recovery)
        sign_key_wipe(&key);
    if (rc == 0)
        puts(_("The next key is made. Restart the collector: probes then learn of it by themselves."));
    return rc;
}

/* ---- the command ---- */

static const struct option options[] = {
    {"keep", N_("90d"), N_("how long the key before counts beside it; without it, 90d"), OPTION_DURATION,
     .verb = "succeed"},
    {"recovery", N_("FILE"), N_("recovery.key, where the collector's own key is lost or stolen"), OPTION_FILE,
     .verb = "succeed"},
    {0},
};

static int check_name(const char *text, struct fault *f)
{
    if (*text && form_text(text) && strlen(text) <= 100)
        return 0;
    return fault_set(f, -EINVAL, _("a name of 1 to 100 letters says whose key it is"));
}

static int check_key(const char *text, struct fault *f)
{
    return secret_check(SECRET_KEY, text, f);
}

static const struct verb verbs[] = {{"create", 1, 1, check_name, DEED(create)},
                                    {"list", DEED(list)},
                                    {"revoke", 1, 1, check_key, DEED(revoke_key)},
                                    {"succeed", DEED_ALONE(succeed)},
                                    {0}};

const struct command command_key = {
    .name = "key",
    .usage = N_("create NAME\n"
                "list\n"
                "revoke NUMBER|KEY\n"
                "succeed [--keep 90d] [--recovery FILE]"),
    .help = N_("Make, list and revoke the keys with which analysts read results; give the collector its next own key."),
    .options = options,
    .verbs = verbs,
    .run = session_run,
};
