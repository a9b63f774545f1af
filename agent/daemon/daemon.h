/* The running agent: schedule -> checks -> result -> spool -> push, on one
 * loop. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/daemon/settings.h"
#include "common/fault.h"

struct daemon_options {
    const char *config;    /* for SIGHUP; as settings_read takes it */
    const char *state_dir; /* locked by the caller */
    bool once;             /* every task once, now; seal, send, stop */
    int64_t stop_after_us; /* 0: never */
};

/* Runs until a signal (or the end of `once`). settings are taken over. 0 when
 * it stopped as asked; with `once`, -EAGAIN when batches still wait (f says
 * why); otherwise what made the start fail. */
int daemon_run(const struct daemon_options *options, struct settings *settings, struct fault *f) CHECKED;
