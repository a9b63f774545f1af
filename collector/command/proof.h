/* Whether a report that was printed and frozen is still as it was, and its numbers
 * still follow, told on the terminal. */
#pragma once

#include "collector/command/session.h"

/* folder: of a report that was written with --freeze. -EBADMSG when a file was changed, or a number does not follow:
 * all of them were told by then. */
int proof_tell(const struct session *s, const char *folder, struct fault *f) CHECKED;
