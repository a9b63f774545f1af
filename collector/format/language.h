/* The languages of what people read here: a folder of texts each,
 * collector/texts/CODE/, found when the program is built. French is whole; what
 * another language lacks is French. */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "collector/format/phrase.h"

struct language {
    const char *code; /* "fr": the folder's name, for HTTP and HTML (BCP 47) */
    json_t *texts;    /* its own: {file: {name: text}} */
};

/* French first, then by code. Never freed. */
const struct language *language_all(size_t *ret_count);
const struct language *language_find(const char *code); /* NULL when there is none */
/* What an Accept-Language header asks for; French when it asks for none of ours. */
const struct language *language_accepted(const char *header);

const char *language_name(const struct language *l); /* as its speakers write it; its code when it does not say */

/* The words of one page or report: what all share, and the texts of its file.
 * The caller frees what words_free frees. */
void language_words(const struct language *l, const char *file, struct words *ret);
/* With the texts of one more file, before those of the same name; one that does not exist has none. */
void language_add(const struct language *l, const char *file, struct words *w);

/* Every text of `whole`, in its own words where `own` has it in the same shape;
 * *ret_lacking counts those that it has not. */
json_t *language_join(const json_t *own, const json_t *whole, size_t *ret_lacking) CHECKED;
