/* A probe's days as signed batches, through the same verification and the same
 * transaction as those that come on a stick (command/load.c): results are in the
 * ledger then, and analysts can look at each.
 *
 * Anybody who knows the seed can make the probes' keys. They are in force only
 * while their own batches come in; whoever pushes in their name later is a
 * stranger. */
#pragma once

#include "collector/db/database.h"
#include "collector/simulate/simulation.h"

struct parcel;

/* Opens connections of its own. */
int parcel_open(const struct database *d, const struct simulation_state *state, struct parcel **ret,
                struct fault *f) CHECKED;
void parcel_free(struct parcel *p);

/* Sends all that the nth probe measured, and notes that it is there. What was
 * stored of it before is not stored again. */
int parcel_probe(struct parcel *p, uint64_t n, struct fault *f) CHECKED;

/* Results that waited for their clock are projected again. */
int parcel_end(struct parcel *p, struct fault *f) CHECKED;
