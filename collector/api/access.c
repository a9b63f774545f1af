#include "collector/api/access.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "collector/probe/secret.h"
#include "common/lang.h"

const char *access_bearer(const char *authorization)
{
    if (!authorization)
        return NULL;
    const char *text = authorization + strspn(authorization, " ");
    if (strncasecmp(text, "Bearer ", 7) != 0)
        return "";
    return text + 7 + strspn(text + 7, " ");
}

static int ask(struct pg_pool *pool, const char *sql, const char *secret, struct pg_rows **ret, struct fault *f)
{
    char hash[HASH_TEXT_SIZE];
    const char *param = secret_hash(secret, hash);
    struct pg *pg = NULL;
    int rc = pg_pool_take(pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    rc = pg_query(pg, sql, 1, &param, ret, f);
    pg_pool_give(pool, pg);
    return rc;
}

static int refuse(enum lang lang, const char *why, struct fault *f)
{
    LANG_SCOPE(lang);
    return fault_set(f, -EACCES, "%s", _(why));
}

int access_of(struct pg_pool *pool, const char *secret, enum lang lang, struct access *ret, struct fault *f)
{
    static const char analyst[] = "SELECT 1 FROM api_key WHERE hash = decode($1, 'hex') AND revoked_at IS NULL",
                      owner[] = "SELECT p.probe FROM probe_owner o JOIN probe p USING (probe_no) "
                                "WHERE o.hash = decode($1, 'hex')";
    *ret = (struct access){ACCESS_PUBLIC, ""};
    if (!secret)
        return 0;
    bool owns = !strncmp(secret, SECRET_OWNER, strlen(SECRET_OWNER));
    if (!owns && strncmp(secret, SECRET_KEY, strlen(SECRET_KEY)) != 0)
        return refuse(lang, N_("Authorization must be: Bearer imk_…"), f);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = ask(pool, owns ? owner : analyst, secret, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0)
        return refuse(lang,
                      owns ? N_("this link belongs to no probe here; `internetmetre-agent status` on the box shows "
                                "the one that counts")
                           : N_("this key is not known, or was revoked; ask the collector's team for one"),
                      f);
    ret->level = owns ? ACCESS_OWNER : ACCESS_ANALYST;
    if (owns)
        snprintf(ret->probe, sizeof ret->probe, "%s", pg_text(rows, 0, 0));
    return 0;
}
