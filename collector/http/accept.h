/* What a client takes (RFC 9110 section 12.5.1). */
#pragma once

#include <stddef.h>

#include "common/alloc.h"

/* The one of our media types ("text/csv", without parameters; the first is our own choice) that the header likes best:
 * of equals the one that it names first. One that it refuses (q=0) is never chosen; what it does not name is as good as
 * refused only as long as it names another that we have. NULL: no header. -ENOENT when all are refused. */
int accept_choose(const char *header, const char *const *types, size_t count) CHECKED;
