/* Numbers modulo a prime of 31 bits, and rows of them: exact, and quick enough
 * for some hundred rows. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PRIME 2147483647u /* 2^31 - 1 */

static inline uint32_t modular_times(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b % PRIME);
}

/* a^(p - 2) is 1/a (Fermat). */
static inline uint32_t modular_inverse(uint32_t a)
{
    uint32_t result = 1;
    for (uint32_t power = PRIME - 2; power; power >>= 1) {
        if (power & 1)
            result = modular_times(result, a);
        a = modular_times(a, a);
    }
    return result;
}

/* row -= by × other; by is not 0 */
static inline void modular_subtract(uint32_t *row, const uint32_t *other, uint32_t by, size_t count)
{
    uint32_t add = PRIME - by;
    for (size_t i = 0; i < count; i++)
        if (other[i])
            row[i] = (uint32_t)((row[i] + (uint64_t)add * other[i]) % PRIME);
}

static inline void modular_scale(uint32_t *row, uint32_t by, size_t count)
{
    for (size_t i = 0; i < count; i++)
        row[i] = modular_times(row[i], by);
}
