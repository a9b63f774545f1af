/* The head of this state directory's chain of batches: what was sealed last,
 * and what the next header has to say. chain.json is replaced whole:
 *
 *   {"chain","seq","hash","number","dropping","gap","rotated","forks"}
 *
 * The functions that change it write the file first and change the memory
 * after: a disk that is full leaves both as they were. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/batch.h"
#include "common/fault.h"
#include "common/sign.h"

/* Ranges that one header's gap can list; past it dropping waits for the next
 * batch. A header has 8192 bytes, a range at most 110. */
#define CHAIN_GAP_MAX 24

struct chain {
    char id[CHAIN_ID_SIZE];
    int64_t seq;             /* of the last batch, 0 when none */
    uint8_t hash[HASH_SIZE]; /* of that batch */
    int64_t number;          /* names its file; only grows, over all chains */
    int64_t dropping;        /* the file being dropped, 0 when none */
    json_t *gap;             /* owned; NULL when nothing was dropped */
    bool has_rotated;        /* then rotated is the key in force since that batch */
    uint8_t rotated[SIGN_PUBLIC_SIZE];
    int64_t forks; /* chains given up because the collector knew another batch of theirs */
};

/* Reads chain.json. -ENOENT when absent, -EBADMSG when damaged. */
int chain_read(const char *state_dir, struct chain *ret, struct fault *f) CHECKED;
void chain_free(struct chain *c);

/* Begins a chain with a new random id; numbers go on from `number`. What was
 * dropped is still to be said. */
int chain_start(const char *state_dir, struct chain *c, int64_t number, bool forked, struct fault *f) CHECKED;

/* A batch was sealed: the head moves to it, and its gap has been said. rotated
 * is the key in force from now on, or NULL. */
int chain_advance(const char *state_dir, struct chain *c, int64_t number, int64_t seq,
                  const uint8_t hash[static HASH_SIZE], const uint8_t *rotated, struct fault *f) CHECKED;

/* The file of `number` is about to go: the next batch has to say so. batch is
 * what it holds, or NULL when it cannot be read. */
int chain_drop(const char *state_dir, struct chain *c, int64_t number, const struct batch *batch,
               struct fault *f) CHECKED;
bool chain_gap_full(const struct chain *c);

/* The first 16 digits of a chain's id as a number, to compare many. */
uint64_t chain_key(const char *id);
