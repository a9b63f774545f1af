/* Sets of small numbers, a bit each, in words that the caller allocates: BITS_WORDS(n) of them, all zero, for 0 to n
 * - 1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_WORD     64
#define BITS_WORDS(n) (((n) + BITS_WORD - 1) / BITS_WORD)

static inline bool bits_has(const uint64_t *bits, size_t number)
{
    return bits[number / BITS_WORD] >> number % BITS_WORD & 1;
}

static inline void bits_set(uint64_t *bits, size_t number)
{
    bits[number / BITS_WORD] |= (uint64_t)1 << number % BITS_WORD;
}

static inline void bits_unset(uint64_t *bits, size_t number)
{
    bits[number / BITS_WORD] &= ~((uint64_t)1 << number % BITS_WORD);
}

static inline void bits_flip(uint64_t *bits, size_t number)
{
    bits[number / BITS_WORD] ^= (uint64_t)1 << number % BITS_WORD;
}
