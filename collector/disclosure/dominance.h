/* Is one line nearly all of a sum? However many stand behind a mean, who reads it
 * learns what one of them says where the others say next to nothing.
 *
 * What a line's days give to a sum (their values, weighed) is its amount. A sum is
 * dominated where the largest line's is more than DOMINANCE_TIMES times what all but
 * it and the second largest give together: the second, which knows itself, then
 * learns the largest within a fifth. This is the p% rule of statistical offices.
 *
 * Figures are added and subtracted with any weights (span.h), and what is reckoned
 * so is dominated where the amounts, so weighed, are. Of all sums of the figures
 * that are shown the one that tells most of a line is found from its other side
 * (their audit problem): it does not tell of the line if all that the line gives
 * could be less by a DOMINANCE_TIMES-th, with the others making up for it, each but
 * the second by no more than it gives itself, so that all figures stay as they are
 * (slack.h). Such a cover is looked for, for each line and each that may be second
 * (one that serves them all is tried before), and kept as long as no further figure
 * breaks it. Where that takes more work than there is for one figure, the figure is
 * hidden: that depends on the figures alone, and not on how fast a machine is, nor on
 * what other countries show. What another line gives in other cells, on other days, is
 * another number, which nobody knows of the first.
 *
 * A line whose value is cut (weight.h) to DOMINANCE_CUT of it or less is told by
 * nothing: what is in the sums is off by more than a fifth. It may still not be most
 * of a figure by itself, which it would forge. However little it is cut, what is in
 * the sums is what others make it, and no cover for any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

#define DOMINANCE_TIMES 5
#define DOMINANCE_CUT   0.8

/* What is left of a line that counts so much, and would count `whole` if it were not cut. */
enum dominance_left {
    DOMINANCE_WHOLE,
    DOMINANCE_NEAR, /* told by sums, and no cover in them */
    DOMINANCE_FAR,  /* told by nothing */
};
static inline enum dominance_left dominance_left(double counts, double whole)
{
    return counts >= whole ? DOMINANCE_WHOLE : counts > DOMINANCE_CUT * whole ? DOMINANCE_NEAR : DOMINANCE_FAR;
}

struct dominance;

struct dominance *dominance_new(size_t cells) CHECKED;
void dominance_free(struct dominance *d);

/* What days of a line give to each of the cells that they lie in, and what that is of what the line said. All come
 * before what follows. */
void dominance_add(struct dominance *d, uint32_t line, double amount, enum dominance_left left, const size_t *cells,
                   size_t count);

bool dominance_of(struct dominance *d, size_t cell); /* is the cell dominated? */

/* A figure that is out, and stays so whatever it tells: these come first. */
void dominance_past(struct dominance *d, size_t cell);

/* Shows the cell, unless with all that are shown it would tell of a line, or there is no telling. Does it tell? */
enum dominance_verdict {
    DOMINANCE_NOT, /* it is shown */
    DOMINANCE_TELLS,
    DOMINANCE_UNKNOWN, /* to find out takes too much work */
};
enum dominance_verdict dominance_show(struct dominance *d, size_t cell) CHECKED;

/* Before anything is shown: the work that there is for each figure, in numbers touched. */
void dominance_limit(struct dominance *d, int64_t work);
