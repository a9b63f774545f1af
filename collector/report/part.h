/* The areas of the framework (ACC, AFF, PER…), in the order of the texts: an
 * indicator is of the one whose letters its name begins with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/figure/indicator.h"
#include "collector/format/phrase.h"

struct part {
    const char *family, *name; /* "PER", "Performance" */
    void *at;
};

/* From a zero part on; false after the last. */
bool part_next(const struct words *w, struct part *p);
bool part_has(const struct part *p, const struct indicator *i);
