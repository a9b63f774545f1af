/* For LD_PRELOAD: a box without a clock of its own. The wall clock is
 * WRONG_CLOCK seconds off, and nobody steers it. */
#include <stdlib.h>
#include <sys/timex.h>

#include "wall_clock.h"

static time_t clock_off(void)
{
    const char *text = getenv("WRONG_CLOCK");
    return text ? strtoll(text, NULL, 10) : 0;
}

int adjtimex(struct timex *t)
{
    *t = (struct timex){.status = STA_UNSYNC};
    return TIME_ERROR;
}
