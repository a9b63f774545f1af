/* What is true of a simulated country: the parameters of the distributions that
 * its lines are drawn from, and the figures that follow from them by formula, of
 * all lines that could be drawn and not of those that were. Written for people
 * and tests, before the first line is drawn; nothing reads it back.
 *
 * A figure's truth is the median (another percentile, the mean) over lines of
 * each line's own value of the period: over its days, the median of their
 * medians, or for parts and cuts their mean. Figures that hang on how far single
 * measurements of a day lie apart (PER12) have none. */
#pragma once

#include <jansson.h>

#include "collector/simulate/reading.h"

/* The object; the caller owns it. probes and last only stand in it. */
json_t *truth_make(const struct reading_world *w, int32_t last, int64_t probes) CHECKED;
