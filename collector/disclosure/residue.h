/* What stays of two published sums, one taken off the other, where lines weigh otherwise in the one than in the other.
 *
 * A year's figure counts a line's day as what it stands for, the point of that day as one: who takes r times the point
 * off the figure is left with |added - r * taken| of each line. Where all of them have the same ratio they go together,
 * with the right r, and what is left is what it is without weights (floor.h). Else those of one ratio may go, as there
 * is one r a block: the days of lines that no other published sum tells apart. What stays then has to be a
 * crowd by itself (crowd.h), and no line in it, and no network, more than a RESIDUE_PARTS-th of the whole: small parts
 * of many others are no cover for one that stays nearly whole.
 *
 * That is held for whatever r is chosen, in each block anew, from its smallest ratio to its largest: beyond them no
 * line of it comes nearer to going. With s what stays of each line, z is too much where  PARTS * s(z) - Σ s  is above
 * zero. The most that this can be is found block by block, and added up; where z is in none of a block's days, it is
 * the least that can stay of that. In r it is a sum of pieces of lines, which turns at the ratios only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

#define RESIDUE_PARTS 3

/* Of means it is held for what lines give as well, which is their weights times what they say: that one gives no more
 * than DOMINANCE_TIMES what all but it and any second do (dominance.h), in what stays, be it of hidden days alone. With
 * TIMES that is too much where  (TIMES + 1) * s(z) + TIMES * s(second) - TIMES * Σ s  is above zero. Half of Σ s goes
 * to either, and the most of both is found line by line, at which r it may be. Nor is it where z is no more than TIMES
 * of 2 * TIMES + 1 parts: the second is not either. Crowds and days are a matter of weights. */

/* Days of a line in a block. taken 0: nothing is taken off, they stay whatever r is. */
struct residue_unit {
    uint32_t block, line, network, days; /* network 0: none was seen */
    double added, taken;
};

enum residue_verdict {
    RESIDUE_NOTHING, /* all that is taken off anything goes together, in all blocks */
    RESIDUE_FEW,
    RESIDUE_MANY,
};

struct residue;

struct residue *residue_new(void) CHECKED;
struct residue *residue_of_amounts(void) CHECKED;
void residue_free(struct residue *r);
static inline void residue_freep(struct residue **r)
{
    residue_free(*r);
}

/* Units whose blocks are theirs alone; they are sorted anew. A line in two blocks is counted as gone from both
 * where it goes from the first. */
void residue_add(struct residue *r, struct residue_unit *units, size_t count);

/* The same units as they were added are none of it any more. */
void residue_remove(struct residue *r, struct residue_unit *units, size_t count);

bool residue_is_of_amounts(const struct residue *r);
enum residue_verdict residue_verdict(const struct residue *r);
