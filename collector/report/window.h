/* When it was measured and to what day the data go: the first and last day with
 * a result that everybody is told, on how many lines, and the youngest datum. Of
 * the data alone, so that the same data make the same document on any day. */
#pragma once

#include <jansson.h>

#include "collector/report/report.h"

/* Sets out's "measured" and "dated", a sentence each, and "lines", how many were measured: "10–19". "dated" is left out
 * where nothing is dated, "lines" where nothing was measured. */
int window_set(const struct report *r, json_t *out, struct fault *f) CHECKED;
