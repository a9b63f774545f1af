/* What the pages are made of: template, style; compiled in from collector/web/. */
#pragma once

const char *web_template(void);
const char *web_style(void);

/* Content-Security-Policy: nothing from outside, no script, and no style but
 * ours, known by its hash. */
const char *web_policy(void);
