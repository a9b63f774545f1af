/* Why a measurement did not go well, as one word that stays the same and can be
 * counted: detail.cause of a result, and the sentence for people that goes with
 * it, which is detail.reason unless a check knows more. No library's texts, no
 * versions, no error numbers: those change under a series. tests/lint/causes
 * holds the code and the pages of docs/check to this one table. */
#pragma once

#include <stdbool.h>

/* The word's sentence in the language of the thread; the word itself when the
 * table does not have it. */
const char *cause_text(const char *word);
bool cause_known(const char *word);
