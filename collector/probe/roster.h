/* The probes that the collector knows, with the keys that may speak for them.
 * Those met lately are remembered, so that a batch costs no query; a revocation
 * is seen at the latest when the batch is stored (ledger.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/db/pg.h"
#include "common/batch.h"
#include "common/sign.h"

/* A probe that rotates has one key that counts and those of the past. */
#define ROSTER_KEYS_MAX 16

/* The batch whose header brought the next key: the last place that is the old one's. */
struct roster_until {
    char chain[CHAIN_ID_SIZE];
    int64_t seq;
};

struct roster_probe {
    char id[PROBE_ID_SIZE];
    int32_t no; /* 0: not known */
    bool revoked, forgotten;
    size_t key_count, current_count;
    uint8_t keys[ROSTER_KEYS_MAX][SIGN_PUBLIC_SIZE]; /* the current ones, then those that were replaced */
    struct roster_until until[ROSTER_KEYS_MAX];      /* of those */
};

/* What is held around a place of a chain. */
enum roster_place {
    ROSTER_PLACE_OPEN,   /* nothing that says which batch belongs there */
    ROSTER_PLACE_PROVEN, /* this batch, or one whose `prev` names it */
    ROSTER_PLACE_OTHER,  /* a next one whose `prev` names another */
};

struct roster;
struct roster *roster_new(struct pg_pool *pool) CHECKED;
void roster_free(struct roster *r);

/* Was the database asked about this probe within the last minute? Then what it said. */
bool roster_remembers(struct roster *r, const char *id, struct roster_probe *ret);
/* Asks the database. -EBUSY, -ENOTCONN, -EIO. */
int roster_ask(struct roster *r, const char *id, struct roster_probe *ret, struct fault *f) CHECKED;
/* Asks the ledger about a place; returns as roster_ask. */
int roster_place(struct roster *r, int32_t probe_no, const char *chain, int64_t seq,
                 const uint8_t hash[static HASH_SIZE], enum roster_place *ret, struct fault *f) CHECKED;
/* What is remembered of the probe no longer holds. */
void roster_forget(struct roster *r, const char *id);
