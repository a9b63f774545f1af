/* Who may read results over the API: analysts, all of them; who hosts a probe,
 * those of that probe. */
#pragma once

#include "collector/db/pg.h"
#include "common/lang.h"
#include "common/sign.h"

enum access_level {
    ACCESS_PUBLIC,  /* aggregates */
    ACCESS_OWNER,   /* the results of one probe */
    ACCESS_ANALYST, /* all results, redacted as the probes sent them */
};

struct access {
    enum access_level level;
    char probe[PROBE_ID_SIZE]; /* the owner's */
};

/* The access that a secret gives, imk_… or imo_…; NULL is ACCESS_PUBLIC. -EACCES
 * when it is no good one (f says in lang what to do), -EBUSY or -ENOTCONN when the
 * database cannot be asked. `pool` is the ingest pool. */
int access_of(struct pg_pool *pool, const char *secret, enum lang lang, struct access *ret, struct fault *f) CHECKED;

/* The secret in an Authorization header, "" when it has none; NULL for NULL. */
const char *access_bearer(const char *authorization);
