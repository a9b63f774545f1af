/* Numbers in words, as they are read aloud: "quatre-vingt-onze virgule deux",
 * "two hundred and one". By ICU's rules (RBNF), French as in France and in Benin
 * with the hyphens of 1990, English as in Britain. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/fault.h"
#include "common/lang.h"

#define SPOKEN_MAX 999999999.9 /* from 0 on; to one decimal */

struct spoken;
struct spoken_noun {
    const char *one, *many; /* "sonde", "sondes" */
    bool feminine;          /* "vingt-et-une sondes"; English does not tell */
};

/* -ENOENT: ICU lacks the language's rules. */
int spoken_open(enum lang lang, struct spoken **ret, struct fault *f) CHECKED;
void spoken_close(struct spoken *s);

/* To one decimal, half away from zero. NULL beyond the range, and of NaN. The caller frees. */
char *spoken_number(const struct spoken *s, double value, bool feminine) CHECKED;
/* With its noun: "un virgule neuf heure", "deux millions d’habitants". */
char *spoken_count(const struct spoken *s, double value, const struct spoken_noun *noun) CHECKED;
