/* The user's language: French and English, through gettext. */
#pragma once

#include <libintl.h>
#include <stddef.h>

#define _(text)  gettext(text)
#define N_(text) (text)

enum lang { LANG_FR, LANG_EN };

/* Chooses the catalogue: `wanted` is "fr", "en" or "auto". Auto follows
 * LC_ALL, LC_MESSAGES, LANG; where they say nothing (C, POSIX, unset), French. */
void lang_start(const char *wanted);
enum lang lang_current(void);

/* A number with the language's decimal mark and digit grouping ("1 234,5",
 * "1,234.5"); decimals 0 to 6. The text is in ret. */
#define NUMBER_TEXT_SIZE 48
const char *lang_number(enum lang lang, double value, int decimals, char ret_text[static NUMBER_TEXT_SIZE]);
