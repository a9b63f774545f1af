/* An errand in a state directory that no agent works in: its caller has the
 * lock. */
#pragma once

#include "agent/daemon/errand.h"
#include "agent/daemon/settings.h"

/* The caller owns *ret_answer, which may be a failed one (errand_judge). */
int errand_alone(const char *state_dir, const struct settings *settings, const json_t *request, json_t **ret_answer,
                 struct fault *f) CHECKED;
