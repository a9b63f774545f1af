/* What an index failed at, which is never told without (schema/indicators/PER10.sql). */
#pragma once

#include <jansson.h>

#include "common/alloc.h"

/* Of a figure's note, "failed: gaming: latency, loss; online backup: upload" or "failed: none", in a reader's words.
 * texts: of report.json, "shortfall"; a use or a measure that has none there, as one of a later edition of the
 * framework, is called what the note calls it. NULL: the note says nothing of the kind. The caller frees. */
char *shortfall_say(const json_t *texts, const char *note) CHECKED;

/* The same as HTML cells, one for each of the texts' uses in their order: the signs of the measures that it failed at,
 * or that all is met. A use that the texts do not have is in no cell. NULL: the note says nothing of the kind. The
 * caller owns the array. */
json_t *shortfall_cells(const json_t *texts, const char *note) CHECKED;
