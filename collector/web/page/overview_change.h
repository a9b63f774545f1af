/* How an indicator changed from the year before, in a sentence. */
#pragma once

#include "collector/web/page/overview_part.h"

/* As public_change has it. */
struct overview_change {
    const char *from, *to, *why, *kind; /* why is NULL where they are comparable */
    double value_from, value_to, change, low, high, percent;
    double whole_from, whole_to; /* NaN where they are hidden */
    bool significant;
    int64_t common;
};

/* Without a line's end; the caller frees. */
char *overview_change_text(const struct words *w, const struct indicator *i, const struct overview_change *c) CHECKED;

/* detail.change; none where nothing was measured in the year before. */
int overview_change_add(struct overview *o, const struct national *g, json_t *detail, struct fault *f) CHECKED;
