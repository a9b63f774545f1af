/* What a STAMP session tells of each direction alone.
 *
 * A stateful reflector numbers its answers from 0 in each session, a stateless
 * one copies the sender's numbers. Nothing in the packets says which it is, and
 * a sender that took the one for the other would book loss to the wrong
 * direction. So our sessions begin at sequence number 1, as if packet 0 had
 * been lost before it left this host: the answer to packet 1 carries 0 from a
 * stateful reflector, 1 from a stateless one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/result.h"
#include "common/stamp.h"

#define ONEWAY_FIRST_SEQ 1

struct oneway {
    size_t capacity;
    uint32_t *first;        /* by packet: the reflector's number in the first answer */
    double *forward, *back; /* by packet: T2 - T1 and T4 - T3, ms, NaN without an answer */
    size_t answered;        /* packets */
    size_t highest;         /* one more than the last packet that was answered */
    uint32_t reflected;     /* one more than the highest number of the reflector's */
    size_t dup_forward, dup_back;
    bool stateful; /* seen from a number that is no copy */
    bool unsynced; /* some clock did not claim to be synchronised, or was on another scale */
    bool stepped;  /* this host's clock was set while the session ran */
};

void oneway_init(struct oneway *o, size_t capacity);
void oneway_free(struct oneway *o); /* accepts NULL and an empty one */

/* An answer to packet `index` (0 is the one with ONEWAY_FIRST_SEQ; below
 * capacity); left (T1) and came (T4) are this host's. */
void oneway_answer(struct oneway *o, size_t index, const struct stamp_reply *p, stamp_time left, stamp_time came);

/* Packets lost each way out of the `sent` first; lost after the last answer,
 * none can say where. False when the reflector keeps no state, when nothing
 * came back, or when its numbers cannot be. */
struct oneway_loss {
    size_t sent, forward; /* sent up to the last that was answered; lost on the way there */
    size_t reflected, back;
    size_t unknown;
};
bool oneway_loss(const struct oneway *o, size_t sent, struct oneway_loss *ret);

/* Sets loss_forward, loss_return, owd_*_p50_ms (only with synchronised clocks
 * at both ends), pdv_*_p95_ms, detail.reflector, .lost, .dup and .owd_ms. */
void oneway_report(const struct oneway *o, size_t sent, struct result *r);
