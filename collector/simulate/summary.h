/* A probe's days as the rows that the rollup would have made, in one transaction:
 * for long histories, of which nobody wants to keep each result. */
#pragma once

#include "collector/simulate/simulation.h"

struct summary;

/* Asks for the numbers of targets. */
int summary_open(struct pg *pg, const struct simulation_state *state, struct summary **ret, struct fault *f) CHECKED;
void summary_free(struct summary *s);

/* Makes the nth probe, and notes that it is there. */
int summary_probe(struct summary *s, uint64_t n, struct fault *f) CHECKED;
