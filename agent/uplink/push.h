/* Sends what the spool holds, oldest first, and believes only the collector's
 * signed word. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/spool/spool.h"
#include "agent/uplink/call.h"
#include "agent/uplink/trouble.h"
#include "common/fault.h"
#include "common/sign.h"

/* A pause that a collector asks for (Retry-After) is kept up to a day: it
 * must not be able to silence a probe for good. */
#define PUSH_RETRY_AFTER_MAX_US (86400 * INT64_C(1000000))
#define PUSH_RETRY_FIRST_US     (2 * INT64_C(1000000))
/* The same holes are filled at most so often: a collector that goes on naming
 * them must not make a metered line send its ring again and again. */
#define PUSH_REFILL_US (3600 * INT64_C(1000000))
/* One of the refused batches is offered again at most so often, after another
 * one was taken. */
#define PUSH_OFFER_US (86400 * INT64_C(1000000))

/* ---- decisions, without I/O ---- */

enum push_verdict {
    PUSH_STORED,   /* the collector has signed that it holds the batch */
    PUSH_REJECTED, /* the collector refuses this batch for good */
    PUSH_STRANGER, /* signed, but by a key that is not pinned: as below, and the
                    * collector's list of keys is worth asking for */
    PUSH_RETRY,    /* anything else: later again */
};

/* Judges the answer to a batch of this hash. ret_trouble says why not
 * stored. ret_ack is filled when it is stored (ack_free). */
enum push_verdict push_judge(const struct web_reply *reply, const struct identity *identity,
                             const uint8_t hash[static HASH_SIZE], struct ack *ret_ack, struct trouble *ret_trouble);

/* The pause after `failures` tries in a row: full jitter below an exponential
 * bound (`random` is uniform over 64 bits), on top of what the collector asked
 * for (retry_after_us, -1 when it did not). */
int64_t push_delay_us(unsigned failures, int64_t max_us, int64_t retry_after_us, uint64_t random);

/* ---- the sender ---- */

struct push_state {
    int64_t acked; /* batches since the start */
    int64_t rejected;
    int64_t last_ack_us;             /* wall clock, 0 when none */
    int64_t last_ack_mono_us;        /* CLOCK_BOOTTIME of it */
    unsigned failures;               /* tries in a row without success */
    struct trouble trouble;          /* none when the last try went well */
    char last_fault[FAULT_TEXT_MAX]; /* the same as text; "" when the last try went well */
    int64_t refilled;                /* batches sent anew because the collector had lost them */
    bool stranger;                   /* the last answer was signed by a key that is not pinned */
    char seen[NETWORK_TEXT_MAX];     /* where the collector saw us last, cut; "" when it has not said */
};

struct push;

/* Called after each batch and each failed try. */
typedef void (*push_news_fn)(void *user, const struct push_state *state);

/* Everything is borrowed. */
struct push *push_new(const struct uplink *uplink, struct spool *spool, int64_t retry_max_us, push_news_fn fn,
                      void *user) CHECKED;
void push_kick(struct push *p);       /* something waits; goes at once unless a pause runs */
void push_now(struct push *p);        /* somebody asks for it: a pause ends */
bool push_idle(const struct push *p); /* nothing in flight */
const struct push_state *push_state(const struct push *p);
void push_free(struct push *p); /* what is in flight is dropped; the loop has to turn once more */
