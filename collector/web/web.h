/* What the pages are made of: templates, style; compiled in from collector/web/. */
#pragma once

#include "collector/format/language.h"

const char *web_frame(void); /* the template around every page, its part "page" */
const char *web_template(const char *page);
/* What the frame shows of a language and its words, for the page's own values to
 * be added. */
json_t *web_values(const struct language *l, const struct words *w) CHECKED;
const char *web_style(void);

/* Content-Security-Policy: nothing from outside, no script, and no style but
 * ours, known by its hash. */
const char *web_policy(void);
