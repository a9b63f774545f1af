/* What the figures of the front page speak of: the country, or the lines that
 * were measured, and what is missing then. */
#pragma once

#include "collector/web/page/overview_part.h"

/* "in Benin", as its pack says; "(ZZ)" where it does not. The caller frees. */
char *overview_in(const json_t *pack, const char *country, enum lang lang) CHECKED;
/* Of what a sentence speaks: "in Benin" or "on 10–19 measured lines in Benin".
 * lines is the lower end of a step. The caller frees. */
char *overview_where(const struct words *w, const char *in, bool country, int64_t lines) CHECKED;

/* The page's title, and the notice of what is missing. groups: those shown. */
int overview_reach_add(struct overview *o, const json_t *pack, const struct national *groups, size_t count,
                       struct fault *f) CHECKED;
