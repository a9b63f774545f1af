/* What a radio reads of a year in 90 seconds: short sentences, numbers in words
 * and rounded (rough.h), each with the line of indicators.csv beside it; and a
 * table of its terms, for who translates it. Markdown. */
#pragma once

#include "collector/report/report.h"

#define RADIO_WORDS_MIN 200
#define RADIO_WORDS_MAX 230 /* of what is read aloud, in 90 seconds */

/* Writes the script and the terms. embargo: a sentence that says whether there is one. */
int radio_write(const struct report *r, const char *embargo, struct buf *script, struct buf *terms,
                struct fault *f) CHECKED;

/* A row of the script's table: what is read, and what stands in the margin, whatever signs are in them (a source's name
 * is its own). */
void radio_row(const char *text, const char *margin, struct buf *out);

/* How many words a text has: what stands between blanks and has a letter or a digit of French or English. */
size_t radio_words(const char *text);
