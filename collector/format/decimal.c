#include "collector/format/decimal.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRACTION_BITS 52
#define DIGITS        DBL_DECIMAL_DIG /* 17, which are enough for any */

/* By trial. */
static void write_any(double value, char ret[static DECIMAL_SIZE])
{
    for (int digits = DBL_DIG; digits <= DIGITS; digits++) {
        snprintf(ret, DECIMAL_SIZE, "%.*g", digits, value);
        if (strtod(ret, NULL) == value)
            return;
    }
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static wide power_of_ten(int exponent)
{
    wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* Of a mantissa of 53 bits and value = mantissa / 2^shift, all of whose products with powers of ten fit into 128 bits:
 * its 17 digits, rounded to as few as lie closer to it than to its neighbours. before: digits before the point. */
static uint64_t shortest(uint64_t mantissa, int shift, int before)
{
    wide scale = power_of_ten(DIGITS - before), exact = mantissa * scale, half = scale / 2;
    uint64_t whole = (uint64_t)(exact >> shift);
    for (uint64_t step = 100;; step /= 10) {
        uint64_t low = whole - whole % step;
        wide above = exact - ((wide)low << shift), below = ((wide)step << shift) - above;
        bool up = above > below || (above == below && low / step % 2 == 1);
        if ((up ? below : above) < half || step == 1)
            return up ? low + step : low;
    }
}

/* Digits with a point behind the first `before` of 17; at most four zeros come first. */
static void write_digits(uint64_t digits, int before, char *to)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%017llu", (unsigned long long)digits);
    before += len - DIGITS; /* 9.99… became 10 */
    while (len > 1 && len > before && text[len - 1] == '0')
        len--;
    if (before <= 0) {
        to = mempcpy(to, "0.0000", (size_t)(2 - before));
        before = 0;
    } else {
        to = mempcpy(to, text, (size_t)before);
        if (len > before)
            *to++ = '.';
    }
    to = mempcpy(to, text + before, (size_t)(len - before));
    *to = '\0';
}

void decimal_write(double value, char ret[static DECIMAL_SIZE])
{
    int exponent;
    double magnitude = fabs(value);
    if (!(magnitude >= 1e-4 && magnitude < 1e15)) {
        write_any(value, ret);
        return;
    }
    uint64_t mantissa = (uint64_t)ldexp(frexp(magnitude, &exponent), FRACTION_BITS + 1);
    int shift = FRACTION_BITS + 1 - exponent, before = -3;
    for (double power = 1e-3; power <= magnitude; power *= 10)
        before++;
    /* A power of two is closer to its neighbour below. */
    if (mantissa == UINT64_C(1) << FRACTION_BITS) {
        write_any(value, ret);
        return;
    }
    if (value < 0)
        *ret++ = '-';
    write_digits(shortest(mantissa, shift, before), before, ret);
}
#else
void decimal_write(double value, char ret[static DECIMAL_SIZE])
{
    write_any(value, ret);
}
#endif
