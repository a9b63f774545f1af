/* Which cells of one set of figures are shown.
 *
 * A cell is shown when its crowd is enough (crowd.h), and when nothing that can
 * be reckoned from all shown cells together tells of fewer (span.h): not a
 * region less its towns, not the rows of a table less its columns, not this
 * edition less all that were shown before. Cells are tried one after the other:
 * those that follow an earlier figure first, then coarse ones, and of those the
 * largest; one that would tell too much is hidden: the same cells give the same
 * answer everywhere.
 *
 * One set of figures is one indicator, source and period: different quantities
 * cannot be subtracted from each other.
 *
 * Editions. Let V be all sums of what any edition has shown, none of which tells
 * of too few. A unit (a probe's days) is told once an edition has counted it,
 * and fresh until then. A new figure x is two parts, x|fresh and x|told; every
 * sum s of V and of new figures is  s = v + Σ a·x  with v in V, and V knows
 * nothing of fresh units. So
 *
 *   - where Σ a·x|fresh is not zero, s depends on whatever that depends on, and
 *     tells of no fewer: it is enough that no sum of the x|fresh tells of too
 *     few, as if the fresh units were a country of their own;
 *   - where it is zero, s = v + Σ a·x|told, which is one of V again if Σ a·x|told
 *     is a sum of figures that were shown: else the cell is not shown.
 *
 * With both held, no sum of V and the new figures tells of too few: by induction
 * over the editions, however many there were, and of them all no more has to be
 * kept than which units are told and, for each cell, which of them its last
 * figure counted (floor_past). Days that are gone from a figure, or that say
 * something else than before, are told units in one of the two and not in the
 * other: they can go only under cover of fresh ones, never by themselves.
 *
 * Weights. A figure counts a unit with the weight of its line (weight.h), which
 * an edition has in all cells alike (balance.h), so that x is a sum of weighted units, and of
 * fresh ones the same sums cancel as if they weighed one. But from edition to
 * edition a line's weight changes, when days of it come or are waited for in
 * vain: two cells with the same fresh units, each less its last figure, would
 * differ by nothing but one household's change of weight. So a told unit that
 * weighs something else than in an earlier figure is another unit in that: both
 * are told, neither is the other, and Σ a·x|told is a sum of figures that were
 * shown only where its weights are theirs.
 *
 * Amounts. Enough lines may stand behind a sum and one of them give nearly all of
 * it. So where figures are sums (means), no cell, and nothing that can be reckoned
 * of all that are shown, of the last figures before and of these together, may be
 * dominated (dominance.h). What days weigh in one figure and not in another is an
 * amount of its own, which only the one has: their difference says it. What days gave
 * that are gone, or that said something else, is not known any more, and figures
 * before the last are not looked at: those are held to the number of lines alone.
 *
 * Days of charts and changes over lines are no cells of it: they count lines otherwise, and what they leave of figures
 * is held to the same by residue.h.
 *
 * Nor may one probe be most of what came to a cell or went from it (a change of
 * weight counts as the days that it is worth), however many stand behind the
 * rest: who guesses what the others do would learn of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/dominance.h"
#include "common/alloc.h"

enum floor_verdict {
    FLOOR_SHOWN,
    FLOOR_SMALL,      /* its own crowd is too small */
    FLOOR_DIFFERENCE, /* together with others it would tell of too small a one */
    FLOOR_DOMINATED,  /* one line would be most of it, or of what is reckoned of it and others (dominance.h) */
    FLOOR_UNKNOWN,    /* to find out whether one would takes too much work */
    FLOOR_HEAVY,      /* one line would be too much of it */
};

#define FLOOR_NONE SIZE_MAX

struct floor;

struct floor *floor_new(void) CHECKED;
void floor_free(struct floor *f);
static inline void floor_freep(struct floor **f)
{
    floor_free(*f);
}

/* Adds a cell and returns its number: 0, 1, … Lower ranks are tried first.
 * `larger` is the cell that holds its value where it is hidden, or FLOOR_NONE. */
size_t floor_cell(struct floor *f, unsigned rank, size_t larger);

/* Adds a figure that an earlier edition has shown; it is out and stays so. */
size_t floor_past(struct floor *f);

/* The cell is out and stays so, whatever stands behind it: all others are held against it, and against sums with it but
 * where it tells of too few by itself. It has to be of the lowest rank, and follows none. */
void floor_out(struct floor *f, size_t cell);

/* The cell, where it is shown, replaces that figure; else the figure stays. */
void floor_follow(struct floor *f, size_t cell, size_t past);

/* The cell is heavy, however large its crowd is; it is not shown. */
void floor_refuse(struct floor *f, size_t cell);

/* The cell, which follows a figure, is made again though nothing came or went: that says what its lines weigh now. It
 * is as if days had come where one weighs something else than in that figure. */
void floor_renew(struct floor *f, size_t cell);

/* A probe's days in one place: all of them lie in all the cells given. Cells
 * come before units. A probe is a household: its boxes have one number. network: 0 is none seen.
 * Those in a past figure are told. */
void floor_add(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells, size_t count);

/* The same, for days that were told before whatever cells they lie in now. weights: what one of them counts in each
 * cell, in parts of FLOOR_WEIGHT_ONE; NULL: the same in all. */
#define FLOOR_WEIGHT_ONE 1000000
void floor_add_told(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells,
                    const uint32_t *weights, size_t count);

/* What days of a probe, which are added besides, give to the figures of these cells, where those are sums; left: as in
 * dominance.h. Cells come before these. */
void floor_give(struct floor *f, uint32_t probe, double amount, enum dominance_left left, const size_t *cells,
                size_t count);

void floor_decide(struct floor *f);

/* After floor_decide. */
enum floor_verdict floor_verdict(const struct floor *f, size_t cell);
size_t floor_larger(const struct floor *f,
                    size_t cell); /* the cell, shown now or before, that holds its value, or FLOOR_NONE */
const struct crowd *floor_crowd(const struct floor *f, size_t cell);
uint64_t floor_changed(const struct floor *f,
                       size_t cell);                    /* days that came, or went, since the figure that it follows */
bool floor_weighed(const struct floor *f, size_t cell); /* does any weigh something else than it did in that? */
const struct crowd *floor_fresh(const struct floor *f, size_t cell); /* of days that were not told before */
