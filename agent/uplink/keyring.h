/* The succession of the collector's keys: GET /api/v1/keys answers with a
 * statement under DOMAIN_KEYS,
 *
 *   {"keys":["<base64>",…],"serial":N,"at":…}
 *
 * signed by a key that is pinned or by the recovery key, which lies offline for
 * the day when every other one is lost. The list replaces what is pinned; its
 * serial only grows, so that nobody can bring back a key that was withdrawn.
 * Asked once a day, and when something is signed by a key that is not known. */
#pragma once

#include <stdint.h>

#include "agent/uplink/call.h"

/* An unknown signature is no reason to ask more often: anybody can make one. */
#define KEYRING_PAUSE_US    (600 * INT64_C(1000000))
#define KEYRING_INTERVAL_US (86400 * INT64_C(1000000))

/* 1 when the identity has changed and is kept, 0 when it says what is known,
 * -ESTALE when it is older, -EKEYREJECTED, -EBADMSG, or what writing gave. */
int keyring_accept(const char *state_dir, struct identity *identity, const char *text, size_t len,
                   struct fault *f) CHECKED;

struct keyring_fetch;

/* Called once, from the loop; r as of keyring_accept, or another failure. */
typedef void (*keyring_done_fn)(void *user, int r, const struct fault *f);

int keyring_fetch_start(const struct uplink *uplink, keyring_done_fn done, void *user, struct keyring_fetch **ret,
                        struct fault *f) CHECKED;
void keyring_fetch_cancel(struct keyring_fetch *fetch); /* done is not called; accepts NULL */
