/* FNV-1a of 64 bits (Fowler, Noll, Vo): a mark of octets that nobody forges on
 * purpose, or gains by it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* Goes on from before, which is FNV_START or what another piece gave. */
static inline uint64_t fnv_add(uint64_t before, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        before = (before ^ at[i]) * UINT64_C(0x100000001b3);
    return before;
}
