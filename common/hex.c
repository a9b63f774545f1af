#include "common/hex.h"

/* -1: no digit, the text's end among them. */
static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void hex_add(const char *digits, struct buf *out)
{
    for (int high, low; (high = nibble(digits[0])) >= 0 && (low = nibble(digits[1])) >= 0; digits += 2)
        buf_add_char(out, (char)(high << 4 | low));
}
