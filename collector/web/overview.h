/* What the front page says of a country, ready for its template: headlines,
 * the table of figures, charts, departments, methods. */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/format/phrase.h"
#include "common/fault.h"

/* country: ISO 3166-1 with a pack in schema/countries. The caller owns *ret. */
int overview_read(struct pg *pg, const char *country, const struct words *words, json_t **ret, struct fault *f) CHECKED;
