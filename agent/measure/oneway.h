/* What a STAMP session tells of each direction alone.
 *
 * A stateful reflector numbers its answers from 0 in each session, a stateless
 * one copies the sender's numbers. Nothing in the packets says which it is, and
 * a sender that took the one for the other would book loss to the wrong
 * direction. So our sessions begin at sequence number 1, as if packet 0 had
 * been lost before it left this host: the answer to packet 1 carries 0 from a
 * stateful reflector, 1 from a stateless one.
 *
 * A reflector writes what times it likes. One-way delay (RFC 7679) is the
 * difference of two clocks, and is measured only where both say that something
 * outside disciplines them (RFC 8762 section 4.2.1's S bit) and nothing that
 * came shows the contrary. With T1 and T4 by this host's clock, both ways
 * together are the round trip; so a clock is wrong that
 *
 *   - writes zeros, or the same time in every answer;
 *   - makes one way take less than nothing, and with it the other longer than
 *     the whole round trip;
 *   - lets one way vary by more than the longest round trip.
 *
 * Delay variation is against the way's own minimum (RFC 5481 section 4.2), where
 * a clock that is merely off cancels out. */
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
    bool *gone;             /* by packet: withdrawn */
    double longest;         /* round trip, ms */
    size_t answered;        /* packets */
    size_t highest;         /* one more than the last packet that was answered */
    uint32_t reflected;     /* one more than the highest number of the reflector's */
    size_t dup_forward, dup_back;
    size_t excused;      /* answers that were too big for the way back, counted in nothing (rtt_series_excuse) */
    stamp_time received; /* T2 of the first answer */
    bool runs;           /* another T2 came */
    bool zero;           /* some time was none */
    bool stateful;       /* seen from a number that is no copy */
    bool unsynced;       /* some clock did not claim to be synchronised, or was on another scale */
    bool stepped;        /* this host's clock was set while the session ran */
};

void oneway_init(struct oneway *o, size_t capacity);
void oneway_free(struct oneway *o); /* accepts NULL and an empty one */

/* An answer to packet `index` (0 is the one with ONEWAY_FIRST_SEQ; below
 * capacity); left (T1) and came (T4) are this host's. */
void oneway_answer(struct oneway *o, size_t index, const struct stamp_reply *p, stamp_time left, stamp_time came);

/* Packet `index` did not reach the reflector, and the line did not lose it: as
 * rtt_series_withdraw. */
void oneway_withdraw(struct oneway *o, size_t index);

/* Packets lost each way out of the `sent` first; lost after the last answer,
 * none can say where. False when the reflector keeps no state, when nothing
 * came back, or when its numbers cannot be. */
struct oneway_loss {
    size_t sent, forward; /* sent up to the last that was answered; lost on the way there */
    size_t reflected, back;
    size_t unknown;
};
bool oneway_loss(const struct oneway *o, size_t sent, struct oneway_loss *ret);

/* Why there is no one-way delay, out of the `sent` first packets: one of
 * clock_stepped, clock_zero, clock_frozen, clock_moved (which leave no delay
 * variation either), clock_unsynced, clock_off; NULL when both clocks are
 * believed. */
const char *oneway_doubt(const struct oneway *o, size_t sent);

/* Sets loss_forward, loss_return, owd_*_p50_ms (only without a doubt),
 * pdv_*_p95_ms, detail.reflector, .lost, .dup, .synced, .oneway_reason and
 * .owd_*_min_ms. */
void oneway_report(const struct oneway *o, size_t sent, struct result *r);
