/* What is said of the line that a probe measures: the words that the probe
 * sends, the collector takes and the API filters by. */
#pragma once

#include <stdbool.h>

#include "common/choice.h"

extern const struct choice line_zones[], line_sites[], line_technologies[];

/* What is held of a line that nobody says it of: paid by volume, unless its
 * technology seldom is. Taken wrongly for unmetered, it costs its owner money. */
bool line_metered(const char *technology);
