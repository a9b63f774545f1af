/* Names of sources, for readers: some are known by another one in each language,
 * as the country packs say ("sources"). In data a source has one name, which is
 * part of a figure's key. */
#pragma once

#include "common/lang.h"

const char *source_name(const char *source, enum lang lang); /* "Banque mondiale", "World Bank" */

const char *source_after(const char *source, enum lang lang); /* behind "Selon": "la Banque mondiale" */
/* How it comes to its figures, in a sentence; NULL: that is not known here. */
const char *source_how(const char *source, enum lang lang);
/* A sentence that is to stand behind "Selon la Banque mondiale, " begins with this letter: small, unless its first word
 * is a name. */
char source_first(const char *sentence);
