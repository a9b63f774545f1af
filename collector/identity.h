/* The collector's own key: what it says to probes is signed with it, and
 * probes pin it when they enrol. */
#pragma once

#include "collector/user.h"
#include "common/sign.h"

/* Reads DIR/collector.key, or makes it (mode 0600, the user's). */
int identity_open(const char *state_dir, const struct user *u, struct sign_key *ret, struct fault *f) CHECKED;
