/* Who this probe is and whom it trusts: its key, its name for life, the
 * collector's address and the collector's keys, pinned at enrolment.
 *
 *   key            base64 of the secret, mode 0600
 *   identity.json  {"probe":…,"collector":…,"keys":[…],"enrolled_at":…}
 *
 * A state directory is enrolled once identity.json is there; a key alone is
 * what an enrolment that failed half-way left for the next try. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"
#include "common/sign.h"

/* Keys that a collector may have at once: now, next, recovery, and spare. */
#define IDENTITY_KEYS_MAX 8
#define COLLECTOR_URL_MAX 255

struct identity {
    struct sign_key key;
    char probe[PROBE_ID_SIZE];
    char collector[COLLECTOR_URL_MAX + 1]; /* without a slash at its end */
    uint8_t keys[IDENTITY_KEYS_MAX][SIGN_PUBLIC_SIZE];
    size_t key_count;
    int64_t enrolled_at_us;
};

/* -ENOENT when the state directory is not enrolled. */
int identity_read(const char *state_dir, struct identity *ret, struct fault *f) CHECKED;
int identity_write(const char *state_dir, const struct identity *id, struct fault *f) CHECKED;
void identity_wipe(struct identity *id);

/* The key of a state directory, made when there is none. */
int identity_key(const char *state_dir, struct sign_key *ret, struct fault *f) CHECKED;

/* "http://host:port/" without the slashes at its end; -EINVAL when it is no
 * http or https address or too long. */
int identity_url(const char *text, char ret[static COLLECTOR_URL_MAX + 1], struct fault *f) CHECKED;
