/* The names that somebody may have meant: those that a word is part of, then
 * those from which it is the fewest letters away. */
#pragma once

#include <stddef.h>

#include "common/alloc.h"

#define NEAREST_MAX 3

struct nearest {
    const char *word;
    const char *names[NEAREST_MAX]; /* borrowed, the nearest first */
    unsigned far[NEAREST_MAX];
    size_t count;
};

void nearest_offer(struct nearest *n, const char *name);
char *nearest_text(const struct nearest *n); /* "MTN, Moov"; the caller frees */
