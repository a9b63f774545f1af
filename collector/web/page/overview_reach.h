/* What the figures of the front page speak of: the country, or the lines that
 * were measured, and what is missing then. */
#pragma once

#include "collector/web/page/overview_part.h"

/* The page's title, and the notice of what is missing. groups: those shown. */
int overview_reach_add(struct overview *o, const json_t *pack, const struct national *groups, size_t count,
                       struct fault *f) CHECKED;
