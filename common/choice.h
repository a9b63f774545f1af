/* One of a few words, taken as a person says it: in either language and as
 * lang_same compares. */
#pragma once

#include <stdbool.h>

#include "common/buf.h"

#define CHOICE_SAID_MAX 8

struct choice {
    const char *word;                  /* what the program calls it; understood, too */
    const char *shown;                 /* what a person is shown; through gettext (N_) */
    const char *said[CHOICE_SAID_MAX]; /* the other words for it, of both languages */
};

/* A list ends in a choice without a word. */

/* The word of the choice that is meant, NULL when none is. */
const char *choice_read(const struct choice *list, const char *text);
/* Is it one of the words, exactly as programs write them? */
bool choice_has(const struct choice *list, const char *word);
/* "town, countryside", in the user's language. */
void choice_list(const struct choice *list, struct buf *out);
/* "urban, rural", as programs write them. */
void choice_words(const struct choice *list, struct buf *out);
