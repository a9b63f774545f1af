/* A call to the collector: one request and its one answer, however the agent
 * came to ask. Two kinds there are:
 *
 *   a question   fetches what the collector says under its own signature: the
 *                time, its keys, the schedule; or, unsigned, what it tells everybody
 *   a letter     posts what the probe says: an enrolment, a farewell, a batch
 *
 * Certificates. A box without a clock of its own boots in 1970, and every
 * certificate is from the future; it has to hear the collector first, to learn
 * the time. So while the clock is not set a question goes out whatever the
 * certificate: its answer is worth what its signature is worth, and is judged
 * by that. A letter waits for a certificate that holds: what stands in it – a
 * token, a contact, results – is for the collector alone. So does what comes
 * unsigned. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "agent/io/env.h"
#include "agent/io/web.h"
#include "agent/probe/identity.h"
#include "common/fault.h"

/* Who talks with whom: this probe and its collector. All borrowed, for as long
 * as any call lasts. */
struct uplink {
    const struct env *env;
    const char *state_dir;
    struct identity *identity;
    const char *url; /* of the collector */
};

struct call {
    const char *path;       /* "/api/v1/…" with its query */
    const struct buf *body; /* of a letter, borrowed until done; NULL: a question */
    const char *media;      /* the body's; NULL: a statement */
    bool is_unsigned;       /* its answer */
    const char *header;     /* one more, "Name: value"; NULL: none */
    web_done_fn done;       /* once, from the loop; not after web_cancel */
    void *user;
};

int call_start(const struct uplink *uplink, const struct call *call, struct web_transfer **ret,
               struct fault *f) CHECKED;

/* Must the collector's certificate hold for this one, now? */
bool call_needs_certificate(const struct call *call, const struct clock *clock);

/* 0 when the answer has what is to be read; -ENODATA when the collector has
 * nothing to say (204), -EKEYREJECTED when it does not know the key that signed,
 * -EACCES when it refuses for another reason, -EIO when it cannot be reached or
 * is none. f says which, and why; by_hand: and that it may be tried again. */
int call_judge(const struct web_reply *reply, bool by_hand, struct fault *f) CHECKED;
