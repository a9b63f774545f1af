/* Epochs: when and where the agent ran. Each batch belongs to one boot and one
 * network, and its header says from when to when the agent was there: from the
 * last seal, or the agent's start, to this seal. What no batch covers, the box
 * was off.
 *
 * The header's sealed_at, mono_us, boot and sync are one moment on both clocks:
 * that of sealing or, when the power went first, that of the last result,
 * because a later boot cannot tell the earlier one's mono clock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/probe/network.h"
#include "agent/spool/journal.h"
#include "common/batch.h"
#include "common/clock.h"

/* Where the agent is, "" when not known (network.h). */
struct spool_network {
    char link[16], net[NETWORK_TEXT_MAX], net6[NETWORK_TEXT_MAX];
};

struct epoch {
    const struct clock *clock; /* borrowed */
    struct spool_network network;
    int64_t covered_us; /* CLOCK_BOOTTIME up to which batches tell where the agent was */
};

/* The agent has started, on a network that is not known yet. */
void epoch_init(struct epoch *e, const struct clock *clock);

/* The one that goes on now, as a journal's first line keeps it; the caller frees. */
json_t *epoch_begin(const struct epoch *e) CHECKED;
/* A batch tells all up to mono_us. */
void epoch_cover(struct epoch *e, int64_t mono_us);

/* Is that another network? Then epoch_move, once what is open is sealed. */
bool epoch_leaves(const struct epoch *e, const struct spool_network *to);
void epoch_move(struct epoch *e, const struct spool_network *to);

/* Of a journal that is sealed: the header's moment; and its epochs up to then, NULL when
 * the journal has none (the caller frees). */
void epoch_moment(const struct epoch *e, const struct journal_content *c, struct batch_header *h);
json_t *epoch_end(const struct journal_content *c, const struct batch_header *h);
