/* The three places of a spool in a locked state directory, and the way of a
 * batch from one to another. What lies where is kept in memory; the files are
 * what counts. */
#pragma once

#include <stdbool.h>

#include "agent/spool/ack.h"
#include "agent/spool/list.h"

struct spool_places {
    const char *dir; /* the state directory, borrowed */
    struct spool_list of[SPOOL_PLACES];
};

/* Makes the folders, removes what a crash left half-written, and looks. */
int spool_places_open(struct spool_places *p, const char *state_dir, struct fault *f) CHECKED;
void spool_places_free(struct spool_places *p);

int spool_places_move(struct spool_places *p, enum spool_place from, enum spool_place to, int64_t number,
                      struct fault *f) CHECKED;
/* A batch that waits goes to the refused ones, with the reason beside it. */
int spool_places_reject(struct spool_places *p, int64_t number, const char *reason, struct fault *f) CHECKED;
/* All refused ones wait again. */
int spool_places_unreject(struct spool_places *p, struct fault *f) CHECKED;
/* One of them, by chance: its number, 0 when there is none, or < 0. */
int64_t spool_places_unreject_one(struct spool_places *p, uint64_t random, struct fault *f) CHECKED;
/* Takes one away, with its reason. */
int spool_places_remove(struct spool_places *p, enum spool_place place, int64_t number, struct fault *f) CHECKED;

/* What the collector does not hold, though it once said so, waits again.
 * Returns how many, or < 0. */
int spool_places_refill(struct spool_places *p, const struct ack *ack, struct fault *f) CHECKED;
/* The batches that changed the key wait again. Returns how many, or < 0. */
int spool_places_refill_keys(struct spool_places *p, struct fault *f) CHECKED;
bool spool_places_keys_wait(struct spool_places *p); /* is there one among those that wait? */
/* The oldest acknowledged ones go until the others have max_bytes at most. Those
 * that bring a new key stay: without them a collector from a backup could never
 * know it. */
void spool_places_trim(struct spool_places *p, int64_t max_bytes);

struct spool_position {
    enum spool_place place;
    int64_t number;
};

/* The nth oldest batch that is not acknowledged, waiting or rejected. False past
 * the last but one: the newest of all always stays, since it carries the gap. */
bool spool_places_oldest(const struct spool_places *p, size_t n, struct spool_position *ret);
/* The first one in whatever place whose number is past this one. */
bool spool_places_past(const struct spool_places *p, int64_t number, struct spool_position *ret);
int64_t spool_places_last(const struct spool_places *p);  /* the highest number, 0 when empty */
int64_t spool_places_bytes(const struct spool_places *p); /* of what waits and what was refused */
