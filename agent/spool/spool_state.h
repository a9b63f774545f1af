/* The spool from the inside, which spool.c and recovery.c share; nobody else
 * includes it. */
#pragma once

#include "agent/spool/spool.h"

struct spool {
    const char *dir; /* owned */
    struct identity *identity;
    const struct clock *clock;
    int64_t max_bytes;
    struct journal journal;
    struct chain chain;
    struct spool_places places;
    struct epoch epoch;
    bool half_sealed;  /* a batch is on disk that the head does not know, and could not be taken back */
    int64_t acked_seq; /* the highest of this chain that was acknowledged since the start */
    char notice[FAULT_TEXT_MAX];
};

/* The four steps of sealing journal `number`, or what is left of them. */
int spool_seal_number(struct spool *s, int64_t number, struct fault *f) CHECKED;
