/* What can be reckoned from published figures. A figure is a sum over its
 * cells' probes, and who knows several may add and subtract them with any
 * weights: the sums so reached are the span of the published rows over the
 * atoms (probes that lie in exactly the same published cells). A figure that
 * is not a sum (a median) tells less than this.
 *
 * Somebody is isolated when the span holds anything else than zero that
 * depends on too small a crowd only: one household, or four. That is the
 * search for a light word of a linear code. It goes so: atoms that are enough
 * by themselves must cancel out, so that they are eliminated first, and rows
 * that still touch one fall away. The rest is brought to echelon form, with the
 * heaviest atoms as pivots: a light word touches few pivots, is made of as few
 * rows, and all such choices are tried. Where that takes too long the answer is
 * yes: what is hidden in vain harms less than what is shown in error.
 *
 * It is done modulo a prime, where it is exact. The weights of real sums appear
 * there as they are, and a prime of 31 bits makes a chance zero as good as
 * impossible. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/disclosure/crowd.h"

/* rows: row_count × atom_count numbers, 0 or 1, which are overwritten. Equal
 * atoms should have been joined: it is right without, but slow. */
bool span_isolates(uint32_t *rows, size_t row_count, const struct crowd *atoms, size_t atom_count);
