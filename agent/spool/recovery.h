/* What a crash left half-done is finished at the next start: which step of
 * sealing, dropping or changing the key it fell into is told by what is there
 * (spool.c has the steps). */
#pragma once

#include "agent/spool/spool_state.h"

/* Opens places, journal and head of a spool whose folder, clock and identity are
 * known, and leaves them as if nothing had happened. */
int recovery_run(struct spool *s, struct fault *f) CHECKED;
