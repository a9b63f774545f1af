/* Octets that no compressor on the way can shorten: xorshift64* (Marsaglia
 * 2003, Vigna 2016). Fast enough to fill a gigabit line on a small box; not
 * for anything secret. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct noise {
    uint64_t state;
};

void noise_seed(struct noise *n); /* from the kernel's random numbers */
void noise_fill(struct noise *n, char *bytes, size_t len);
