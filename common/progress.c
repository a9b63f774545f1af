#include "common/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/lang.h"

#define PAUSE_US 200000
#define ERASE    "\r\033[K"

bool progress_seen(void)
{
    return isatty(STDERR_FILENO);
}

void progress_show(struct progress *p, const char *what, int64_t done, int64_t whole)
{
    int64_t now_us = clock_mono_us(&clock_system);
    if (now_us < p->next_us || !progress_seen())
        return;
    p->next_us = now_us + PAUSE_US;
    p->shown = true;
    fprintf(stderr, ERASE "%s: %" PRId64 "/%" PRId64, what, done, whole);
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fprintf(stderr, ERASE);
    p->shown = false;
}
