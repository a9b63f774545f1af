/* Octets as hexadecimal digits, as PostgreSQL's encode(…, 'hex') writes them. */
#pragma once

#include "common/buf.h"

/* Appends the octets of pairs of digits, 0 to 9 and a to f; stops at the end of
 * the text or before a pair that is none. */
void hex_add(const char *digits, struct buf *out);
