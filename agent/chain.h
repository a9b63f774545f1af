/* The head of this state directory's chain of batches, in state_dir/chain.json:
 * the last batch that was sealed, and what the next one has to say. Replaced
 * whole, so that a power cut leaves the old one or the new one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/batch.h"
#include "common/fault.h"
#include "common/sign.h"

/* Ranges that a gap can list: a header has 4096 bytes, a range at most 110. */
#define CHAIN_GAP_RANGES_MAX 24

struct chain {
    char id[CHAIN_ID_SIZE];
    int64_t seq;    /* of the last batch, 0 before the first */
    int64_t number; /* of its file */
    uint8_t hash[HASH_SIZE];
    int64_t dropping; /* number of the file that is being dropped, 0 when none */
    json_t *gap;      /* owned, NULL when none: {"reason","batches":[{"chain","from","to","results"}]} */
};

/* -ENOENT when there is none, -EBADMSG when it is damaged. */
int chain_read(const char *state_dir, struct chain *ret, struct fault *f) CHECKED;
int chain_write(const char *state_dir, const struct chain *c, struct fault *f) CHECKED;
void chain_free(struct chain *c);

/* A chain of a new random id whose next file comes after `number`. */
struct chain chain_new(int64_t number);
struct chain chain_copy(const struct chain *c); /* chain_free it */

/* A batch of `chain` was dropped unsent. */
void chain_gap_add(struct chain *c, const char *chain, int64_t seq, int64_t results);
bool chain_gap_full(const struct chain *c);
