/* The one transaction that stores batches: keys, bodies, projection, problems,
 * dirty days; all of it or nothing, each batch once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/db/pg.h"
#include "collector/ledger/project.h"
#include "common/batch.h"

#define LEDGER_HEADS_MAX 16 /* chains of a probe that an answer lists */
#define LEDGER_HOLES_MAX 32 /* ranges of what is missing */

struct ledger_head { /* the highest batch of a chain */
    char chain[CHAIN_ID_SIZE];
    int64_t seq;
    char hash[HASH_TEXT_SIZE];
    bool forked; /* two batches of the chain contradict each other */
};

struct ledger_hole { /* batches that are missing, and that no gap record explains */
    char chain[CHAIN_ID_SIZE];
    int64_t first, last;
};

enum ledger_fate {
    LEDGER_WAITING,
    LEDGER_STORED,
    LEDGER_KNOWN,   /* was stored before; nothing changed */
    LEDGER_REVOKED, /* the probe was revoked, or its key replaced, meanwhile; nothing was stored */
};

struct ledger_entry {
    /* in */
    const struct batch *batch;
    int32_t probe_no;
    const uint8_t *signer; /* the key that signed, borrowed */
    bool in_force;         /* stored only if that key still is */
    const char *seen;      /* where it was pushed from, seen_prefix, borrowed; NULL: nobody pushed it */
    const void *body;      /* the file as it came, borrowed */
    size_t body_len;
    struct projection *projection; /* borrowed; gets its batch_no */
    bool ask;                      /* store nothing: KNOWN when it is held, else REVOKED */
    /* out */
    enum ledger_fate fate;
    int64_t problems; /* that are listed of it */
    int64_t batch_no; /* when it was stored now */
    struct ledger_head heads[LEDGER_HEADS_MAX];
    size_t head_count;
    struct ledger_hole holes[LEDGER_HOLES_MAX];
    size_t hole_count;
    /* for the caller's use */
    void *owner;
};

/* One connection that writes. */
struct ledger;
struct ledger *ledger_new(struct pg *pg) CHECKED; /* takes pg over */
void ledger_free(struct ledger *l);
static inline void ledger_freep(struct ledger **l)
{
    ledger_free(*l);
}

/* Stores the entries in one transaction; sorts the array. On failure nothing
 * is stored, and a caller with several entries tries each alone. -ENOTCONN
 * leaves open whether the commit happened: trying again is safe. */
int ledger_write(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f) CHECKED;
