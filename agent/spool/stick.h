/* What carries batches away: a folder that somebody has to have mounted. A
 * journey with an empty stick is lost, so that nothing is made here that is not
 * there, and what counts as copied has been read back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/alloc.h"
#include "common/fault.h"

/* Is it a folder that can be written to? 0, or f says what is missing and the
 * cure. ret_here: it lies on this machine's own disk, that of the system or of
 * the state directory. */
int stick_check(const char *dir, const char *state_dir, bool *ret_here, struct fault *f) CHECKED;

/* Writes a file, durably, and reads it back from the medium. */
int stick_copy(const char *dir, const char *name, const void *bytes, size_t len, struct fault *f) CHECKED;
