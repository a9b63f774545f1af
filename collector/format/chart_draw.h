/* What the kinds of chart have in common: the picture's edges, its texts, the
 * steps of its axes. Only they include it; who wants a chart includes chart.h. */
#pragma once

#include "collector/format/chart.h"

/* A unit of the drawing is about a pixel on a phone, where text must be read
 * without zooming. */
#define CHART_WIDTH 400
#define CHART_FONT  12 /* height of its texts, of the page's style */

/* The picture with its title and description; closed by chart_close. */
void chart_open(const struct chart *c, int height, struct buf *out);
void chart_close(struct buf *out);

/* anchor: "start", "middle" or "end"; class: NULL for none. */
void chart_text(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out);

/* Decimals that the step of an axis needs, at most 6. */
int chart_step_decimals(double step);
