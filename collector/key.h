/* Keys of analysts: who may read results over the API. */
#pragma once

#include "collector/pg.h"

enum access {
    ACCESS_PUBLIC,  /* aggregates */
    ACCESS_ANALYST, /* results, redacted */
};

/* The access that an Authorization header gives: NULL is ACCESS_PUBLIC.
 * -EACCES when it names no good key (f says what to do), -EBUSY or -ENOTCONN
 * when the database cannot be asked. `pool` is the ingest pool. */
int key_access(struct pg_pool *pool, const char *authorization, enum access *ret, struct fault *f) CHECKED;
