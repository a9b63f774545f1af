/* Names of sources, for readers: some are known by another one in each language.
 * In data a source has one name, which is part of a figure's key. */
#pragma once

#include "common/lang.h"

const char *source_name(const char *source, enum lang lang); /* "Banque mondiale", "World Bank" */

/* What a sentence of somebody else's figure begins with: "Selon la Banque mondiale, ". The caller frees. */
char *source_opening(const char *source, enum lang lang);
/* A sentence that is to stand behind it begins with this letter: small, unless its first word is a name. */
char source_first(const char *sentence);
