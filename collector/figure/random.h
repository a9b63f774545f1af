/* A stream of numbers that is fixed by its seed alone, so that what is drawn
 * comes out alike on every machine: splitmix64 (Steele, Lea, Flood 2014). */
#pragma once

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 to below - 1; the bias of the multiplication is under below / 2^32. */
static inline uint32_t random_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)(((random_next(state) >> 32) * below) >> 32);
}
