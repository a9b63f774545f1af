/* How far a long command is, on one line of a terminal that is written again and
 * again; nothing where nobody looks on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    int64_t next_us; /* monotonic: not before */
    bool shown;
};

/* Does anybody look on? What is not shown need not be counted. */
bool progress_seen(void);
/* what: "probes", translated. */
void progress_show(struct progress *p, const char *what, int64_t done, int64_t whole);
void progress_end(struct progress *p); /* takes the line away */
