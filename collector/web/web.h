/* What the pages are made of: words, template, style; compiled in from
 * collector/web/. */
#pragma once

#include <jansson.h>

#include "common/lang.h"

const json_t *web_words(enum lang lang); /* web/fr.json, web/en.json; borrowed */
const char *web_template(void);
const char *web_style(void);

/* Content-Security-Policy: nothing from outside, no script, and no style but
 * ours, known by its hash. */
const char *web_policy(void);
