/* What the collector says when it holds a batch: a statement signed under
 * DOMAIN_ACK by a pinned key.
 *
 *   {"ack":1,"probe":…,"stored":["<hash>"],
 *    "heads":[{"chain","seq","hash"}]      the highest seq held of each chain
 *    "missing":[{"chain","from","to"}]     holes that no gap explains
 *    "forks":["chain"]                     chains with two batches of one seq
 *    "seen":"192.0.2.0/24"}                where the answer went, cut
 *
 * Only `stored` lets the agent let go of anything. The others may be absent. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/probe/identity.h"
#include "common/fault.h"
#include "common/sign.h"

/* More ranges or chains than this in one answer are not looked at. */
#define ACK_ITEMS_MAX 256

struct ack {
    json_t *json; /* owned */
};

struct ack_head {
    const char *chain; /* borrowed, as all texts here */
    int64_t seq;
    uint8_t hash[HASH_SIZE];
};

struct ack_range {
    const char *chain;
    int64_t from, to; /* 1 <= from <= to */
};

/* -EKEYREJECTED when no pinned key signed it, -EBADMSG when it is no
 * acknowledgement or for another probe. */
int ack_read(const struct identity *identity, const char *text, size_t len, struct ack *ret, struct fault *f) CHECKED;
void ack_free(struct ack *a);

bool ack_stored(const struct ack *a, const uint8_t hash[static HASH_SIZE]);
/* The nth of each, in order; false past the last. Malformed ones are passed over. */
bool ack_head(const struct ack *a, size_t *cursor, struct ack_head *ret);
bool ack_missing(const struct ack *a, size_t *cursor, struct ack_range *ret);
bool ack_forked(const struct ack *a, const char *chain);
const char *ack_seen(const struct ack *a); /* "" when not said */
