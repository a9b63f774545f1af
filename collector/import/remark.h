/* What is unusual in a file that is taken all the same: said once with its first
 * line and how many more have it, unless a strict import refuses it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/alloc.h"
#include "common/fault.h"

enum remark {
    REMARK_NO_URL,
    REMARK_NO_VISA,
    REMARK_OLD, /* before the World Bank has any figure of the Internet */
    REMARK_COUNT,
};

struct remarks {
    const char *path; /* borrowed */
    bool strict;
    size_t first[REMARK_COUNT], count[REMARK_COUNT];
    size_t others; /* said at once, by remark_say */
};

#define REMARK_YEAR_FIRST 1992

void remark_note(struct remarks *r, enum remark what, size_t line);

/* One of its own, up to so many; the rest is counted. text: translated. */
#define REMARKS_SAID_MAX 20
void remark_say(struct remarks *r, const char *text);

/* Says what was noted, and refuses it where the import is strict: -EBADMSG. */
int remarks_end(struct remarks *r, struct fault *f) CHECKED;
