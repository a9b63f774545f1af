/* What the pages are made of: templates, style; compiled in from collector/web/. */
#pragma once

const char *web_frame(void); /* the template around every page, its part "page" */
const char *web_template(const char *page);
const char *web_style(void);

/* Content-Security-Policy: nothing from outside, no script, and no style but
 * ours, known by its hash. */
const char *web_policy(void);
