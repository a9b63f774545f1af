/* Whether published figures still follow from the ledger, told on the terminal. */
#pragma once

#include "collector/command/session.h"
#include "collector/figure/follow.h"

/* A line of it, in the language of the thread. */
void follow_say_batch(const struct follow_batch *b, struct buf *out);
void follow_say_figure(const struct follow_figure *g, struct buf *out);

/* The same printed, for a follow_teller. */
void follow_tell_batch(void *ctx, const struct follow_batch *b);

/* Of a year; i: of that indicator alone, or NULL. -EBADMSG when one does not, or
 * a batch is not what was signed: all of them were told by then. */
int follow_tell(const struct session *s, const char *year, const struct indicator *i, struct fault *f) CHECKED;
