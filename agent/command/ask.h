/* A conversation with the person at the terminal, the one place that reads
 * their yes and no. What is not understood is asked again, a few times; then
 * the answer that costs the person nothing counts, and they are told so. The end
 * of the input (Ctrl-D) is no answer but the wish to stop: -ECANCELED. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "common/choice.h"
#include "common/alloc.h"
#include "common/fault.h"

#define ASK_TRIES 3

struct ask {
    FILE *in, *out;
    char **texts; /* every line that was typed, and what was kept of others; freed together */
    size_t count;
};

void ask_free(struct ask *a);

/* A copy of a text, the conversation's. */
const char *ask_keep(struct ask *a, const char *text);

/* A line without the blanks around it, NULL when it is empty; the conversation's. */
int ask_text(struct ask *a, const char *question, const char **ret) CHECKED;

/* What an answer means: 0, or f says why it is none and what would be. */
typedef int (*ask_reader)(const void *user, const char *answer, const char **ret, struct fault *f);

/* What the reader makes of a line; NULL (not said) for an empty one, and when
 * none was understood. */
int ask_read(struct ask *a, const char *question, ask_reader reader, const void *user, const char **ret) CHECKED;

/* The same, where an empty line asks for what `enter` says: *ret_enter. */
int ask_read_or(struct ask *a, const char *question, const char *enter, ask_reader reader, const void *user,
                bool *ret_enter, const char **ret) CHECKED;

/* One of the choices' words, or NULL as above. */
int ask_choice(struct ask *a, const char *question, const struct choice *choices, const char **ret) CHECKED;

/* Yes or no? safe is what counts when neither was understood. */
int ask_yes(struct ask *a, const char *question, bool safe, bool *ret) CHECKED;
/* The same, where an empty line is an answer. */
int ask_yes_or(struct ask *a, const char *question, bool enter, bool safe, bool *ret) CHECKED;
