/* The collector's own keys. What it says to probes is signed with one, which
 * they pin when they enrol.
 *
 *   STATE/collector.key      the key that signs
 *   STATE/collector-old.key  the one before, until its end: probes that were
 *                            away still trust it alone
 *   STATE/keys.json          {"serial":N,"old_until":"…"}; absent before the
 *                            first succession
 *   STATE/keys.signed        a list that the recovery key signed; absent unless
 *                            the last succession was a recovery
 *   STATE/recovery.key       made once, to be moved to a safe place: it signs a
 *                            list of keys on the day when the others are lost
 *                            or stolen
 *   STATE/recovery.pub       its public half, which probes pin too
 *
 * Probes learn a new list from GET /api/v1/keys. Its statement is signed by the
 * oldest key on the list, because every probe that was there lately trusts that
 * one, or by the recovery key. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/sign.h"

struct identity {
    struct sign_key key;
    bool has_old;
    struct sign_key old;
    int64_t old_until_us;
    bool has_recovery;
    uint8_t recovery[SIGN_PUBLIC_SIZE];
    int64_t serial;
    struct buf signed_list; /* by the recovery key; empty when there is none */
};

/* Reads the files, or makes the keys (mode 0600). An old key whose
 * end has come is removed. *ret_fresh says that recovery.key was made now. */
int identity_open(const char *state_dir, struct identity *ret, bool *ret_fresh, struct fault *f) CHECKED;
void identity_close(struct identity *i);

/* Makes the next key and keeps this one listed until `until_us`. With a
 * recovery key (else NULL) the list holds the next key alone. */
int identity_succeed(const char *state_dir, const struct sign_key *recovery, int64_t until_us, struct fault *f) CHECKED;

/* The statement of GET /api/v1/keys. */
void identity_keys(const struct identity *i, struct buf *out);
/* The keys that count, as a JSON array of base64; owned by the caller. */
json_t *identity_list(const struct identity *i) CHECKED;
