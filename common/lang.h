/* The user's language: French and English, through gettext. English is what the
 * texts are written in: it needs no catalogue.
 *
 * A person reads their own language. A log is in one, English, whole; so is what
 * is kept or sent as data. A process has one language, and a thread may speak
 * another for a while: an HTTP server answers each client in the client's. */
#pragma once

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>

#define _(text)  gettext(text)
#define N_(text) (text)

enum lang { LANG_FR, LANG_EN };

/* Chooses the catalogue: `wanted` is "fr", "en" or "auto". Auto follows
 * LC_ALL, LC_MESSAGES, LANG; where they say nothing (C, POSIX, unset), French. */
void lang_start(const char *wanted);
/* A service starts: its log is in English from here on, whatever lang_start is
 * told later. Returns the language for what is said until it runs: the person's
 * who started it on a terminal, else the log's. Before there are threads. */
enum lang lang_log(void);

enum lang lang_current(void);          /* of this thread */
const char *lang_code(enum lang lang); /* "fr", "en": for HTTP */

/* "Accept-Language: fr". */
#define LANG_HEADER_SIZE 20
const char *lang_header(enum lang lang, char ret_text[static LANG_HEADER_SIZE]);

/* The language that an Accept-Language header (RFC 9110 section 12.5.4) asks
 * for; French when it asks for neither, or is NULL. */
enum lang lang_accepted(const char *header);

/* The same among `count` codes of two or three letters: which of them; the first
 * when the header asks for none. */
size_t lang_choose(const char *header, const char *const *codes, size_t count);

/* This thread speaks `lang` from here to the end of the block. */
#define LANG_SCOPE(lang)                                                                                               \
    __attribute__((unused, cleanup(lang_speak_again))) const struct lang_scope lang_scope = lang_speak(lang)
struct lang_scope {
    int before; /* enum lang, or -1: the process's */
};
struct lang_scope lang_speak(enum lang lang);
void lang_speak_again(const struct lang_scope *scope);

/* A number with the language's decimal mark and digit grouping ("1 234,5",
 * "1,234.5"); decimals 0 to 6. The text is in ret. */
#define NUMBER_TEXT_SIZE 48
const char *lang_number(enum lang lang, double value, int decimals, char ret_text[static NUMBER_TEXT_SIZE]);

/* Is n said in the singular? In French all below two are, in English one alone. */
bool lang_single(enum lang lang, double n);

/* Is it the same word or name to who types it: whatever its case, French
 * accents, blanks, hyphens and apostrophes? ("Wi-Fi" and "wifi", "oueme" and
 * "Ouémé".) Bytes that are no UTF-8 are taken as they are. */
bool lang_same(const char *a, const char *b);

/* Their order in the alphabet, by the same letters: Moov before MTN. Below, at or above 0. */
int lang_compare(const char *a, const char *b);
