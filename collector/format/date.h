/* Days and times as people of a language write them. */
#pragma once

#include <stdint.h>

#include "collector/format/phrase.h"

#define DATE_TEXT_SIZE 48

/* day: since 1970-01-01. "22 novembre 2026", "1er décembre 2026"; "22 November 2026". */
const char *date_long(const struct words *w, int32_t day, char ret_text[static DATE_TEXT_SIZE]);
/* "22 nov."; "22 Nov". */
const char *date_short(const struct words *w, int32_t day, char ret_text[static DATE_TEXT_SIZE]);

/* Reads "2026-11-22" (what follows does not matter); -EINVAL when it is none. */
int date_read(const char *text, int32_t *ret_day);
