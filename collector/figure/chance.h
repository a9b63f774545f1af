/* How probable it is that lines, each of which is counted with the same
 * probability, come to a weight: the law of a sum of w_i B_i, B_i Bernoulli(p).
 * Of equal weights it is the binomial law. Up to CHANCE_EXACT lines it is added up
 * exactly, of weights in whole units; beyond by the first term of Edgeworth's
 * expansion (1905), half a line further, as the binomial's law wants it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CHANCE_EXACT 512

struct chance {
    uint32_t *units; /* of each line */
    uint32_t count, total;
    double squares, cubes; /* sums over lines */
};

/* Weights of any scale, above 0; a line weighs a unit at least. */
void chance_take(const double *weights, size_t count, struct chance *ret);
void chance_free(struct chance *c); /* the members */

/* ret, with room for total + 1: that the lines counted come to no more than so many
 * units. */
void chance_upto(const struct chance *c, double p, double *ret);
