/* The probes that the collector knows, with the keys that may speak for them.
 * Those met lately are remembered, so that a batch costs no query; a revocation
 * is seen at the latest when the batch is stored (ledger.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/db/pg.h"
#include "common/sign.h"

/* A probe that rotates has one key that counts and those of the past. */
#define ROSTER_KEYS_MAX 16

struct roster_probe {
    char id[PROBE_ID_SIZE];
    int32_t no; /* 0: not known */
    bool revoked, forgotten;
    size_t key_count;
    uint8_t keys[ROSTER_KEYS_MAX][SIGN_PUBLIC_SIZE]; /* the latest first */
};

struct roster;
struct roster *roster_new(struct pg_pool *pool) CHECKED;
void roster_free(struct roster *r);

/* Was the database asked about this probe within the last minute? Then what it said. */
bool roster_remembers(struct roster *r, const char *id, struct roster_probe *ret);
/* Asks the database. -EBUSY, -ENOTCONN, -EIO. */
int roster_ask(struct roster *r, const char *id, struct roster_probe *ret, struct fault *f) CHECKED;
/* What is remembered of the probe no longer holds. */
void roster_forget(struct roster *r, const char *id);
