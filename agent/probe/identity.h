/* Who this probe is and whom it trusts: its key, its name for life, the
 * collector's address and the collector's keys, pinned at enrolment.
 *
 *   key            base64 of the secret, mode 0600
 *   key.next       the one that shall replace it (rotation.h tells how)
 *   identity.json  {"probe":…,"collector":…,"keys":[…],"recovery":…,"serial":…,
 *                   "was":[…],"enrolled_at":…,"turn":N}
 *
 * recovery is a key of the collector that lies offline: it only ever signs a
 * new list of keys (keyring.h). was: public keys that this probe had before.
 *
 * A state directory is enrolled once identity.json is there; a key alone is
 * what an enrolment that failed half-way left for the next try. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/fault.h"
#include "common/sign.h"

/* Keys that a collector may have at once: now, next, recovery, and spare. */
#define IDENTITY_KEYS_MAX 8
/* Keys that a probe had before: the oldest fall out. */
#define IDENTITY_WAS_MAX  8
#define COLLECTOR_URL_MAX 255

struct identity {
    struct sign_key key;
    char probe[PROBE_ID_SIZE];
    char collector[COLLECTOR_URL_MAX + 1]; /* without a slash at its end */
    uint8_t keys[IDENTITY_KEYS_MAX][SIGN_PUBLIC_SIZE];
    size_t key_count;
    bool has_recovery;
    uint8_t recovery[SIGN_PUBLIC_SIZE];
    int64_t serial;                                  /* of the list of keys; only grows */
    uint8_t was[IDENTITY_WAS_MAX][SIGN_PUBLIC_SIZE]; /* newest first */
    size_t was_count;
    int64_t enrolled_at_us;
    int64_t turn; /* of what this probe asked for last; only grows */
};

/* -ENOENT when the state directory is not enrolled. */
int identity_read(const char *state_dir, struct identity *ret, struct fault *f) CHECKED;
int identity_write(const char *state_dir, const struct identity *id, struct fault *f) CHECKED;
/* The next turn: what enrols the probe, takes it away or changes its key carries
 * one, so that an old wish that somebody kept does not count again. It grows by
 * the wall clock, too (wall_us), so that a folder put back from a backup is not
 * behind for ever. Not written yet. */
int64_t identity_turn(struct identity *id, int64_t wall_us);
/* The probe's public key joins those that it had; not written yet. */
void identity_retire(struct identity *id);
void identity_wipe(struct identity *id);

/* Texts of keys in base64: 1 to `max` of them. */
int identity_keys_parse(const json_t *array, uint8_t (*ret)[SIGN_PUBLIC_SIZE], size_t min, size_t max,
                        size_t *ret_count, struct fault *f) CHECKED;

/* The key of a state directory, made when there is none. */
int identity_key(const char *state_dir, struct sign_key *ret, struct fault *f) CHECKED;

/* "http://host:port/" without the slashes at its end; -EINVAL when it is no
 * http or https address or too long. */
int identity_url(const char *text, char ret[static COLLECTOR_URL_MAX + 1], struct fault *f) CHECKED;
