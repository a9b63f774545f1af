/* The weight that a client gives to what it accepts (RFC 9110 section 12.4.2). */
#pragma once

#include <stddef.h>

#include "common/alloc.h"

#define QVALUE_MAX 1000 /* as good as none given */

/* "0.85", blanks behind it, in thousandths. -EINVAL: it is no weight. */
int qvalue_read(const char *text, size_t len) CHECKED;
