/* What changed in how figures are made since the last edition that has some: two
 * whose method or whose targets differ are not compared. */
#pragma once

#include <jansson.h>

#include "collector/report/report.h"

/* Rows {id, name, from, before, now, targets}: the year before, both versions of the method, and whether the
 * set of targets is another one. *ret_any: has an earlier year figures of our own to compare with? The caller owns the
 * array. */
json_t *revision_rows(const struct report *r, bool *ret_any) CHECKED;
