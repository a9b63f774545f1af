#include "common/noise.h"

#include <string.h>

#include <sys/random.h>

#include "common/clock.h"

void noise_seed(struct noise *n)
{
    /* Zero is the one state that it never leaves. */
    if (getrandom(&n->state, sizeof n->state, GRND_NONBLOCK) != sizeof n->state || n->state == 0)
        n->state = (uint64_t)clock_mono_us(&clock_system) | 1;
}

void noise_fill(struct noise *n, char *bytes, size_t len)
{
    for (size_t at = 0; at < len; at += sizeof n->state) {
        n->state ^= n->state >> 12;
        n->state ^= n->state << 25;
        n->state ^= n->state >> 27;
        uint64_t word = n->state * UINT64_C(2685821657736338717);
        memcpy(bytes + at, &word, len - at < sizeof word ? len - at : sizeof word);
    }
}
