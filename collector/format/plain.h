/* Text for who reads no HTML, wrapped at so many columns. Of its markup it knows
 * as much as texts of ours have: "# " and "## " begin titles, which are
 * underlined, "- " an item whose further lines stand below its first word; tags
 * are left out, and entities are what they stand for. A blank that does not break
 * does not break here either, and several empty lines are one. */
#pragma once

#include <stddef.h>

#include "common/buf.h"

/* What is longer than a line and has no blank, an address, stands on a line by itself. */
void plain_set(const char *markup, size_t len, size_t columns, struct buf *out);
