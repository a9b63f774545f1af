/* A long command that can be stopped: Ctrl-C (SIGINT) and SIGTERM wait until it
 * has come to a place where nothing is half done. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/fault.h"

void stop_hold(void);                    /* from here on they wait; before there are threads */
bool stop_asked(void);                   /* does one wait? */
int stop_check(struct fault *f) CHECKED; /* -EINTR where one waits */
/* They have their effect again. One that waits is taken: whoever was asked has
 * done what it wanted. */
void stop_release(void);
