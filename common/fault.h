/* A failure described for people: what failed, on what, why, and the cure. */
#pragma once

#include <stdarg.h>

#define FAULT_TEXT_MAX 512

struct fault {
    int code; /* negative errno-like value, 0 when nothing failed */
    char text[FAULT_TEXT_MAX];
};

/* Fills f (which may be NULL) and returns code, so that a function can end in
 * `return fault_set(f, -EINVAL, "...")`. Text past FAULT_TEXT_MAX is cut. */
int fault_set(struct fault *f, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What an errno says (its sign does not matter), in the language of the thread. */
const char *fault_errno(int error);

/* Puts a place before what f says already ("agent.conf: " + text). */
void fault_prefix(struct fault *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
