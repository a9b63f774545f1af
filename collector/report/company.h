/* The operators of whom figures are published of a country. */
#pragma once

#include "collector/report/report.h"

/* Their names, in the order of the alphabet, of the report's year or of others' figures before it; told or not. Ends in
 * NULL; the caller frees the list alone. */
const char **company_names(const struct report *r);

/* The one that is meant, whatever its case, accents and blanks; a name may stop after any of its words where no other
 * begins with them. -ENOENT with those that come nearest in f. */
int company_find(const struct report *r, const char *word, const char **ret_name, struct fault *f) CHECKED;
