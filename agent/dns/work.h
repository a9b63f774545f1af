/* What judging an answer costs, given out in slices: whoever serves a zone
 * chooses how many keys, signatures and hashes its answers make a validator
 * try (CVE-2023-50387, CVE-2023-50868), and this program measures other things
 * at the same time. What does not fit into a slice is done in the next one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One unit is one block of SHA-1, 64 octets. A signature of ECDSA P-384, the
 * slowest, is verified in 1 ms by a desktop and in 10 ms by a home router:
 * four of them are a slice, and hold the loop for less than 50 ms. */
#define WORK_VERIFY 1024
#define WORK_SLICE  (4 * WORK_VERIFY)

struct work {
    size_t left; /* of the slice, units */
    bool paused; /* something did not fit */
};

static inline void work_begin(struct work *w)
{
    *w = (struct work){.left = WORK_SLICE};
}

/* May this be done now? What was refused counts as not yet known. */
static inline bool work_take(struct work *w, size_t cost)
{
    if (w->left == 0) {
        w->paused = true;
        return false;
    }
    w->left -= cost < w->left ? cost : w->left;
    return true;
}
