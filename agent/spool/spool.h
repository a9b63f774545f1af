/* The spool: sealed batches on disk until the collector's signed word says
 * that it has them. The protocol stands at the head of spool.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/spool/ack.h"
#include "agent/spool/chain.h"
#include "agent/probe/identity.h"
#include "agent/spool/epoch.h"
#include "agent/spool/list.h"
#include "agent/spool/places.h"
#include "common/clock.h"
#include "common/fault.h"
#include "common/result.h"

/* Acknowledged batches are kept up to this size, to refill a collector that
 * had to be restored from yesterday's backup. */
#define SPOOL_ACKED_MAX (20u << 20)
/* A detail of this many bytes stays also when room runs short. */
#define SPOOL_DETAIL_SMALL 256
/* What the prose in spool.c adds up to. */
#define SPOOL_SYNCS_A_DAY (1440 + 96 * 7)

struct spool;

/* Opens the spool of a locked state directory and finishes what a crash left
 * half-done. identity and clock are borrowed; identity's key changes when a
 * rotation takes place. */
int spool_open(const char *state_dir, struct identity *identity, const struct clock *clock, int64_t max_bytes,
               struct spool **ret, struct fault *f) CHECKED;
void spool_free(struct spool *s); /* seals nothing; syncs nothing */
void spool_set_max(struct spool *s, int64_t max_bytes);

/* Into the journal; seals first when it is full. */
int spool_append(struct spool *s, const struct result *r, struct fault *f) CHECKED;
int spool_sync(struct spool *s, struct fault *f) CHECKED;
/* Makes a batch of what the journal holds; nothing when it is empty. */
int spool_seal(struct spool *s, struct fault *f) CHECKED;
/* The agent is on another network from now on: what is open is sealed first. */
int spool_move(struct spool *s, const struct spool_network *to, struct fault *f) CHECKED;
/* How long the oldest open result has waited; -1 when none is open. */
int64_t spool_age_us(const struct spool *s);
bool spool_dirty(const struct spool *s); /* is something open not durable yet? */

/* What the owner should know, such as a dropped batch: once, for the log. */
bool spool_notice(struct spool *s, char ret_text[static FAULT_TEXT_MAX]);

/* What lies where, and moves on the collector's word. */
struct spool_places *spool_places(struct spool *s);
const struct spool_list *spool_list(const struct spool *s, enum spool_place place);
const struct spool_list *spool_waiting(const struct spool *s);
char *spool_entry_path(const struct spool *s, int64_t number) CHECKED; /* of one that waits; the caller frees */
/* The collector holds it: into the ring of acknowledged ones. h is its header. */
int spool_acked(struct spool *s, int64_t number, const struct batch_header *h, struct fault *f) CHECKED;
/* Has the collector less of this chain than it once acknowledged? */
bool spool_behind(const struct spool *s, const struct ack *ack);
/* Does the collector hold another batch of this chain than the one made here? */
bool spool_forked(const struct spool *s, const struct ack *ack);
/* Gives the chain up for a new one. */
int spool_new_chain(struct spool *s, struct fault *f) CHECKED;
int64_t spool_forks(const struct spool *s); /* chains given up so far */
